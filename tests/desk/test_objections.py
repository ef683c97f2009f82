"""Objections after delivery: verified afresh by another person, upheld or corrected and recalled."""

from datetime import date, timedelta

import pytest

from hub.desk.doubts import Corrected, Recall, Receiver, Review, Upheld
from hub.desk.events import Begin, Cancel, Claim, Conclude, Make, Object, Reassign
from hub.desk.findings import AmbiguousSubject, Findings, NoRecord, Verified
from hub.desk.lifecycle import apply, arrival
from hub.desk.objections import Concluded, UnderReview, conclude, raise_objection
from hub.desk.request import VerificationRequest
from hub.desk.words import PLATFORM, Actor, State
from tests.desk.people import (
    ANSWERS,
    BEGIN,
    BOTH,
    CALENDAR,
    CIVIL,
    CLAIM,
    CLERK,
    CONFIRM,
    HOUSING,
    REPLY,
    SEAL,
    SEND,
    TEN,
    VERA,
    VERIFIERS,
    VIKTOR,
    WHICH,
    accepted,
    after,
    answering,
    delivered,
    rejected,
)

DOUBT = Object(1, "it was 2019", "r2")
OTHER = Verified({"spouse": "无", "since": date(2019, 5, 20)})


def received(findings: Findings = ANSWERS) -> VerificationRequest:
    """A request whose answer arrived."""
    return after(delivered(), *answering(findings), CONFIRM)


def opened(request: VerificationRequest, event: Object = DOUBT) -> UnderReview:
    """The objection and its review, delivered to the issuer."""
    outcome = raise_objection(request, event, CLERK, TEN)
    assert isinstance(outcome, UnderReview), outcome
    review = outcome.review
    arrived = apply(review, arrival(review, CALENDAR, TEN), PLATFORM, TEN)
    return UnderReview(outcome.objected, accepted(arrived))


def reviewed(
    under: UnderReview, findings: Findings = ANSWERS, by: Actor = VIKTOR
) -> VerificationRequest:
    """The review, answered by a verifier."""
    made = (Make(findings), by)
    return after(under.review, (CLAIM[0], by), (Begin(), by), made, SEAL, SEND)


def concluded(
    objected: VerificationRequest, review: VerificationRequest, *receivers: Receiver
) -> Concluded:
    """How the objection ended."""
    outcome = conclude(objected, review, receivers, TEN)
    assert isinstance(outcome, Concluded), outcome
    return outcome


def test_an_objection_opens_a_fresh_verification() -> None:
    """A linked request for the doubted fields goes to the unit that made the answer."""
    request = after(delivered(), *answering(Verified({"spouse": "无"})), CONFIRM)

    under = raise_objection(request, Object(1, "married", "r2", date(2025, 3, 20)), CLERK, TEN)

    assert isinstance(under, UnderReview)
    assert under.objected.objection is not None
    assert under.objected.objection.review == "r2"
    assert under.objected.state is request.state
    review = under.review
    assert (review.id, review.holder, review.state) == ("r2", CIVIL, State.ISSUED)
    assert review.wanted.fields == {"spouse"}
    assert review.wanted.promised == date(2025, 3, 20)
    assert review.review == Review("r1", 1, frozenset({VERA.officer}))


def test_a_review_goes_to_somebody_else() -> None:
    """The first verifier neither claims it nor gets it reassigned while a colleague could."""
    review = opened(received()).review

    assert rejected(apply(review, *CLAIM, TEN)) == "first_verifier"
    to_vera = Reassign("vera", "hers", VERIFIERS)
    assert rejected(apply(review, to_vera, VIKTOR, TEN)) == "first_verifier"
    assert after(review, (CLAIM[0], VIKTOR)).verifier == "viktor"


def test_a_unit_with_one_verifier_reviews_itself() -> None:
    """Where there is nobody else, the first verifier does it."""
    review = opened(received()).review

    alone = after(review, (Claim(frozenset({"vera"})), VERA))

    assert alone.verifier == "vera"


def test_the_same_words_uphold() -> None:
    """Every field said again: upheld, nothing recalled; the applicant may doubt it once more."""
    under = opened(received())

    ended = concluded(under.objected, reviewed(under))

    assert ended.ending == Upheld(frozenset({VIKTOR.officer}))
    assert ended.objected.objection is None
    assert ended.objected.deliveries[0].recalled_by is None
    again = raise_objection(ended.objected, Object(1, "still", "r3"), CLERK, TEN)
    assert isinstance(again, UnderReview)
    assert again.review.review == Review("r1", 1, frozenset({VERA.officer, VIKTOR.officer}))


def test_other_words_correct_and_recall() -> None:
    """The old proof is recalled from everybody who got it, the requester first of all."""
    under = opened(received())
    bank = Receiver("bank", "d-7")

    ended = concluded(under.objected, reviewed(under, OTHER), bank, bank)

    recall = Recall("r1", 1, "r2", (bank, Receiver(HOUSING, "r1")), TEN)
    assert ended.ending == Corrected(recall)
    assert ended.objected.deliveries[0].recalled_by == "r2"
    assert ended.objected.history[-1].event == Conclude("r2", Corrected(recall))
    assert rejected(apply(ended.objected, Object(1, "x", "r3"), CLERK, TEN)) == "recalled"


