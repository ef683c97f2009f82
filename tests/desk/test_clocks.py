"""Deadlines against an independent oracle, and the timers that lead up to and past them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.china import CHINA
from hub.desk.clocks import Due, DueRule, Escalation, Schedule, Timer, TimerKind, due, timers
from hub.workdays.calendar import WorkingDays, working_days
from hub.workdays.notices import Notice
from tests.desk.oracle import DAYS, EPOCH, deadline, milliseconds, office_closes_before

CALENDAR = WorkingDays()
MS = timedelta(milliseconds=1)
TEN = datetime(2025, 3, 12, 10, tzinfo=CHINA)


def moments_around(promised: date) -> Iterator[int]:
    """Receipts up to ten days before a promise and on its day, and ±1 ms around both edges."""
    closes = office_closes_before(promised)
    for edge in (closes - 86_400_000, closes):
        yield from (edge - 1, edge, edge + 1)
    midnight = milliseconds(datetime(promised.year, promised.month, promised.day, tzinfo=CHINA))
    for days in range(11):
        for hours in (0, 8.5, 17.5, 23.999):
            yield midnight - days * 86_400_000 + int(hours * 3_600_000)


def moment(at: int) -> datetime:
    """A moment from milliseconds."""
    return EPOCH + timedelta(milliseconds=at)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_deadlines_of_every_promised_day(year: int) -> None:
    """Promised on any day of the year, received at any of 50 moments: the oracle agrees each time."""
    for promised in (day for day in DAYS if day.year == year):
        for received in moments_around(promised):
            expected = deadline(received, False, promised)
            found = due(moment(received), False, promised, CALENDAR)

            assert milliseconds(found.at) == expected, (promised, found)
            assert found.infeasible is (expected <= received)
            by_promise = expected < received + 86_400_000
            assert (found.rule is DueRule.DAY_BEFORE_PROMISE) is by_promise
            assert not found.estimated


@pytest.mark.parametrize("day", DAYS[::7])
def test_immediate_items_have_half_an_hour(day: date) -> None:
    """30 minutes on any day at any hour, whatever was promised."""
    received = datetime(day.year, day.month, day.day, 23, 45, tzinfo=CHINA)

    for promised in (None, day):
        found = due(received, True, promised, CALENDAR)
        assert found == Due(received, received + timedelta(minutes=30), DueRule.HALF_HOUR)
        assert milliseconds(found.at) == deadline(milliseconds(received), True, promised)


def test_nothing_promised_is_24_hours() -> None:
    """Without a promise, 24 hours run through weekends and holidays alike."""
    eve = datetime(2025, 9, 30, 17, 29, tzinfo=CHINA)

    assert due(eve, False, None, CALENDAR) == Due(
        eve, eve + timedelta(hours=24), DueRule.TWENTY_FOUR_HOURS
    )


@pytest.mark.parametrize(
    ("received", "promised", "at", "rule"),
    [
        ("2025-09-30T10:00", "2025-10-09", "2025-09-30T17:30", DueRule.DAY_BEFORE_PROMISE),
        ("2025-09-29T17:30", "2025-10-09", "2025-09-30T17:30", DueRule.TWENTY_FOUR_HOURS),
        ("2025-02-07T18:00", "2025-02-10", "2025-02-08T17:30", DueRule.DAY_BEFORE_PROMISE),
        ("2025-10-03T09:00", "2025-10-09", "2025-09-30T17:30", DueRule.DAY_BEFORE_PROMISE),
        ("2025-03-12T10:00", "2025-03-12", "2025-03-11T17:30", DueRule.DAY_BEFORE_PROMISE),
        ("2025-03-12T10:00", "2025-03-20", "2025-03-13T10:00", DueRule.TWENTY_FOUR_HOURS),
    ],
)
def test_known_deadlines(received: str, promised: str, at: str, rule: DueRule) -> None:
    """Golden Week, a make-up Saturday, a promise of the same day, read off a wall calendar."""
    start = datetime.fromisoformat(f"{received}+08:00")

    found = due(start, False, date.fromisoformat(promised), CALENDAR)

    assert found == Due(start, datetime.fromisoformat(f"{at}+08:00"), rule)


def test_infeasible_at_birth_is_flagged_and_not_moved() -> None:
    """Received the very moment it is due, or later, nobody can keep it; 1 ms earlier one could."""
    closes = datetime(2025, 3, 11, 17, 30, tzinfo=CHINA)
    promised = date(2025, 3, 12)

    for received, infeasible in ((closes - MS, False), (closes, True), (closes + MS, True)):
        found = due(received, False, promised, CALENDAR)
        assert (found.at, found.infeasible) == (closes, infeasible)


def test_in_time_includes_the_very_moment() -> None:
    """Sent at the deadline is in time, 1 ms later is late."""
    found = due(TEN, True, None, CALENDAR)

    assert found.kept(found.at)
    assert not found.kept(found.at + MS)


def test_hours_are_counted_in_china() -> None:
    """A receipt given in a zone that changes its clocks that night still has 24 real hours."""
    berlin = datetime(2025, 3, 29, 12, tzinfo=ZoneInfo("Europe/Berlin"))

    found = due(berlin, False, None, CALENDAR)

    assert found.at.timestamp() - berlin.timestamp() == 86_400
    assert found.at.utcoffset() == timedelta(hours=8)


def test_a_time_without_zone_is_refused() -> None:
    """A naive time could be any; it is never taken for one."""
    with pytest.raises(ValueError, match="needs a time zone"):
        due(datetime(2025, 3, 12, 10), False, None, CALENDAR)


@pytest.mark.parametrize(
    ("received", "promised", "estimated"),
    [
        ("2027-01-02T10:00", "2027-01-04", True),  # nobody has published 2027
        ("2026-12-31T10:00", "2027-01-05", True),  # 2026 is known, but what lies between isn't
        ("2026-12-31T18:00", "2027-01-04", True),
        ("2026-12-30T10:00", "2027-01-04", False),  # 31 December is surely worked
        ("2026-12-30T18:00", "2027-01-04", True),  # … but its office closes before the 24 hours end
        ("2026-12-01T10:00", "2027-06-01", False),
        ("2026-12-26T10:00", "2027-01-04", False),  # Sunday isn't worked, the week after is
        ("2026-12-31T10:00", "2026-12-31", False),
    ],
)
def test_an_estimate_is_flagged_only_where_it_may_decide(
    received: str, promised: str, estimated: bool
) -> None:
    """A day surely worked between the 24 hours and the promise settles the deadline."""
    start = datetime.fromisoformat(f"{received}+08:00")

    assert due(start, False, date.fromisoformat(promised), CALENDAR).estimated is estimated


def test_an_official_notice_removes_the_estimate() -> None:
    """With 2027's notice at hand, the deadline is certain."""
    notice = Notice(2027, "2027", frozenset({date(2027, 1, 1)}), frozenset())

    found = due(
        datetime(2027, 1, 2, 10, tzinfo=CHINA), False, date(2027, 1, 4), working_days([notice])
    )

    assert found.at == datetime(2026, 12, 31, 17, 30, tzinfo=CHINA)
    assert not found.estimated


