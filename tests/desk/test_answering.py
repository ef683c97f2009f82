"""Answers: made by one person, sealed by another, sent whole or in parts."""

import pytest

from hub.desk.events import (
    Make,
    Return,
    Seal,
    Send,
)
from hub.desk.findings import Findings, NoRecord, Verified
from hub.desk.lifecycle import apply
from hub.desk.words import (
    PLATFORM,
    Actor,
    Role,
    State,
)
from tests.desk.people import (
    ANSWERS,
    ARCHIVE_KEEPER,
    BEGIN,
    CHIEF,
    CIVIL,
    CLAIM,
    CLERK,
    CONFIRM,
    KEEPER,
    LATE,
    SEAL,
    SEND,
    SUPERVISOR,
    TEN,
    VERA,
    VIKTOR,
    after,
    answering,
    delivered,
    rejected,
)


def test_an_answer_in_parts() -> None:
    """What is there goes at once; the clock runs until the rest went, too."""
    first = after(delivered(), *answering(Verified({"spouse": "无"})))
    assert (first.state, first.running, first.verifier) == (State.IN_VERIFICATION, True, "vera")
    assert first.outstanding == {"since"}
    twice = Make(Verified({"spouse": "有"}))
    assert rejected(apply(first, twice, VERA, TEN)) == "foreign_field"

    confirmed = after(first, CONFIRM)
    assert confirmed.state is State.IN_VERIFICATION
    whole = after(confirmed, (Make(Verified({"since": None})), VERA), SEAL, SEND, now=LATE)

    assert whole.state is State.SENT
    assert [each.number for each in whole.deliveries] == [1, 2]
    assert [each.sent_at for each in whole.deliveries] == [TEN, LATE]
    assert [each.confirmed_at for each in whole.deliveries] == [TEN, None]
    assert after(whole, CONFIRM).deliveries[0].confirmed_at == TEN


@pytest.mark.parametrize(
    "findings", [Verified({}), Verified({"income": "1"}), Verified({"since": "", "income": ""})]
)
def test_findings_answer_what_was_asked(findings: Findings) -> None:
    """Nothing, or something nobody asked for, is no answer."""
    request = after(delivered(), CLAIM, BEGIN)

    assert rejected(apply(request, Make(findings), VERA, TEN)) == "foreign_field"


def test_no_record_is_an_answer_like_any_other() -> None:
    """It says what was searched, is sealed and sent, and answers all that was asked."""
    request = after(delivered(), CLAIM, BEGIN)
    assert rejected(apply(request, Make(NoRecord(" ")), VERA, TEN)) == "blank"

    request = after(delivered(), *answering(NoRecord("marriage register 1984-2025")))

    assert request.state is State.SENT
    assert request.deliveries[0].draft.fields == {"spouse", "since"}
    assert request.deliveries[0].mark.seal == "seal-1"


def test_four_eyes() -> None:
    """The claimed verifier makes; a seal keeper of that unit who isn't the maker seals."""
    both = Actor(CIVIL, "both", frozenset({Role.VERIFIER, Role.SEAL_KEEPER}))
    request = after(delivered(), (CLAIM[0], both), (BEGIN[0], both))
    assert rejected(apply(request, Make(ANSWERS), VERA, TEN)) == "not_the_verifier"

    made = after(request, (Make(ANSWERS), both))

    assert rejected(apply(made, SEAL[0], both, TEN)) == "same_person"
    assert rejected(apply(made, SEAL[0], VERA, TEN)) == "wrong_role"
    assert rejected(apply(made, SEAL[0], ARCHIVE_KEEPER, TEN)) == "wrong_unit"
    assert rejected(apply(made, Seal("", "sha256:00"), KEEPER, TEN)) == "blank"
    assert rejected(apply(made, Seal("seal-1", ""), KEEPER, TEN)) == "blank"
    assert after(made, SEAL).state is State.SEALED


def test_nothing_unsealed_is_sent() -> None:
    """There is no way from made to sent but through the seal."""
    made = after(delivered(), *answering()[:3])

    assert rejected(apply(made, *SEND, TEN)) == "wrong_state"


@pytest.mark.parametrize("sender", [VERA, KEEPER, CHIEF, PLATFORM])
def test_who_sends(sender: Actor) -> None:
    """Verifier, seal keeper, coordinator of the unit, or the desk itself."""
    request = after(delivered(), *answering()[:4], (Send(), sender))

    assert request.state is State.SENT


@pytest.mark.parametrize("sender", [CLERK, VIKTOR, SUPERVISOR, ARCHIVE_KEEPER])
def test_who_does_not_send(sender: Actor) -> None:
    """Nobody of another unit, and no verifier but the one who made it."""
    sealed = after(delivered(), *answering()[:4])

    assert rejected(apply(sealed, Send(), sender, TEN)) in {"wrong_unit", "not_the_verifier"}


@pytest.mark.parametrize("steps", [3, 4])
@pytest.mark.parametrize("actor", [KEEPER, VERA])
def test_a_draft_goes_back_for_correction(steps: int, actor: Actor) -> None:
    """Before it is sent, keeper or verifier return it; draft and seal are gone, the clock runs."""
    request = after(delivered(), *answering()[:steps], (Return("a wrong year"), actor))

    assert (request.state, request.draft, request.mark) == (State.IN_VERIFICATION, None, None)
    assert request.running
    assert after(request, *answering()[2:]).state is State.SENT
