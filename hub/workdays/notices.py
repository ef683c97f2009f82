"""Official notices of a year's holidays, one TOML file each, for years the library lacks or got wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from hub.declarations.reading import Table, files_of, read_table


@dataclass(frozen=True, slots=True)
class Notice:
    """What the State Council announced for a year: days off and make-up working days (调休).

    A year's notice may also move days of the December before it, as that of 2019 did.
    """

    year: int
    source: str
    off: frozenset[date]
    working: frozenset[date]


def read_notices(folder: Path) -> tuple[Notice, ...]:
    """Every notice of a folder, by name of its file; a year stands in one file only."""
    notices: dict[int, Notice] = {}
    for file in files_of(folder):
        table = read_table(file)
        notice = _notice(table)
        if notice.year in notices:
            problem = f"a second notice for {notice.year}"
            raise table.wrong("year", problem, "one file per year")
        notices[notice.year] = notice
    return tuple(notices.values())


def read_notice(file: Path) -> Notice:
    """One notice: `year`, `source` (the document's number), `off` and `working` as lists of dates."""
    return _notice(read_table(file))


def _notice(table: Table) -> Notice:
    table.only("year", "source", "off", "working")
    year = _year(table)
    source = table.text("source")
    off, working = _dates(table, "off", year), _dates(table, "working", year)
    if both := off & working:
        problem = f"{min(both)} stands in off, too"
        raise table.wrong("working", problem, "each day in one of the two lists")
    return Notice(year, source, off, working)


def _year(table: Table) -> int:
    allowed = "a year with four digits, such as 2027"
    if "year" not in table.entries:
        raise table.wrong("year", "missing", allowed)
    year = table.whole("year", 0)
    if not 2000 <= year <= 2999:
        raise table.given("year", allowed)
    return year


def _dates(table: Table, key: str, year: int) -> frozenset[date]:
    given = table.entries.get(key, [])
    if not isinstance(given, list) or not all(_is_date(each) for each in given):
        raise table.given(key, "a list of dates without quotes, such as [2027-01-01]")
    for day in given:
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            allowed = f"days of {year}, or of the December before"
            raise table.wrong(key, f"given {day}", allowed)
    return _once_each(table, key, given)


def _is_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _once_each(table: Table, key: str, days: Iterable[date]) -> frozenset[date]:
    seen: set[date] = set()
    for day in days:
        if day in seen:
            raise table.wrong(key, f"{day} stands there twice", "every day once")
        seen.add(day)
    return frozenset(seen)
