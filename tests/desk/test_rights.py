"""Who may take which step: every event by every actor, at the moment it is possible."""

import pytest

from hub.desk.doubts import Upheld
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
    Event,
    Explain,
    Forward,
    Make,
    MarkOverdue,
    Object,
    Reassign,
    Return,
    Seal,
    Send,
    Urge,
)
from hub.desk.lifecycle import apply, arrival
from hub.desk.objections import raise_objection
from hub.desk.request import VerificationRequest
from hub.desk.words import PLATFORM, Actor, QuestionKind, Rejected
from tests.desk.people import (
    ANSWERS,
    ARCHIVES,
    BOTH,
    CALENDAR,
    CAST,
    CHIEF,
    CLAIM,
    CLERK,
    CONFIRM,
    ISSUERS,
    KEEPER,
    MINUTE,
    SUPERVISOR,
    TEN,
    VERA,
    VERIFIERS,
    VIKTOR,
    after,
    answering,
    delivered,
    issued,
)

LATE = TEN + 60 * 24 * MINUTE + MINUTE
NEW = issued()
IN_INBOX = delivered()
CLAIMED = after(IN_INBOX, CLAIM)
ASKED = after(CLAIMED, (Ask(QuestionKind.DETAIL, "which year?"), VERA))
BEGUN = after(IN_INBOX, *answering()[:2])
MADE = after(IN_INBOX, *answering()[:3])
SEALED = after(IN_INBOX, *answering()[:4])
SENT = after(IN_INBOX, *answering())
RECEIVED = after(SENT, CONFIRM)
OVERDUE = after(CLAIMED, (MarkOverdue(), PLATFORM), now=LATE)


def objected() -> VerificationRequest:
    """A request whose answer is under review."""
    opened = raise_objection(RECEIVED, Object(1, "wrong year", "r2"), CLERK, TEN)
    assert not isinstance(opened, Rejected)
    return opened.objected


ISSUING_UNIT = {VERA, VIKTOR, BOTH, KEEPER, CHIEF}
RIGHTS: list[tuple[VerificationRequest, Event, set[Actor]]] = [
    (NEW, arrival(NEW, CALENDAR, LATE), {PLATFORM}),
    (IN_INBOX, Claim(VERIFIERS), {VERA, VIKTOR, BOTH}),
    (IN_INBOX, Reassign("vera", "hers", VERIFIERS), {VERA, VIKTOR, BOTH, CHIEF}),
    (CLAIMED, Reassign("both", "ill", VERIFIERS), {VERA, CHIEF}),
    (CLAIMED, Forward(ARCHIVES, "theirs", ISSUERS), {VERA, CHIEF}),
    (CLAIMED, Begin(), {VERA}),
    (BEGUN, Ask(QuestionKind.DETAIL, "which year?"), {VERA}),
    (ASKED, Answer("1990"), {CLERK}),
    (BEGUN, Make(ANSWERS), {VERA}),
    (MADE, Return("wrong"), {VERA, KEEPER, BOTH}),
    (MADE, Seal("seal-1", "sha256:00"), {KEEPER, BOTH}),
    (SEALED, Send(), {VERA, KEEPER, BOTH, CHIEF, PLATFORM}),
    (SENT, ConfirmReceipt(), {CLERK}),
    (RECEIVED, Close(), {CLERK, PLATFORM}),
    (MADE, Cancel("withdrawn"), {CLERK}),
    (CLAIMED, MarkOverdue(), {PLATFORM}),
    (OVERDUE, Explain("ill", LATE + MINUTE), {VERA, CHIEF}),
    (CLAIMED, AttemptToDecline("no"), ISSUING_UNIT),
    (CLAIMED, Urge("now"), {SUPERVISOR}),
    (RECEIVED, Object(1, "wrong year", "r2"), {CLERK}),
    (objected(), Conclude("r2", Upheld(frozenset())), {PLATFORM}),
]


@pytest.mark.parametrize(
    ("request_", "event", "allowed"), RIGHTS, ids=[type(right[1]).__name__ for right in RIGHTS]
)
def test_exactly_these_may(
    request_: VerificationRequest, event: Event, allowed: set[Actor]
) -> None:
    """Nobody else of the cast can take the step, and each gets told how to go on."""
    outcomes = {actor: apply(request_, event, actor, LATE) for actor in CAST}

    able = {actor for actor, after in outcomes.items() if isinstance(after, VerificationRequest)}
    assert able == allowed
    for outcome in outcomes.values():
        assert isinstance(outcome, VerificationRequest) or outcome.remedy.endswith(".")


def test_every_event_has_its_rights_stated() -> None:
    """The table above leaves no event out."""
    stated = {type(event) for _, event, _ in RIGHTS}

    assert stated == set(Event.__args__)


@pytest.mark.parametrize(
    ("request_", "event", "actor"),
    [
        (CLAIMED, Reassign("both", " ", VERIFIERS), VERA),
        (CLAIMED, Forward(ARCHIVES, "", ISSUERS), VERA),
        (CLAIMED, Ask(QuestionKind.DETAIL, ""), VERA),
        (ASKED, Answer("\n"), CLERK),
        (MADE, Return(""), KEEPER),
        (MADE, Cancel(""), CLERK),
        (OVERDUE, Explain("", LATE + MINUTE), VERA),
        (CLAIMED, Urge(""), SUPERVISOR),
        (RECEIVED, Object(1, "", "r2"), CLERK),
    ],
    ids=lambda value: type(value).__name__,
)
def test_reasons_are_given_in_words(
    request_: VerificationRequest, event: Event, actor: Actor
) -> None:
    """A blank reason, question or answer is none."""
    outcome = apply(request_, event, actor, LATE)

    assert isinstance(outcome, Rejected)
    assert outcome.reason.value == "blank"
