"""Chinese statutory working days with make-up days (调休), and where they are only an estimate."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from chinese_calendar import is_workday  # type: ignore[import-untyped]  # it ships no types

from hub.china import CHINA
from hub.workdays.notices import Notice

OFFICE_CLOSES = timedelta(hours=17, minutes=30)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A day found by counting working days, and whether an estimated day was counted on the way."""

    day: date
    estimated: bool


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Which days are worked: notices first, then the published calendar, then plain weekdays.

    `day_ends` is how long after midnight in China a working day ends. Civil Code, Article 203:
    the last day ends at 24:00, but where there are office hours, when these end; so 17:30 unless a
    city sets its own (24 hours for one whose desk is staffed round the clock).
    """

    off: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    noticed: frozenset[int] = frozenset()  # years whose official notice was given
    day_ends: timedelta = OFFICE_CLOSES

    def __post_init__(self) -> None:
        if not timedelta(0) < self.day_ends <= _ONE_DAY:
            raise ValueError("day_ends counts from midnight: above 0, at most 24 hours")

    def is_working(self, day: date) -> bool:
        """Whether offices work on this day; beyond every calendar, Monday to Friday."""
        if day in self.working or day in self.off:
            return day in self.working
        published = _published(day)
        return day.weekday() < 5 if published is None else published

    def estimated(self, day: date) -> bool:
        """Whether neither a notice nor the published calendar (2004-2026) covers this day's year."""
        return day.year not in self.noticed and _published(day) is None

    def end_of(self, day: date) -> datetime:
        """When a day's office hours end, in China's time."""
        return datetime.combine(day, time(), CHINA) + self.day_ends

    def before(self, day: date) -> Reckoned:
        """The last working day before a day."""
        return self._step(day, -_ONE_DAY)

    def after(self, day: date, count: int) -> Reckoned:
        """The day that is `count` working days after a day, which isn't counted itself.

        Civil Code, Article 201; so a promise of 5 working days on a Monday ends on the next one.
        """
        reckoned = Reckoned(day, estimated=False)
        for _ in range(count):
            step = self._step(reckoned.day, _ONE_DAY)
            reckoned = Reckoned(step.day, reckoned.estimated or step.estimated)
        return reckoned

    def end_of_working_day_before(self, day: date) -> datetime:
        """When the last working day before a day ends, in China's time."""
        return self.end_of(self.before(day).day)

    def _step(self, day: date, step: timedelta) -> Reckoned:
        day += step
        estimated = self.estimated(day)
        while not self.is_working(day):
            day += step
            estimated = estimated or self.estimated(day)
        return Reckoned(day, estimated)


def working_days(
    notices: Iterable[Notice] = (), day_ends: timedelta = OFFICE_CLOSES
) -> WorkingDays:
    """The calendar with official notices laid over the published one.

    Where two years' notices disagree about a day of December, the later year's counts.
    """
    said: dict[date, bool] = {}
    years = set()
    for notice in sorted(notices, key=lambda each: each.year):
        years.add(notice.year)
        said |= dict.fromkeys(notice.off, False) | dict.fromkeys(notice.working, True)
    return WorkingDays(
        off=frozenset(day for day, worked in said.items() if not worked),
        working=frozenset(day for day, worked in said.items() if worked),
        noticed=frozenset(years),
        day_ends=day_ends,
    )


@lru_cache(maxsize=4096)
def _published(day: date) -> bool | None:
    try:
        return bool(is_workday(day))
    except NotImplementedError:  # beyond the years it covers
        return None