def test_the_timers_of_a_plain_request() -> None:
    """50, 80 and 100 % of 24 hours, 1 ms past it, then coordinator and supervision."""
    found = timers(due(TEN, False, None, CALENDAR), Schedule())

    assert found == (
        Timer(TimerKind.HALF_TIME, TEN + timedelta(hours=12)),
        Timer(TimerKind.LAST_CALL, TEN + timedelta(hours=19, minutes=12)),
        Timer(TimerKind.TIME_UP, TEN + timedelta(hours=24)),
        Timer(TimerKind.OVERDUE, TEN + timedelta(hours=24) + MS),
        Timer(TimerKind.COORDINATOR, TEN + timedelta(hours=25)),
        Timer(TimerKind.SUPERVISION, TEN + timedelta(hours=28)),
    )


def test_the_timers_of_an_immediate_request() -> None:
    """15, 24 and 30 minutes; who is told next is told sooner."""
    found = timers(due(TEN, True, None, CALENDAR), Schedule())

    minutes = [
        (timer.at - TEN) / timedelta(minutes=1) for timer in found if timer.at.microsecond == 0
    ]
    assert minutes == [15, 24, 30, 35, 60]


def test_an_infeasible_request_is_escalated_from_its_receipt() -> None:
    """There is nothing to remind of; the mark comes at once."""
    found = timers(due(TEN, False, TEN.date(), CALENDAR), Schedule())

    assert found == (
        Timer(TimerKind.OVERDUE, TEN + MS),
        Timer(TimerKind.COORDINATOR, TEN + timedelta(hours=1)),
        Timer(TimerKind.SUPERVISION, TEN + timedelta(hours=4)),
    )


def test_escalation_goes_upwards() -> None:
    """The coordinator after the deadline, supervision after the coordinator."""
    hour = timedelta(hours=1)

    for coordinator, supervision in ((timedelta(0), hour), (hour, hour)):
        with pytest.raises(ValueError, match="before supervision"):
            Escalation(coordinator, supervision)
