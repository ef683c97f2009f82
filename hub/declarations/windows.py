"""Reads the maintenance windows of a platform.toml: `[[maintenance]]` with from, until, every."""

from datetime import datetime, time

from hub.declarations.maintenance import DAILY, WEEKDAYS, Once, Recurring, Window
from hub.declarations.reading import Table

_FORM = (
    "[[maintenance]] with moments such as 2026-12-01T01:00:00+08:00 in `from` and `until`, or with"
    f" `every` ({DAILY}, {', '.join(WEEKDAYS)}) and hours such as 01:00:00 in China's time"
)


def read_windows(root: Table, key: str = "maintenance") -> tuple[Window, ...]:
    """The windows, none where the key is left out."""
    entries = root.entries.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise root.given(key, _FORM)
    places = (f"{root.place(key)}[{number}]" for number in range(1, len(entries) + 1))
    return tuple(
        _window(Table(root.file, entry, place))
        for place, entry in zip(places, entries, strict=True)
    )


def _window(table: Table) -> Window:
    table.only("every", "from", "until")
    begins, ends = table.entries.get("from"), table.entries.get("until")
    every = table.choice("every", (DAILY, *WEEKDAYS)) if "every" in table.entries else None
    try:
        if every is None and isinstance(begins, datetime) and isinstance(ends, datetime):
            return Once(begins, ends)
        if every and isinstance(begins, time) and isinstance(ends, time):
            return Recurring(every, begins, ends)
    except ValueError as trouble:
        raise table.wrong("until", str(trouble), _FORM) from None
    raise table.wrong("from", "from and until aren't of the form that goes with it", _FORM)