def test_only_the_wrong_delivery_is_recalled() -> None:
    """Of an answer in parts, the other part stands."""
    since = Verified({"since": None})
    parts = after(delivered(), *answering(Verified({"spouse": "无"})), (Make(since), VERA), SEAL)
    request = after(parts, SEND, CONFIRM)
    under = opened(request, Object(2, "it was 2019", "r2"))

    ended = concluded(under.objected, reviewed(under, Verified({"since": date(2019, 1, 1)})))

    assert [each.recalled_by for each in ended.objected.deliveries] == [None, "r2"]


@pytest.mark.parametrize(
    ("first", "second", "upheld"),
    [
        (NoRecord("register A"), NoRecord("register B"), True),
        (NoRecord("register A"), ANSWERS, False),
        (ANSWERS, NoRecord("register A"), False),
        (Verified({"spouse": None, "since": None}), NoRecord("register A"), False),
    ],
)
def test_what_counts_as_the_same(first: Findings, second: Findings, upheld: bool) -> None:
    """No record said twice is the same; an open field and no record are not."""
    under = opened(received(first))

    ended = concluded(under.objected, reviewed(under, second))

    assert isinstance(ended.ending, Upheld) is upheld


def test_an_ambiguous_answer_can_be_doubted_too() -> None:
    """Somebody was found after all: corrected."""
    several = (Make(AmbiguousSubject(2)), VERA)
    asked = after(delivered(), CLAIM, BEGIN, WHICH, REPLY, several, SEAL, SEND, CONFIRM)
    under = opened(asked)

    assert isinstance(concluded(under.objected, reviewed(under)).ending, Corrected)


def test_a_review_in_parts_is_concluded_when_all_is_said() -> None:
    """Half a review decides nothing; both halves together uphold."""
    under = opened(received())
    half = reviewed(under, Verified({"spouse": "无"}))

    outcome = conclude(under.objected, half, (), TEN)
    assert not isinstance(outcome, Concluded)
    assert outcome.reason.value == "review_goes_on"

    rest = (Make(Verified({"since": date(2020, 5, 20)})), VIKTOR)
    whole = after(half, rest, SEAL, SEND, CONFIRM)
    assert isinstance(concluded(under.objected, whole).ending, Upheld)


def test_a_review_can_not_be_cancelled() -> None:
    """Article 13: what the applicant doubts is verified to its end."""
    review = opened(received()).review

    assert rejected(apply(review, Cancel("never mind"), CLERK, TEN)) == "review_goes_on"


def test_a_corrected_answer_can_be_doubted_in_turn() -> None:
    """The review is a request like any other; neither of the first two verifies the third time."""
    under = opened(received())
    review = after(reviewed(under, OTHER), CONFIRM)

    third = raise_objection(review, Object(1, "no", "r3"), CLERK, TEN)

    assert isinstance(third, UnderReview)
    assert third.review.review == Review("r2", 1, frozenset({VERA.officer, VIKTOR.officer}))
    both = after(third.review, (arrival(third.review, CALENDAR, TEN), PLATFORM), (CLAIM[0], BOTH))
    assert both.verifier == "both"


def test_what_can_not_be_doubted() -> None:
    """Nothing unsent, unconfirmed or already under review; a rejection opens no review."""
    sent = after(delivered(), *answering())
    under = opened(received())

    assert rejected(apply(sent, DOUBT, CLERK, TEN)) == "nothing_sent"
    assert rejected(apply(received(), Object(2, "x", "r2"), CLERK, TEN)) == "no_such_delivery"
    assert rejected(apply(under.objected, Object(1, "x", "r3"), CLERK, TEN)) == "under_review"
    outcome = raise_objection(sent, DOUBT, CLERK, TEN)
    assert not isinstance(outcome, UnderReview)
    assert outcome.reason.value == "nothing_sent"


def test_a_review_of_something_else_concludes_nothing() -> None:
    """Only the review that the objection opened ends it, and only once."""
    under = opened(received())
    other = after(reviewed(under), CONFIRM)
    ended = concluded(under.objected, other).objected

    for request in (received(), ended):
        outcome = conclude(request, other, (), TEN)
        assert not isinstance(outcome, Concluded)
        assert outcome.reason.value == "no_such_review"


def test_a_part_that_arrived_can_be_doubted_while_the_rest_is_awaited() -> None:
    """The review runs beside the request, whose own clock runs on."""
    request = after(delivered(), *answering(Verified({"spouse": "无"})), CONFIRM)

    under = opened(request)

    assert under.objected.running
    assert under.review.running
    assert under.review.due is not None
    assert under.review.due.at == TEN + timedelta(hours=24)
