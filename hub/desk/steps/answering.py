"""How an answer comes about: made by the verifier, sealed by another person, sent."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from hub.desk.clocks import LAST_CALL
from hub.desk.events import Make, Return, Seal, Send
from hub.desk.findings import (
    AmbiguousSubject,
    Delivery,
    Draft,
    Findings,
    NoRecord,
    SealMark,
    Verified,
)
from hub.desk.request import VerificationRequest
from hub.desk.steps.guards import (
    Outcome,
    by_the_verifier,
    by_the_verifier_or,
    in_state,
    of_holder,
    said,
    wrong_state,
)
from hub.desk.steps.lapsing import lapsed
from hub.desk.words import Actor, Overdue, QuestionKind, Reason, Rejected, Role, State

Answering = Make | Return | Seal | Send


def answer(request: VerificationRequest, event: Answering, actor: Actor, at: datetime) -> Outcome:
    """One step towards the sealed answer."""
    match event:
        case Make():
            return _make(request, event, actor, at)
        case Return():
            return _return(request, event, actor)
        case Seal():
            return _seal(request, event, actor, at)
        case Send():
            return _send(request, actor, at)
        case _:
            assert_never(event)


def _make(request: VerificationRequest, event: Make, actor: Actor, at: datetime) -> Outcome:
    fields = _fields(request, event.findings)
    draft = Draft(event.findings, fields, actor.officer, at)
    return (
        by_the_verifier(request, actor)
        or in_state(request, State.IN_VERIFICATION)
        or _sound(request, event.findings, at)
        or replace(lapsed(request, at), state=State.MADE, draft=draft)
    )


def _fields(request: VerificationRequest, findings: Findings) -> frozenset[str]:
    if isinstance(findings, Verified):
        return frozenset(findings.values)
    return request.outstanding


def _sound(request: VerificationRequest, findings: Findings, at: datetime) -> Rejected | None:
    match findings:
        case Verified(values):
            return _of_the_outstanding(request, frozenset(values))
        case NoRecord(searched):
            return said(searched, "which registers were searched")
        case AmbiguousSubject(candidates):
            return _asked_which(request, candidates, at)
        case _:
            assert_never(findings)


def _of_the_outstanding(request: VerificationRequest, fields: frozenset[str]) -> Rejected | None:
    if fields and fields <= request.outstanding:
        return None
    wanted = ", ".join(sorted(request.outstanding))
    return Rejected(Reason.FOREIGN_FIELD, f"Answer one or more of what is still asked: {wanted}.")


def _asked_which(request: VerificationRequest, candidates: int, at: datetime) -> Rejected | None:
    """Ambiguity is an answer once the requester said, or let 80 % of the time go by without saying."""
    asked = [
        each
        for each in request.clarifications
        if each.kind is QuestionKind.AMBIGUOUS_SUBJECT and each.asked_by.unit == request.holder
    ]
    answered = any(each.answer is not None for each in asked)
    late = request.due is not None and at >= request.due.after(LAST_CALL)
    if candidates >= 2 and asked and (answered or late):
        return None
    remedy = "Ask the requester which of the two or more is meant, and wait for what they say."
    return Rejected(Reason.ASK_FIRST, remedy)


def _return(request: VerificationRequest, event: Return, actor: Actor) -> Outcome:
    return (
        by_the_verifier_or(request, actor, Role.SEAL_KEEPER)
        or in_state(request, State.MADE, State.SEALED)
        or said(event.reason, "what is to be corrected")
        or replace(request, state=State.IN_VERIFICATION, draft=None, mark=None)
    )


def _seal(request: VerificationRequest, event: Seal, actor: Actor, at: datetime) -> Outcome:
    mark = SealMark(event.seal, event.document, actor.officer, at)
    return (
        of_holder(request, actor, Role.SEAL_KEEPER)
        or in_state(request, State.MADE)
        or said(event.seal, "the seal")
        or said(event.document, "the document's digest")
        or _another_person(request, actor)
        or replace(request, state=State.SEALED, mark=mark)
    )


def _another_person(request: VerificationRequest, actor: Actor) -> Rejected | None:
    if request.draft is None or request.draft.made_by != actor.officer:
        return None
    remedy = "Who made it doesn't seal it; let another seal keeper of the unit check and seal it."
    return Rejected(Reason.SAME_PERSON, remedy)


def _send(request: VerificationRequest, actor: Actor, at: datetime) -> Outcome:
    return _may_send(request, actor) or _sent(request, at)


def _may_send(request: VerificationRequest, actor: Actor) -> Rejected | None:
    if Role.PLATFORM in actor.roles:
        return None
    return by_the_verifier_or(request, actor, Role.SEAL_KEEPER, Role.COORDINATOR)


def _sent(request: VerificationRequest, at: datetime) -> Outcome:
    if request.draft is None or request.mark is None:
        return wrong_state(request, State.SEALED)
    delivery = Delivery(len(request.deliveries) + 1, request.draft, request.mark, at)
    rest = request.outstanding - request.draft.fields
    return replace(
        request,
        state=State.IN_VERIFICATION if rest else State.SENT,
        draft=None,
        mark=None,
        deliveries=(*request.deliveries, delivery),
        overdue=_overdue(request, at),
    )


def _overdue(request: VerificationRequest, at: datetime) -> Overdue | None:
    if request.overdue is None and request.due is not None and not request.due.kept(at):
        return Overdue(request.due.at)
    return request.overdue
