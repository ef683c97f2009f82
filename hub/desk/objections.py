"""Objections (Article 13): verified afresh by somebody else, upheld or corrected and recalled."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from connectors.contract import Value
from hub.desk.clocks import in_china
from hub.desk.doubts import Corrected, Ending, Recall, Receiver, Review, Upheld
from hub.desk.events import Conclude, Object
from hub.desk.findings import AmbiguousSubject, Delivery, Draft, NoRecord, Verified
from hub.desk.lifecycle import apply, issue
from hub.desk.request import VerificationRequest
from hub.desk.words import PLATFORM, Actor, Officer, Reason, Rejected, State

Statement = tuple[str, Value | None]


@dataclass(frozen=True, slots=True)
class UnderReview:
    """The request that was objected to, and the fresh one that verifies it; store both at once."""

    objected: VerificationRequest
    review: VerificationRequest


@dataclass(frozen=True, slots=True)
class Concluded:
    """The request that was objected to, and how that ended."""

    objected: VerificationRequest
    ending: Ending


def raise_objection(
    request: VerificationRequest, event: Object, actor: Actor, now: datetime
) -> UnderReview | Rejected:
    """Record the objection and issue its review to the unit that made the answer."""
    objected = apply(request, event, actor, now)
    if isinstance(objected, Rejected):
        return objected
    draft = next(each.draft for each in _numbered(objected, event.delivery))
    wanted = replace(request.wanted, fields=draft.fields, promised=event.promised)
    fresh = Review(request.id, event.delivery, _heard(request, draft))
    review = issue(event.review, wanted, draft.made_by.unit, actor, now, fresh)
    return review if isinstance(review, Rejected) else UnderReview(objected, review)


def _numbered(request: VerificationRequest, number: int) -> list[Delivery]:
    return [each for each in request.deliveries if each.number == number]


def _heard(request: VerificationRequest, draft: Draft) -> frozenset[Officer]:
    """Who has said their word: who made it, who upheld it, and those before a review."""
    upheld = [each.ending.made_by for each in request.objections if isinstance(each.ending, Upheld)]
    before = request.review.avoid if request.review else frozenset()
    return before.union({draft.made_by}, *upheld)


def conclude(
    objected: VerificationRequest,
    review: VerificationRequest,
    receivers: Iterable[Receiver],
    now: datetime,
) -> Concluded | Rejected:
    """Upheld where the review says the same of every field, else corrected with a recall.

    `receivers` are the others who got the objected proof, those told of it by an earlier recall
    included; the requester itself is always named.
    """
    if review.state not in (State.SENT, State.RECEIVED, State.CLOSED):
        return Rejected(Reason.REVIEW_GOES_ON, "The review isn't answered in full yet; await it.")
    ending = _ending(objected, review, receivers, now)
    after = apply(objected, Conclude(review.id, ending), PLATFORM, now)
    return after if isinstance(after, Rejected) else Concluded(after, ending)


def _ending(
    objected: VerificationRequest,
    review: VerificationRequest,
    receivers: Iterable[Receiver],
    now: datetime,
) -> Ending:
    number = review.review.delivery if review.review else 0
    if _statements(_numbered(objected, number)) == _statements(review.deliveries):
        return Upheld(frozenset(each.draft.made_by for each in review.deliveries))
    told = {Receiver(objected.requester.unit, objected.id), *receivers}
    return Corrected(Recall(objected.id, number, review.id, tuple(sorted(told)), in_china(now)))


def _statements(deliveries: Iterable[Delivery]) -> dict[str, Statement]:
    """What was said of each field."""
    statements: dict[str, Statement] = {}
    for delivery in deliveries:
        statements |= _stated(delivery.draft)
    return statements


def _stated(draft: Draft) -> dict[str, Statement]:
    match draft.findings:
        case Verified(values):
            return {name: ("verified", value) for name, value in values.items()}
        case NoRecord():
            return dict.fromkeys(draft.fields, ("no record", None))
        case AmbiguousSubject():
            return dict.fromkeys(draft.fields, ("ambiguous", None))
        case _:
            assert_never(draft.findings)
