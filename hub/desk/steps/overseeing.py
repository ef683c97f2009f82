"""What the desk itself and supervision do: deliver, mark overdue, urge, conclude a review."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from hub.desk.clocks import Due, DueRule
from hub.desk.doubts import Corrected, Ending, Upheld
from hub.desk.events import Conclude, Deliver, MarkOverdue, Urge
from hub.desk.request import VerificationRequest
from hub.desk.steps.guards import (
    Outcome,
    by_platform,
    in_state,
    playing,
    said,
    with_issuer,
)
from hub.desk.words import WITH_ISSUER, Actor, Overdue, Reason, Rejected, Role, State

Overseeing = Deliver | MarkOverdue | Urge | Conclude


def oversee(request: VerificationRequest, event: Overseeing, actor: Actor, at: datetime) -> Outcome:
    """One step of the desk itself or of supervision."""
    match event:
        case Deliver():
            return _deliver(request, event.due, actor, at)
        case MarkOverdue():
            return _mark_overdue(request, actor, at)
        case Urge():
            return _urge(request, event, actor)
        case Conclude():
            return _conclude(request, event, actor)
        case _:
            assert_never(event)


def _deliver(request: VerificationRequest, due: Due, actor: Actor, at: datetime) -> Outcome:
    return (
        by_platform(actor)
        or in_state(request, State.ISSUED)
        or _right_clock(request, due, at)
        or replace(request, state=State.DELIVERED, due=due)
    )


def _right_clock(request: VerificationRequest, due: Due, at: datetime) -> Rejected | None:
    immediate = due.rule is DueRule.HALF_HOUR
    if due.received == at and immediate is request.wanted.immediate:
        return None
    remedy = "The clock starts at this very moment, by the catalogue's rule: use `arrival`."
    return Rejected(Reason.WRONG_CLOCK, remedy)


def _mark_overdue(request: VerificationRequest, actor: Actor, at: datetime) -> Outcome:
    return by_platform(actor) or with_issuer(request) or _overdue(request, at)


def _overdue(request: VerificationRequest, at: datetime) -> Outcome:
    if request.overdue is not None:
        return Rejected(Reason.ALREADY_SO, "It is marked already; nothing is to be done.")
    if request.due is None or request.due.kept(at):
        return Rejected(Reason.NOT_OVERDUE, "Its time isn't up yet; mark it when it is.")
    return replace(request, overdue=Overdue(request.due.at))


def _urge(request: VerificationRequest, event: Urge, actor: Actor) -> Outcome:
    return (
        playing(actor, Role.SUPERVISOR)
        or in_state(request, State.ISSUED, *WITH_ISSUER)
        or said(event.words, "what is urged")
        or request
    )


def _conclude(request: VerificationRequest, event: Conclude, actor: Actor) -> Outcome:
    return by_platform(actor) or _concluded(request, event)


def _concluded(request: VerificationRequest, event: Conclude) -> Outcome:
    objection = request.objection
    if objection is None or objection.review != event.review:
        remedy = "No objection to this request is under that review; look at its objections."
        return Rejected(Reason.NO_SUCH_REVIEW, remedy)
    ended = replace(objection, ending=event.ending)
    settled = replace(request, objections=(*request.objections[:-1], ended))
    return _recalled(settled, event.ending)


def _recalled(request: VerificationRequest, ending: Ending) -> VerificationRequest:
    match ending:
        case Upheld(_):
            return request
        case Corrected(recall):
            deliveries = tuple(
                replace(each, recalled_by=recall.corrected_by)
                if each.number == recall.delivery
                else each
                for each in request.deliveries
            )
            return replace(request, deliveries=deliveries)
        case _:
            assert_never(ending)
