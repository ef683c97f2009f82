"""A request goes to the unit or the person that can answer it, and keeps its receipt."""

from hub.desk.events import (
    Claim,
    Forward,
    Make,
    Reassign,
)
from hub.desk.findings import Verified
from hub.desk.lifecycle import apply
from hub.desk.words import (
    Hop,
    Officer,
    State,
)
from tests.desk.people import (
    ANSWERS,
    ARCHIVE_KEEPER,
    ARCHIVES,
    ARCHIVIST,
    BEGIN,
    CHIEF,
    CIVIL,
    CLAIM,
    HOUSING,
    ISSUERS,
    MINUTE,
    SEAL,
    SEND,
    TEN,
    TO_ARCHIVES,
    VERA,
    VERIFIERS,
    VIKTOR,
    after,
    answering,
    delivered,
    rejected,
)


def test_forwarding_keeps_request_and_receipt() -> None:
    """The right issuer gets the same request with the original deadline; the hop is on record."""
    request = after(delivered(), CLAIM, BEGIN)
    due = request.due

    request = after(request, (TO_ARCHIVES, VERA), now=TEN + MINUTE)

    assert (request.state, request.holder, request.verifier) == (State.DELIVERED, ARCHIVES, None)
    assert (request.due, request.received) == (due, TEN)
    assert request.hops == (
        Hop(CIVIL, ARCHIVES, VERA.officer, TEN + MINUTE, "kept in the archives since 2010"),
    )
    done = after(
        request,
        (Claim(VERIFIERS), ARCHIVIST),
        (BEGIN[0], ARCHIVIST),
        (Make(ANSWERS), ARCHIVIST),
        (SEAL[0], ARCHIVE_KEEPER),
        SEND,
    )
    assert done.deliveries[0].draft.made_by == Officer(ARCHIVES, "vera")


def test_forwarding_never_goes_round() -> None:
    """A unit that had it, the one that asked, or one that issues nothing of the kind can't get it."""
    request = after(delivered(), (TO_ARCHIVES, CHIEF), (Claim(VERIFIERS), ARCHIVIST))

    def forwarded_to(unit: str) -> str:
        return rejected(apply(request, Forward(unit, "theirs", ISSUERS), ARCHIVIST, TEN))

    assert forwarded_to(CIVIL) == "loop"
    assert forwarded_to(ARCHIVES) == "loop"
    assert forwarded_to(HOUSING) == "own_unit"
    assert forwarded_to("library") == "not_an_issuer"


def test_an_unclaimed_request_is_forwarded_by_any_verifier() -> None:
    """Nobody has to claim what isn't theirs; once claimed, only the claimer or the coordinator."""
    assert after(delivered(), (TO_ARCHIVES, VIKTOR)).holder == ARCHIVES
    claimed = after(delivered(), CLAIM)
    assert rejected(apply(claimed, TO_ARCHIVES, VIKTOR, TEN)) == "not_the_verifier"
    assert after(claimed, (TO_ARCHIVES, CHIEF)).holder == ARCHIVES


def test_reassigning_inside_the_unit() -> None:
    """The coordinator, or who has it, names another designated verifier; the work starts anew."""
    request = after(delivered(), CLAIM, BEGIN)

    request = after(request, (Reassign("viktor", "ill", VERIFIERS), CHIEF))

    assert (request.state, request.verifier) == (State.CLAIMED, "viktor")
    assert rejected(apply(request, *BEGIN, TEN)) == "not_the_verifier"
    assert after(request, (BEGIN[0], VIKTOR)).state is State.IN_VERIFICATION
    again = Reassign("viktor", "ill", VERIFIERS)
    assert rejected(apply(request, again, VIKTOR, TEN)) == "already_so"
    stranger = Reassign("stranger", "ill", VERIFIERS)
    assert rejected(apply(request, stranger, VIKTOR, TEN)) == "not_designated"


def test_the_rest_may_be_another_units() -> None:
    """After a part was sent, the rest can be forwarded to who keeps it."""
    first = after(delivered(), *answering(Verified({"spouse": "无"})))

    request = after(first, (TO_ARCHIVES, VERA))

    assert request.holder == ARCHIVES
    assert request.outstanding == {"since"}
