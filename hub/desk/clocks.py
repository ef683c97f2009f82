"""The law's clocks: when an answer is due (Article 14), and who is told as the time runs out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from hub.china import CHINA
from hub.workdays.calendar import WorkingDays

HALF_HOUR = timedelta(minutes=30)
TWENTY_FOUR_HOURS = timedelta(hours=24)
TICK = timedelta(milliseconds=1)  # the finest step a deadline is kept to
LAST_CALL = 0.8  # share of the time after which only the last reminder is left


class DueRule(StrEnum):
    """Which sentence of Article 14 set the deadline."""

    HALF_HOUR = "half_hour"  # immediate items (即办事项)
    TWENTY_FOUR_HOURS = "twenty_four_hours"
    DAY_BEFORE_PROMISE = "day_before_promise"  # 承诺时限前一个工作日


@dataclass(frozen=True, slots=True)
class Due:
    """When an answer to a request received at a moment is due; both in China's time.

    `estimated`: the deadline rests on a working-day calendar that isn't published yet.
    """

    received: datetime
    at: datetime
    rule: DueRule
    estimated: bool = False

    @property
    def infeasible(self) -> bool:
        """Due before it was received: nobody can keep it; it is said at once, never moved."""
        return self.at <= self.received

    def kept(self, moment: datetime) -> bool:
        """Whether sending at a moment is in time; the very moment itself is."""
        return moment <= self.at

    def after(self, share: float) -> datetime:
        """The moment when a share of the time has passed; never before the receipt."""
        return self.received + max(self.at - self.received, timedelta(0)) * share


def due(received: datetime, immediate: bool, promised: date | None, calendar: WorkingDays) -> Due:
    """When the answer is due: 30 minutes for an immediate item, else within 24 hours.

    The 24 hours never pass the end of the working day before the item's promised date; where the
    two meet exactly, 24 hours are named as the rule. Raises `ValueError` for a time without a zone.
    """
    start = in_china(received)
    if immediate:
        return Due(start, start + HALF_HOUR, DueRule.HALF_HOUR)
    within = start + TWENTY_FOUR_HOURS
    if promised is None:
        return Due(start, within, DueRule.TWENTY_FOUR_HOURS)
    estimated = _in_doubt(within, promised, calendar)
    last = calendar.end_of_working_day_before(promised)
    if last < within:
        return Due(start, last, DueRule.DAY_BEFORE_PROMISE, estimated)
    return Due(start, within, DueRule.TWENTY_FOUR_HOURS, estimated)


def in_china(moment: datetime) -> datetime:
    """The moment in China's time, where days are always 24 hours long."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone: pass one in, such as hub.china.CHINA")
    return moment.astimezone(CHINA)


def _in_doubt(within: datetime, promised: date, calendar: WorkingDays) -> bool:
    """Whether the calendar's estimate may decide; a day surely worked after the 24 hours settles it."""
    if not calendar.before(promised).estimated:
        return False
    first = within.date()
    days = (first + timedelta(days=n) for n in range((promised - first).days))
    return not any(
        calendar.is_working(day) and not calendar.estimated(day) and calendar.end_of(day) >= within
        for day in days
    )


class TimerKind(StrEnum):
    """What happens when a timer fires."""

    UNDELIVERED = "undelivered"  # it still hasn't entered the issuer's system: supervision is told
    HALF_TIME = "half_time"  # the verifier is reminded at 50 %
    LAST_CALL = "last_call"  # … at 80 %
    TIME_UP = "time_up"  # … at 100 %
    OVERDUE = "overdue"  # it is marked, a reason and a new estimate are asked for
    COORDINATOR = "coordinator"  # the issuing unit's coordinator is told
    SUPERVISION = "supervision"
    ESTIMATE_PASSED = "estimate_passed"  # the new estimate wasn't kept: a reason is asked for again
    RECEIPT = "receipt"  # the requester is reminded to confirm that the answer arrived
    CLOSING = "closing"  # the desk closes what was received


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that is to happen at a moment."""

    kind: TimerKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Escalation:
    """How long after the deadline the coordinator, then supervision, are told."""

    coordinator: timedelta
    supervision: timedelta

    def __post_init__(self) -> None:
        if not timedelta(0) < self.coordinator < self.supervision:
            raise ValueError("the coordinator is told after the deadline and before supervision")


@dataclass(frozen=True, slots=True)
class Schedule:
    """The declared offsets of every timer that the regulation leaves open."""

    immediate: Escalation = Escalation(timedelta(minutes=5), timedelta(minutes=30))
    others: Escalation = Escalation(timedelta(hours=1), timedelta(hours=4))
    undelivered: timedelta = timedelta(minutes=5)  # after the request was issued
    receipt: timedelta = timedelta(hours=24)  # after the answer was sent
    closing: timedelta = timedelta(days=15)  # after the answer was received


def timers(due: Due, schedule: Schedule) -> tuple[Timer, ...]:
    """Reminders at 50, 80 and 100 %, the overdue mark, coordinator, supervision: by time.

    Where the deadline was infeasible at birth there is nothing to remind of: the rest counts from
    the receipt.
    """
    ends = due.after(1)
    whom = schedule.immediate if due.rule is DueRule.HALF_HOUR else schedule.others
    escalated = (
        Timer(TimerKind.OVERDUE, ends + TICK),
        Timer(TimerKind.COORDINATOR, ends + whom.coordinator),
        Timer(TimerKind.SUPERVISION, ends + whom.supervision),
    )
    if due.infeasible:
        return escalated
    return (
        Timer(TimerKind.HALF_TIME, due.after(0.5)),
        Timer(TimerKind.LAST_CALL, due.after(LAST_CALL)),
        Timer(TimerKind.TIME_UP, ends),
        *escalated,
    )
