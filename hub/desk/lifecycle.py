"""The life of a verification request (Articles 13-17): there is no way to refuse one."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from hub.desk.clocks import due, in_china
from hub.desk.doubts import Review
from hub.desk.events import (
    Answer,
    Ask,
    AttemptToDecline,
    Begin,
    Cancel,
    Claim,
    Close,
    Conclude,
    ConfirmReceipt,
    Deliver,
    Event,
    Explain,
    Forward,
    Issue,
    Make,
    MarkOverdue,
    Object,
    Reassign,
    Return,
    Seal,
    Send,
    Urge,
)
from hub.desk.request import Entry, VerificationRequest
from hub.desk.steps.answering import answer
from hub.desk.steps.guards import Outcome, playing
from hub.desk.steps.overseeing import oversee
from hub.desk.steps.requesting import request_step
from hub.desk.steps.taking import take
from hub.desk.steps.verifying import verify
from hub.desk.words import Actor, Reason, Rejected, Role, State, Wanted
from hub.workdays.calendar import WorkingDays


def issue(
    request_id: str,
    wanted: Wanted,
    issuer: str,
    actor: Actor,
    now: datetime,
    review: Review | None = None,
) -> VerificationRequest | Rejected:
    """A new request of an operator to the unit that legally issues the certificate."""
    if rejected := playing(actor, Role.OPERATOR) or _another_unit(actor, issuer):
        return rejected
    at = in_china(now)
    return VerificationRequest(
        id=request_id,
        wanted=wanted,
        requester=actor.officer,
        holder=issuer,
        issued_at=at,
        review=review,
        history=(Entry(at, actor, Issue(), State.ISSUED),),
    )


def _another_unit(actor: Actor, issuer: str) -> Rejected | None:
    if actor.unit != issuer:
        return None
    remedy = "Your own unit issues it: look it up there, without a request (Article 3)."
    return Rejected(Reason.OWN_UNIT, remedy)


def arrival(request: VerificationRequest, calendar: WorkingDays, now: datetime) -> Deliver:
    """The event that starts the clock now, with the deadline the law sets."""
    wanted = request.wanted
    return Deliver(due(_moment(request, now), wanted.immediate, wanted.promised, calendar))


def apply(request: VerificationRequest, event: Event, actor: Actor, now: datetime) -> Outcome:
    """The request after an event, with one more entry in its history; or why that can't be.

    Where the clock stepped back since the last entry, the last entry's time counts.
    """
    at = _moment(request, now)
    after = _step(request, event, actor, at)
    if isinstance(after, Rejected):
        return after
    return replace(after, history=(*request.history, Entry(at, actor, event, after.state)))


def _moment(request: VerificationRequest, now: datetime) -> datetime:
    return max(in_china(now), request.history[-1].at)


def _step(request: VerificationRequest, event: Event, actor: Actor, at: datetime) -> Outcome:
    match event:
        case Claim() | Reassign() | Forward():
            return take(request, event, actor, at)
        case Begin() | Ask() | Explain() | AttemptToDecline():
            return verify(request, event, actor, at)
        case Make() | Return() | Seal() | Send():
            return answer(request, event, actor, at)
        case Answer() | ConfirmReceipt() | Close() | Cancel() | Object():
            return request_step(request, event, actor, at)
        case Deliver() | MarkOverdue() | Urge() | Conclude():
            return oversee(request, event, actor, at)
        case _:
            assert_never(event)
