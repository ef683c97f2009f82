"""The timers of a request in each of its states: while it lasts, there is always one."""

from datetime import timedelta

from hub.desk.clocks import Schedule, Timer, TimerKind
from hub.desk.events import Cancel, Close, Explain, MarkOverdue, Urge
from hub.desk.watching import watch
from hub.desk.words import PLATFORM
from tests.desk.people import (
    CHIEF,
    CLERK,
    CONFIRM,
    MINUTE,
    SUPERVISOR,
    TEN,
    after,
    answering,
    delivered,
    issued,
)

SCHEDULE = Schedule()
KINDS = [
    TimerKind.HALF_TIME,
    TimerKind.LAST_CALL,
    TimerKind.TIME_UP,
    TimerKind.OVERDUE,
    TimerKind.COORDINATOR,
    TimerKind.SUPERVISION,
]


def test_before_delivery_the_delivery_itself_is_watched() -> None:
    """A request that doesn't reach the issuer is noticed, though no legal clock runs yet."""
    assert watch(issued(), SCHEDULE) == (Timer(TimerKind.UNDELIVERED, TEN + 5 * MINUTE),)


def test_with_the_issuer_the_laws_timers_run() -> None:
    """From the delivery to the seal, the same timers at the same moments."""
    states = [after(delivered(), *answering()[:steps]) for steps in range(5)]

    assert [[timer.kind for timer in watch(each, SCHEDULE)] for each in states] == [KINDS] * 5


def test_an_estimate_is_watched_too() -> None:
    """1 ms past the latest estimate, in its place among the others."""
    late = TEN + timedelta(hours=24) + MINUTE
    request = after(delivered(), (MarkOverdue(), PLATFORM), now=late)
    assert [timer.kind for timer in watch(request, SCHEDULE)] == KINDS

    estimate = late + 30 * MINUTE
    request = after(request, (Explain("ill", estimate), CHIEF), now=late)

    assert watch(request, SCHEDULE)[4] == Timer(
        TimerKind.ESTIMATE_PASSED, estimate + timedelta(milliseconds=1)
    )


def test_the_receipt_is_awaited_then_the_closing() -> None:
    """What was sent is to be confirmed; what was received closes by itself."""
    sent = after(delivered(), *answering(), now=TEN + MINUTE)
    received = after(sent, CONFIRM, now=TEN + 2 * MINUTE)

    assert watch(sent, SCHEDULE) == (Timer(TimerKind.RECEIPT, TEN + MINUTE + timedelta(hours=24)),)
    assert watch(received, SCHEDULE) == (
        Timer(TimerKind.CLOSING, TEN + 2 * MINUTE + timedelta(days=15)),
    )


def test_nothing_is_watched_after_the_end() -> None:
    """Closed or cancelled, no timer is left."""
    closed = after(delivered(), *answering(), CONFIRM, (Close(), CLERK))
    cancelled = after(delivered(), (Urge("now"), SUPERVISOR), (Cancel("withdrawn"), CLERK))

    assert (watch(closed, SCHEDULE), watch(cancelled, SCHEDULE)) == ((), ())
