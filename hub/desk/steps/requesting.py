"""What the requester does: answers questions, confirms, closes, withdraws the case, objects."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from hub.desk.doubts import Objection
from hub.desk.events import Answer, Cancel, Close, ConfirmReceipt, Object
from hub.desk.findings import Delivery
from hub.desk.request import VerificationRequest
from hub.desk.steps.guards import Outcome, in_state, of_requester, said
from hub.desk.steps.lapsing import lapsed
from hub.desk.words import WITH_ISSUER, Actor, Reason, Rejected, Role, State

Requesting = Answer | ConfirmReceipt | Close | Cancel | Object


def request_step(
    request: VerificationRequest, event: Requesting, actor: Actor, at: datetime
) -> Outcome:
    """One step of the requester."""
    match event:
        case Answer():
            return _answer(request, event, actor, at)
        case ConfirmReceipt():
            return _confirm(request, actor, at)
        case Close():
            return _close(request, actor)
        case Cancel():
            return _cancel(request, event, actor, at)
        case Object():
            return _object(request, event, actor, at)
        case _:
            assert_never(event)


def _answer(request: VerificationRequest, event: Answer, actor: Actor, at: datetime) -> Outcome:
    return (
        of_requester(request, actor)
        or said(event.text, "the answer")
        or _answered(request, event.text, at)
    )


def _answered(request: VerificationRequest, text: str, at: datetime) -> Outcome:
    if request.question is None:
        return Rejected(Reason.NO_QUESTION, "No question is open; nothing is to be answered.")
    answered = replace(request.question, ended_at=at, answer=text)
    return replace(request, clarifications=(*request.clarifications[:-1], answered))


def _confirm(request: VerificationRequest, actor: Actor, at: datetime) -> Outcome:
    return of_requester(request, actor) or _confirmed(request, at)


def _confirmed(request: VerificationRequest, at: datetime) -> Outcome:
    if all(each.confirmed_at for each in request.deliveries):
        return Rejected(Reason.NOTHING_SENT, "Nothing unconfirmed has been sent; wait for it.")
    deliveries = tuple(
        each if each.confirmed_at else replace(each, confirmed_at=at) for each in request.deliveries
    )
    state = State.RECEIVED if request.state is State.SENT else request.state
    return replace(request, state=state, deliveries=deliveries)


def _close(request: VerificationRequest, actor: Actor) -> Outcome:
    if Role.PLATFORM not in actor.roles and (rejected := of_requester(request, actor)):
        return rejected
    return in_state(request, State.RECEIVED) or replace(request, state=State.CLOSED)


def _cancel(request: VerificationRequest, event: Cancel, actor: Actor, at: datetime) -> Outcome:
    return (
        of_requester(request, actor)
        or in_state(request, State.ISSUED, *WITH_ISSUER)
        or said(event.reason, "why the case was withdrawn")
        or _no_review(request)
        or replace(lapsed(request, at), state=State.CANCELLED, draft=None, mark=None)
    )


def _no_review(request: VerificationRequest) -> Rejected | None:
    if request.review is None:
        return None
    remedy = "It reviews an objection (Article 13), which is verified to its end."
    return Rejected(Reason.REVIEW_GOES_ON, remedy)


def _object(request: VerificationRequest, event: Object, actor: Actor, at: datetime) -> Outcome:
    objection = Objection(event.delivery, event.grounds, actor.officer, at, event.review)
    return (
        of_requester(request, actor)
        or said(event.grounds, "what the applicant doubts")
        or _open_to_doubt(request, request.delivery(event.delivery))
        or replace(request, objections=(*request.objections, objection))
    )


def _open_to_doubt(request: VerificationRequest, delivery: Delivery | None) -> Rejected | None:
    if delivery is None:
        count = len(request.deliveries)
        remedy = f"{count} deliveries were sent; name one of them by its number, from 1."
        return Rejected(Reason.NO_SUCH_DELIVERY, remedy)
    if delivery.confirmed_at is None:
        return Rejected(Reason.NOTHING_SENT, "Confirm that it arrived, then object to it.")
    if delivery.recalled_by is not None:
        remedy = f"It was recalled; see the corrected one, request {delivery.recalled_by}."
        return Rejected(Reason.RECALLED, remedy)
    if request.objection is not None:
        remedy = f"An objection is under review in request {request.objection.review}; await it."
        return Rejected(Reason.UNDER_REVIEW, remedy)
    return None
