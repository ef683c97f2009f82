"""What the issuer does before it answers: begin, ask, explain a delay, and try in vain to decline."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from hub.desk.events import Ask, AttemptToDecline, Begin, Explain
from hub.desk.request import VerificationRequest
from hub.desk.steps.guards import (
    Outcome,
    by_the_verifier,
    by_the_verifier_or,
    in_state,
    of_holder,
    said,
    with_issuer,
)
from hub.desk.words import (
    Actor,
    Clarification,
    Explanation,
    Incident,
    Overdue,
    Reason,
    Rejected,
    Role,
    State,
)

Verifying = Begin | Ask | Explain | AttemptToDecline


def verify(request: VerificationRequest, event: Verifying, actor: Actor, at: datetime) -> Outcome:
    """One step of the issuer before it answers."""
    match event:
        case Begin():
            return _begin(request, actor)
        case Ask():
            return _ask(request, event, actor, at)
        case Explain():
            return _explain(request, event, actor, at)
        case AttemptToDecline():
            return _attempt_to_decline(request, event, actor, at)
        case _:
            assert_never(event)


def _begin(request: VerificationRequest, actor: Actor) -> Outcome:
    return (
        by_the_verifier(request, actor)
        or in_state(request, State.CLAIMED)
        or replace(request, state=State.IN_VERIFICATION)
    )


def _ask(request: VerificationRequest, event: Ask, actor: Actor, at: datetime) -> Outcome:
    asked = Clarification(event.kind, event.question, actor.officer, at)
    return (
        by_the_verifier(request, actor)
        or in_state(request, State.CLAIMED, State.IN_VERIFICATION)
        or said(event.question, "the question")
        or _none_open(request)
        or replace(request, clarifications=(*request.clarifications, asked))
    )


def _none_open(request: VerificationRequest) -> Rejected | None:
    if request.question is None:
        return None
    return Rejected(Reason.QUESTION_OPEN, "A question is open; wait for its answer, then ask.")


def _explain(request: VerificationRequest, event: Explain, actor: Actor, at: datetime) -> Outcome:
    explanation = Explanation(actor.officer, at, event.reason, event.estimate)
    return (
        by_the_verifier_or(request, actor, Role.COORDINATOR)
        or said(event.reason, "the reason of the delay")
        or _sound_estimate(request, event.estimate, at)
        or _explained(request, explanation)
    )


def _sound_estimate(
    request: VerificationRequest, estimate: datetime | None, at: datetime
) -> Rejected | None:
    if request.running and (estimate is None or estimate <= at):
        return Rejected(Reason.NO_ESTIMATE, "Say by when the answer will come: a time to come.")
    if not request.running and estimate is not None:
        return Rejected(Reason.NO_ESTIMATE, "Nothing is awaited any more: give no estimate.")
    return None


def _explained(request: VerificationRequest, explanation: Explanation) -> Outcome:
    if request.overdue is None:
        return Rejected(Reason.NOT_OVERDUE, "It isn't overdue; nothing is to be explained.")
    overdue = Overdue(request.overdue.since, (*request.overdue.explanations, explanation))
    return replace(request, overdue=overdue)


def _attempt_to_decline(
    request: VerificationRequest, event: AttemptToDecline, actor: Actor, at: datetime
) -> Outcome:
    incident = Incident(actor.officer, at, event.said)
    return (
        of_holder(request, actor, *Role)
        or with_issuer(request)
        or replace(request, incidents=(*request.incidents, incident))
    )
