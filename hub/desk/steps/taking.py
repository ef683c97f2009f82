"""Who has the request: claimed by a verifier, reassigned inside the unit, forwarded to another."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from hub.desk.events import Claim, Forward, Reassign
from hub.desk.request import VerificationRequest
from hub.desk.steps.guards import (
    Outcome,
    by_the_verifier_or,
    designated,
    fresh_eyes,
    in_state,
    of_holder,
    said,
)
from hub.desk.steps.lapsing import lapsed
from hub.desk.words import Actor, Hop, Reason, Rejected, Role, State

Taking = Claim | Reassign | Forward
BEFORE_MADE = (State.DELIVERED, State.CLAIMED, State.IN_VERIFICATION)


def take(request: VerificationRequest, event: Taking, actor: Actor, at: datetime) -> Outcome:
    """One step of changing hands."""
    match event:
        case Claim():
            return _claim(request, event, actor)
        case Reassign():
            return _reassign(request, event, actor)
        case Forward():
            return _forward(request, event, actor, at)
        case _:
            assert_never(event)


def _claim(request: VerificationRequest, event: Claim, actor: Actor) -> Outcome:
    return (
        of_holder(request, actor, Role.VERIFIER)
        or in_state(request, State.DELIVERED)
        or fresh_eyes(request, actor.name, event.verifiers)
        or replace(request, state=State.CLAIMED, verifier=actor.name)
    )


def _reassign(request: VerificationRequest, event: Reassign, actor: Actor) -> Outcome:
    return (
        by_the_verifier_or(request, actor, Role.COORDINATOR)
        or in_state(request, *BEFORE_MADE)
        or said(event.reason, "the reason for reassigning it")
        or designated(event.to, event.verifiers)
        or _somebody_else(request, event.to)
        or fresh_eyes(request, event.to, event.verifiers)
        or replace(request, state=State.CLAIMED, verifier=event.to)
    )


def _somebody_else(request: VerificationRequest, to: str) -> Rejected | None:
    if to != request.verifier:
        return None
    return Rejected(Reason.ALREADY_SO, "This verifier has it already; name another one.")


def _forward(request: VerificationRequest, event: Forward, actor: Actor, at: datetime) -> Outcome:
    return (
        by_the_verifier_or(request, actor, Role.COORDINATOR)
        or in_state(request, *BEFORE_MADE)
        or said(event.reason, "the reason why the other unit keeps this record")
        or _new_issuer(request, event)
        or _forwarded(request, event, actor, at)
    )


def _new_issuer(request: VerificationRequest, event: Forward) -> Rejected | None:
    if event.to in request.holders:
        remedy = "That unit had it already: answer it, or forward it to one that did not."
        return Rejected(Reason.LOOP, remedy)
    if event.to == request.requester.unit:
        return Rejected(Reason.OWN_UNIT, "That unit asked; what it keeps itself it needn't ask.")
    if event.to not in event.issuers:
        remedy = "Name a unit that the registry lists as an issuer of this certificate."
        return Rejected(Reason.NOT_AN_ISSUER, remedy)
    return None


def _forwarded(
    request: VerificationRequest, event: Forward, actor: Actor, at: datetime
) -> VerificationRequest:
    hop = Hop(request.holder, event.to, actor.officer, at, event.reason)
    return replace(
        lapsed(request, at),
        state=State.DELIVERED,
        holder=event.to,
        verifier=None,
        hops=(*request.hops, hop),
    )
