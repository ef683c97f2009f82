"""Maintenance windows: when a platform is out of service, and until when."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.china import CHINA
from hub.declarations.maintenance import WEEKDAYS, Once, Recurring, resting_until


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in China; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


NIGHTLY = Recurring("day", time(23), time(1))
MONDAYS = Recurring("monday", time(12), time(13))


def test_a_window_holds_its_first_moment_and_not_its_last() -> None:
    """From 01:00 until 03:00: at 01:00 it rests until 03:00, at 03:00 it is back."""
    once = Once(at(23, 1), at(23, 3))

    assert once.until(at(23, 0, 59)) is None
    assert once.until(at(23, 1)) == at(23, 3)
    assert once.until(at(23, 3)) is None


def test_a_nightly_window_goes_past_midnight() -> None:
    """At half past midnight the window of the evening before is open until one."""
    assert NIGHTLY.until(at(23, 22, 59)) is None
    assert NIGHTLY.until(at(23, 23, 30)) == at(24, 1)
    assert NIGHTLY.until(at(24, 0, 30)) == at(24, 1)
    assert NIGHTLY.until(at(24, 1)) is None


def test_a_weekly_window_is_open_on_its_day_only() -> None:
    """Mondays from noon to one; not on a Tuesday."""
    assert MONDAYS.until(at(23, 12, 30)) == at(23, 13)
    assert MONDAYS.until(at(24, 12, 30)) is None


def test_the_day_counts_that_a_nightly_window_begins_on() -> None:
    """Sundays from 23:00 to 01:00 are open early on Monday, and not early on Sunday."""
    sundays = Recurring("sunday", time(23), time(1))

    assert sundays.until(at(23, 0, 30)) == at(23, 1)
    assert sundays.until(at(22, 0, 30)) is None


def test_of_two_open_windows_the_later_end_counts() -> None:
    """What is closed by one is not open because the other ended."""
    windows = (Once(at(23, 12), at(23, 14)), MONDAYS)

    assert resting_until(windows, at(23, 12, 30)) == at(23, 14)
    assert resting_until(windows, at(23, 15)) is None
    assert resting_until((), at(23, 12, 30)) is None


@given(
    st.sampled_from(("day", *WEEKDAYS)),
    st.times(),
    st.times(),
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)),
)
def test_who_waits_until_it_ends_finds_it_open_within_a_day(
    every: str, begins: time, ends: time, moment: datetime
) -> None:
    """The end lies in the future, at most a day away, and is outside of the window."""
    if begins == ends:
        return
    window, now = Recurring(every, begins, ends), moment.replace(tzinfo=UTC)

    until = window.until(now)

    if until is not None:
        assert now < until <= now + timedelta(days=1)
        assert window.until(until) is None


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Once(datetime(2026, 1, 1), at(23, 1)), "zone"),
        (lambda: Once(at(23, 1), datetime(2026, 1, 1)), "zone"),
        (lambda: Once(at(23, 1), at(23, 1)), "after it begins"),
        (lambda: Recurring("weekend", time(1), time(2)), "every"),
        (lambda: Recurring("day", time(1), time(1)), "another hour"),
    ],
)
def test_a_window_that_cannot_be_is_refused(make: object, told: str) -> None:
    """The message says what is expected."""
    assert callable(make)
    with pytest.raises(ValueError, match=told):
        make()
