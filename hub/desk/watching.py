"""Which timers a request needs: one that hasn't ended always has a clock."""

from datetime import datetime

from hub.desk.clocks import TICK, Due, Schedule, Timer, TimerKind, timers
from hub.desk.request import VerificationRequest
from hub.desk.words import State


def watch(request: VerificationRequest, schedule: Schedule) -> tuple[Timer, ...]:
    """Every timer the request's state asks for, by time, those already passed included.

    Compared before and after an event, it says which timers to set and which to drop.
    """
    if request.due is not None and request.running:
        return _of_the_issuer(request, request.due, schedule)
    if request.state is State.ISSUED:
        return (Timer(TimerKind.UNDELIVERED, request.issued_at + schedule.undelivered),)
    if request.state is State.SENT:
        return (Timer(TimerKind.RECEIPT, _since(request) + schedule.receipt),)
    if request.state is State.RECEIVED:
        return (Timer(TimerKind.CLOSING, _since(request) + schedule.closing),)
    return ()


def _of_the_issuer(request: VerificationRequest, due: Due, schedule: Schedule) -> tuple[Timer, ...]:
    of_the_law = timers(due, schedule)
    explained = request.overdue.explanations[-1:] if request.overdue else ()
    again = (
        Timer(TimerKind.ESTIMATE_PASSED, each.estimate + TICK)
        for each in explained
        if each.estimate is not None
    )
    return tuple(sorted((*of_the_law, *again), key=lambda timer: timer.at))


def _since(request: VerificationRequest) -> datetime:
    """When the request came into its state."""
    return next(entry.at for entry in request.history if entry.state is request.state)
