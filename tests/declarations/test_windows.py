"""`[[maintenance]]` in platform.toml: what is read, and what is refused in words."""

from datetime import datetime, time
from pathlib import Path

import pytest

from hub.china import CHINA
from hub.declarations.maintenance import Once, Recurring
from hub.declarations.reading import read_table
from hub.declarations.windows import read_windows
from hub.declarations.words import ConfigurationError


def table(folder: Path, text: str) -> Path:
    file = folder / "platform.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_windows_of_both_kinds_are_read(tmp_path: Path) -> None:
    """One with moments, one every day, one every Sunday night."""
    file = table(
        tmp_path,
        """
        [[maintenance]]
        from = 2026-12-01T01:00:00+08:00
        until = 2026-12-01T05:00:00+08:00
        [[maintenance]]
        every = "day"
        from = 02:00:00
        until = 02:30:00
        [[maintenance]]
        every = "sunday"
        from = 23:00:00
        until = 01:00:00
        """,
    )

    assert read_windows(read_table(file)) == (
        Once(
            datetime(2026, 12, 1, 1, tzinfo=CHINA),
            datetime(2026, 12, 1, 5, tzinfo=CHINA),
        ),
        Recurring("day", time(2), time(2, 30)),
        Recurring("sunday", time(23), time(1)),
    )


def test_without_any_a_platform_is_always_in_service(tmp_path: Path) -> None:
    """No key, no window."""
    assert read_windows(read_table(table(tmp_path, ""))) == ()


@pytest.mark.parametrize(
    ("text", "where", "told"),
    [
        ("maintenance = 3", "maintenance: given 3 (an integer)", "Allowed: [[maintenance]] with"),
        ("maintenance = [3]", "maintenance: given [3] (a list)", "Allowed: [[maintenance]] with"),
        (
            '[[maintenance]]\nevery = "weekend"\nfrom = 01:00:00\nuntil = 02:00:00',
            'maintenance[1].every: given "weekend"',
            "Allowed: day, monday",
        ),
        (
            "[[maintenance]]\nfrom = 01:00:00\nuntil = 02:00:00",
            "maintenance[1].from: from and until aren't",
            "or with `every`",
        ),
        (
            '[[maintenance]]\nevery = "day"\nfrom = 2026-12-01T01:00:00+08:00\nuntil = 02:00:00',
            "maintenance[1].from: from and until aren't",
            "hours such as 01:00:00",
        ),
        (
            "[[maintenance]]\nfrom = 2026-12-01T01:00:00+08:00\nuntil = 2026-12-01T01:00:00+08:00",
            "maintenance[1].until: a window ends after it begins",
            "Allowed: [[maintenance]] with",
        ),
        (
            "[[maintenance]]\nfrom = 2026-12-01T01:00:00\nuntil = 2026-12-01T02:00:00+08:00",
            "maintenance[1].until: a moment needs its zone",
            "Allowed: [[maintenance]] with",
        ),
        ("[[maintenance]]\nto = 1", "maintenance[1].to: unknown key", "Allowed: every, from"),
    ],
)
def test_what_is_no_window_is_told(tmp_path: Path, text: str, where: str, told: str) -> None:
    """The error names the file, the place, what was given and what is allowed."""
    file = table(tmp_path, text)

    with pytest.raises(ConfigurationError) as refused:
        read_windows(read_table(file))

    assert str(refused.value).startswith(f"{file}: {where}")
    assert told in str(refused.value)
