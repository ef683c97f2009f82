"""Working days: the published calendar, official notices over it, weekdays as an estimate."""

from datetime import date, datetime, timedelta

import pytest

from hub.china import CHINA
from hub.workdays.calendar import Reckoned, WorkingDays, working_days
from hub.workdays.notices import Notice
from tests.desk.oracle import DAYS, is_worked

CALENDAR = WorkingDays()


def test_every_day_of_2024_to_2026() -> None:
    """Each of 1,096 days is worked exactly where the State Council's notices say so."""
    differing = [day for day in DAYS if CALENDAR.is_working(day) is not is_worked(day)]

    assert differing == []
    assert not any(CALENDAR.estimated(day) for day in DAYS)


def test_beyond_the_published_years_weekdays_are_an_estimate() -> None:
    """From 2027 on, and before 2004, Monday to Friday count, flagged."""
    monday, saturday = date(2029, 1, 1), date(2029, 1, 6)

    assert CALENDAR.is_working(monday)
    assert not CALENDAR.is_working(saturday)
    assert CALENDAR.estimated(monday)
    assert CALENDAR.estimated(date(2003, 12, 31))
    assert not CALENDAR.estimated(date(2026, 12, 31))


def notice_2027(**changes: frozenset[date]) -> Notice:
    """A notice for 2027 with New Year off and a Sunday worked."""
    days = {
        "off": frozenset({date(2027, 1, 1), date(2026, 12, 31)}),
        "working": frozenset({date(2027, 1, 3)}),
    }
    return Notice(2027, "国办发明电〔2026〕0号", **{**days, **changes})


def test_a_notice_rules_its_year_and_the_december_before() -> None:
    """A year's notice decides, and its year is no estimate any more; the next one still is."""
    calendar = working_days([notice_2027()])

    assert not calendar.is_working(date(2027, 1, 1))
    assert not calendar.is_working(date(2026, 12, 31))
    assert calendar.is_working(date(2027, 1, 3))
    assert calendar.is_working(date(2027, 1, 4))
    assert not calendar.estimated(date(2027, 6, 1))
    assert calendar.estimated(date(2028, 1, 3))


def test_a_notice_is_laid_over_the_published_calendar() -> None:
    """A notice for a published year changes only the days it names."""
    extra = Notice(2025, "typhoon", frozenset({date(2025, 8, 1)}), frozenset({date(2025, 10, 8)}))
    calendar = working_days([extra])

    assert not calendar.is_working(date(2025, 8, 1))
    assert calendar.is_working(date(2025, 10, 8))
    assert not calendar.is_working(date(2025, 10, 7))


def test_the_later_years_notice_decides_a_december_day() -> None:
    """Where the notices of two years differ about December, the later one counts, in any order."""
    worked = Notice(2026, "2026", frozenset(), frozenset({date(2026, 12, 31)}))

    assert not working_days([notice_2027(), worked]).is_working(date(2026, 12, 31))
    assert not working_days([worked, notice_2027()]).is_working(date(2026, 12, 31))


@pytest.mark.parametrize(
    ("promised", "last"),
    [
        ("2025-03-12", "2025-03-11"),  # a plain Wednesday
        ("2025-10-09", "2025-09-30"),  # after Golden Week
        ("2025-02-05", "2025-01-27"),  # after the Spring Festival
        ("2025-02-10", "2025-02-08"),  # Saturday was made up
        ("2026-02-16", "2026-02-14"),  # a promise inside the Spring Festival
        ("2024-05-13", "2024-05-11"),
        ("2024-02-19", "2024-02-18"),
    ],
)
def test_the_working_day_before(promised: str, last: str) -> None:
    """Holidays are skipped, make-up days aren't."""
    day = date.fromisoformat(promised)

    assert CALENDAR.before(day) == Reckoned(date.fromisoformat(last), False)
    end = datetime.fromisoformat(f"{last}T17:30:00+08:00")
    assert CALENDAR.end_of_working_day_before(day) == end


def test_an_estimated_day_on_the_way_is_told() -> None:
    """The day before a promise in January 2027 may be 2026's, but an estimate led there."""
    assert CALENDAR.before(date(2027, 1, 4)) == Reckoned(date(2027, 1, 1), True)
    assert CALENDAR.before(date(2027, 1, 1)) == Reckoned(date(2026, 12, 31), False)
    assert working_days([notice_2027()]).before(date(2027, 1, 3)) == Reckoned(
        date(2026, 12, 30), False
    )


@pytest.mark.parametrize(
    ("accepted", "count", "promised"),
    [
        ("2025-03-10", 5, "2025-03-17"),  # Monday to Monday
        ("2025-09-30", 1, "2025-10-09"),
        ("2025-09-26", 2, "2025-09-29"),  # the Sunday between was made up
        ("2025-03-15", 1, "2025-03-17"),
        ("2025-03-15", 0, "2025-03-15"),
    ],
)
def test_a_promise_of_working_days(accepted: str, count: int, promised: str) -> None:
    """The day of acceptance doesn't count, holidays don't, make-up days do."""
    reckoned = CALENDAR.after(date.fromisoformat(accepted), count)

    assert reckoned == Reckoned(date.fromisoformat(promised), False)


def test_a_promise_into_an_estimated_year() -> None:
    """One estimated day on the way makes the whole an estimate."""
    assert CALENDAR.after(date(2026, 12, 31), 2) == Reckoned(date(2027, 1, 4), True)
    noticed_later = working_days([Notice(2028, "2028", frozenset(), frozenset())])
    assert noticed_later.after(date(2027, 12, 30), 2) == Reckoned(date(2028, 1, 3), True)


def test_the_end_of_a_day_is_a_setting() -> None:
    """17:30 by default, 24:00 for a city whose desk is always staffed, nothing outside a day."""
    always = WorkingDays(day_ends=timedelta(hours=24))

    end = always.end_of_working_day_before(date(2025, 3, 13))
    assert end == datetime(2025, 3, 13, 0, 0, tzinfo=CHINA)
    for wrong in (timedelta(0), timedelta(hours=24, microseconds=1)):
        with pytest.raises(ValueError, match="above 0, at most 24 hours"):
            WorkingDays(day_ends=wrong)
