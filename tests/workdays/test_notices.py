"""Notices in TOML: read strictly, each mistake with its own message."""

from datetime import date
from pathlib import Path

import pytest

from hub.declarations.words import ConfigurationError
from hub.workdays.notices import Notice, read_notice, read_notices

GOOD = """
year = 2027
source = "国办发明电〔2026〕0号"
off = [2026-12-31, 2027-01-01]
working = [2027-01-03]
"""


def file_with(folder: Path, text: str, name: str = "2027.toml") -> Path:
    """A notice in a file."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_notice_is_read(tmp_path: Path) -> None:
    """All four keys of a notice come through."""
    assert read_notice(file_with(tmp_path, GOOD)) == Notice(
        2027,
        "国办发明电〔2026〕0号",
        frozenset({date(2026, 12, 31), date(2027, 1, 1)}),
        frozenset({date(2027, 1, 3)}),
    )


def test_a_folder_holds_one_notice_per_year(tmp_path: Path) -> None:
    """Every file of a folder is read; a year that stands twice is named."""
    file_with(tmp_path, GOOD)
    file_with(tmp_path, 'year = 2028\nsource = "x"\noff = []\nworking = []', "2028.toml")

    assert [notice.year for notice in read_notices(tmp_path)] == [2027, 2028]

    again = file_with(tmp_path, GOOD, "again.toml")
    with pytest.raises(ConfigurationError) as error:
        read_notices(tmp_path)
    assert (
        str(error.value) == f"{again}: year: a second notice for 2027. Allowed: one file per year."
    )


@pytest.mark.parametrize(
    ("line", "instead", "message"),
    [
        ("year = 2027", "", "year: missing. Allowed: a year with four digits, such as 2027."),
        (
            "year = 2027",
            "year = 27",
            "year: given 27 (an integer). Allowed: a year with four digits",
        ),
        (
            "year = 2027",
            'year = "2027"',
            'year: given "2027" (a text). Allowed: an integer above 0.',
        ),
        ("off =", "of =", 'of: unknown key; did you mean "off"?'),
        ('source = "国办发明电〔2026〕0号"', "", "source: missing. Allowed: a text."),
        ("[2027-01-03]", "2027-01-03", 'working: given "2027-01-03" (a date or time). Allowed: a'),
        (
            "[2027-01-03]",
            '["2027-01-03"]',
            'working: given ["2027-01-03"] (a list). Allowed: a list',
        ),
        ("[2027-01-03]", "[2027-01-03T08:00:00]", "working: given ["),
        ("[2027-01-03]", "[2027-01-03, 2027-01-03]", "working: 2027-01-03 stands there twice."),
        ("[2027-01-03]", "[2027-01-01]", "working: 2027-01-01 stands in off, too."),
        ("[2027-01-03]", "[2026-11-30]", "working: given 2026-11-30. Allowed: days of 2027, or of"),
        ("[2027-01-03]", "[2028-01-01]", "working: given 2028-01-01. Allowed: days of 2027, or of"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, line: str, instead: str, message: str) -> None:
    """File, key, what was given and what is allowed stand in the message."""
    file = file_with(tmp_path, GOOD.replace(line, instead))

    with pytest.raises(ConfigurationError) as error:
        read_notice(file)

    assert str(error.value).startswith(f"{file}: {message}")


def test_a_list_may_be_left_out(tmp_path: Path) -> None:
    """A notice without make-up days needn't say so."""
    file = file_with(tmp_path, 'year = 2027\nsource = "x"\noff = [2027-01-01]')

    assert read_notice(file).working == frozenset()
