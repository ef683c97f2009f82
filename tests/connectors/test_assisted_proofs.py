"""Proofs of a real desk over HTTP: found, extracted, told apart when recalled, their seals shown."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from connectors.assisted_parts import Officer, SubjectKind
from connectors.assisted_words import Extraction, SealedProof, SealKind, StepRejected
from connectors.contract import (
    AnswerShape,
    FieldSource,
    Held,
    Inquiry,
    Interface,
    NotHeld,
    ProofKind,
    Refused,
    ValueKind,
)
from connectors.http import Http
from connectors.verification import VerificationPlatform
from hub.desk.shared import Shared, SharedAnswer, SharedLookup, Silent
from hub.notary.ledger import read_registry
from hub.notary.words import SealKind as NotarySealKind
from tests.connectors.assisted_ground import (
    CASE,
    CLERK,
    NAME,
    SUBJECT,
    VERA,
    VIKTOR,
    Cut,
    Life,
    assisted,
    endpoint,
    wire_to,
)
from tests.connectors.people import MEI, inquiry
from tests.desk_platform.ground import (
    ARCHIVES,
    BOOK,
    BUREAU,
    CIVIL,
    HOUSING,
    SINGLE,
    TEN,
    Ground,
    paper_seal,
    put_on_record,
)

FOUND = {"verified": {"spouse": "无", "since": "2020-05-20"}}
EXTRACTION = Extraction(
    by=CLERK,
    certificate=SINGLE,
    subject_kind=SubjectKind.PERSON,
    subject_id=SUBJECT,
    subject_name=NAME,
    item="许可-00757-001",
    case=CASE,
    item_name="商品房预售许可",
)
LOOKUP = Interface(
    "single",
    SINGLE,
    "batch",
    {},
    AnswerShape("fields", (FieldSource("spouse", "spouse", ValueKind.TEXT),)),
    timeout=5.0,
)


@dataclass
class Neighbours:
    """A platform behind the desk that holds one household register, or is silent."""

    silent: bool = False
    asked: list[SharedLookup] = field(default_factory=list)

    async def find(self, lookups: Sequence[SharedLookup]) -> list[SharedAnswer]:
        """The register's address."""
        self.asked += lookups
        if self.silent:
            return [Silent("no answer") for _ in lookups]
        return [
            Shared({"address": "海曙区"}) if each.certificate == BOOK else None for each in lookups
        ]


@pytest.fixture
async def neighbours(ground: Ground) -> Neighbours:
    """Shared information behind the desk, and a sharing seal that the clerk may use."""
    await put_on_record(
        ground.desk.database, paper_seal("share-1", NotarySealKind.SHARING, HOUSING), CLERK.name
    )
    ground.desk.shared = Neighbours()
    return ground.desk.shared


async def extracted(life: Life, extraction: Extraction, key: str = "x") -> tuple[SealedProof, ...]:
    """Proofs that there are."""
    found = await life.desk.extract(extraction, key)
    assert isinstance(found, tuple), found
    return found


async def rejected(life: Life, extraction: Extraction, key: str = "x") -> StepRejected:
    """What is said in place of proofs."""
    said = await life.desk.extract(extraction, key)
    assert isinstance(said, StepRejected), said
    return said


def used_on(ledger: bytes, seal: str) -> list[str]:
    """The documents that a seal's record names."""
    record = read_registry(ledger).record(seal)
    assert record is not None
    return [use.document_number for use in record.uses]


async def test_the_proof_of_a_delivery(life: Life, ground: Ground) -> None:
    """Its document under the issuer's seal, endorsed for the case; the record of that seal with it."""
    request = (await life.open()).id
    await life.to_sent(request, FOUND)
    ground.clock.moment += timedelta(minutes=5)

    (proof,) = await extracted(life, replace(EXTRACTION, request=request, delivery=1))

    assert (proof.kind, proof.request, proof.delivery) == (SealKind.VERIFICATION, request, 1)
    assert (proof.sealed_at, proof.extracted_at) == (TEN, TEN + timedelta(minutes=5))
    assert proof.valid_until == TEN + timedelta(days=30)
    assert "商品房预售许可".encode() in proof.pdf
    assert proof.twin == b"{}"
    assert used_on(proof.seal, "seal-1") == [proof.document_number]


async def test_an_answer_in_parts(life: Life) -> None:
    """Without a number all deliveries in force come, each with its own seal's use alone."""
    request = (await life.open()).id
    await life.to_sent(request, {"verified": {"spouse": "无"}})
    await life.take(request, "make", VERA, findings={"verified": {"since": "2020-05-20"}})
    await life.take(request, "seal", Officer(CIVIL, "keeper"))
    await life.take(request, "send", Officer(CIVIL, "keeper"))

    both = await extracted(life, replace(EXTRACTION, request=request))
    (second,) = await extracted(life, replace(EXTRACTION, request=request, delivery=2), "y")

    assert [each.delivery for each in both] == [1, 2]
    assert second.document_number == both[1].document_number
    assert [used_on(each.seal, "seal-1") for each in both] == [
        [each.document_number] for each in both
    ]


async def test_a_proof_in_force_is_extracted_again(life: Life, http: Http, ground: Ground) -> None:
    """Another case finds the verified proof by a lookup, and extracts it endorsed for itself."""
    request = (await life.open()).id
    await life.to_sent(request, FOUND)
    platform = VerificationPlatform(endpoint(ground.hub.base), http)

    held, nobodys = await platform.fetch(LOOKUP, [inquiry(SUBJECT), inquiry(MEI)])
    (proof,) = await extracted(life, replace(EXTRACTION, item_name="另一事项"))

    assert held == Held({"spouse": "无"}, ProofKind.VERIFIED)
    assert nobodys == NotHeld()
    assert (proof.kind, proof.request) == (SealKind.VERIFICATION, request)
    assert "另一事项".encode() in proof.pdf


async def test_shared_information(
    life: Life, http: Http, ground: Ground, neighbours: Neighbours
) -> None:
    """What a platform behind the desk holds is sealed by the extracting unit, and is no delivery."""
    platform = VerificationPlatform(endpoint(ground.hub.base), http)
    shape = AnswerShape("fields", (FieldSource("address", "address", ValueKind.TEXT),))
    asked: list[Inquiry] = [inquiry(SUBJECT)]

    (held,) = await platform.fetch(replace(LOOKUP, target=BOOK, answer=shape), asked)
    (proof,) = await extracted(life, replace(EXTRACTION, certificate=BOOK))
    (again,) = await extracted(life, replace(EXTRACTION, certificate=BOOK))
    (anew,) = await extracted(life, replace(EXTRACTION, certificate=BOOK), "another key")

    assert held == Held({"address": "海曙区"}, ProofKind.SHARED)
    assert (proof.kind, proof.request, proof.delivery) == (SealKind.SHARING, None, None)
    assert again == proof
    assert anew.document_number != proof.document_number
    assert used_on(proof.seal, "share-1") == [proof.document_number]


async def test_shared_information_that_is_silent(life: Life, neighbours: Neighbours) -> None:
    """Silence behind the desk is trouble, not absence."""
    neighbours.silent = True

    with pytest.raises(Refused, match=r"^desk/extract: HTTP status 503"):
        await life.desk.extract(replace(EXTRACTION, certificate=BOOK), "x")


async def test_nothing_to_extract(life: Life) -> None:
    """Nothing held, a request that isn't sent, an unknown one or one of others: `None`."""
    request = (await life.open()).id
    stranger = replace(EXTRACTION, by=Officer(ARCHIVES, "anna"))

    assert await life.desk.extract(EXTRACTION, "a") is None
    assert await life.desk.extract(replace(EXTRACTION, request=request), "b") is None
    assert await life.desk.extract(replace(EXTRACTION, request="0" * 24), "c") is None
    missed = await rejected(life, stranger, "d")
    assert (missed.status, missed.reason) == (403, "wrong_role")


async def test_who_has_no_seal_for_it(life: Life, ground: Ground) -> None:
    """Shared information without a sharing seal of the operator's: told, with what to do."""
    ground.desk.shared = Neighbours()
    said = await rejected(life, replace(EXTRACTION, certificate=BOOK))

    assert said.status == 409
    assert said.message


async def test_a_recalled_proof_is_not_had(life: Life) -> None:
    """Recalled: the code says so, the words name the request with the corrected answer."""
    request = (await life.open()).id
    await life.to_sent(request, FOUND)
    await life.take(request, "receipt", CLERK)
    doubted = await life.take(request, "objection", CLERK, delivery=1, grounds="I am married")
    review = doubted.objections[0].review
    await life.to_sent(review, {"verified": {"spouse": "某", "since": None}}, VIKTOR)

    said = await rejected(life, replace(EXTRACTION, request=request, delivery=1))
    (corrected,) = await extracted(life, EXTRACTION, "y")

    assert (said.status, said.reason) == (409, "recalled")
    assert review in said.message
    assert corrected.request == review


@pytest.mark.parametrize("cut", [Cut.LOST, Cut.HALF])
async def test_an_extraction_whose_answer_got_lost(
    life: Life, ground: Ground, http: Http, neighbours: Neighbours, cut: Cut
) -> None:
    """Repeated, it is the same document: the seal was used once."""
    async with wire_to(ground.hub.base, cut) as wire:
        desk = assisted(wire.url, http)
        found = await desk.extract(replace(EXTRACTION, certificate=BOOK), "x")

    assert isinstance(found, tuple)
    assert wire.answers >= 2
    (again,) = await extracted(life, replace(EXTRACTION, certificate=BOOK))
    assert found == (again,)
    assert used_on(again.seal, "share-1") == [again.document_number]
    assert len(neighbours.asked) == 1


async def test_ten_at_once_under_one_key(life: Life, neighbours: Neighbours) -> None:
    """One document, however often it is asked for at the same moment."""
    asked = replace(EXTRACTION, certificate=BOOK)
    found = await asyncio.gather(*(life.desk.extract(asked, "x") for _ in range(10)))

    assert {each[0].document_number for each in found if isinstance(each, tuple)} == {
        (await extracted(life, asked))[0].document_number
    }


async def test_the_record_of_a_seal(life: Life, ground: Ground, http: Http) -> None:
    """With its use on the named document alone; other documents and seals have none."""
    for case in ("one", "two"):
        await life.to_sent((await life.open(case=case)).id, FOUND)
    (proof,) = await extracted(life, EXTRACTION)

    told = await life.desk.seal("seal-1", HOUSING, proof.document_number)

    assert told is not None
    assert not told.recalled
    assert read_registry(told.ledger) == read_registry(proof.seal)
    assert used_on(told.ledger, "seal-1") == [proof.document_number]
    assert await life.desk.seal("seal-1", HOUSING, "none") is None
    assert await life.desk.seal("seal-9", HOUSING, proof.document_number) is None
    assert await life.desk.seal("甬/1", HOUSING, proof.document_number) is None
    with pytest.raises(Refused, match=r"^desk/seals: HTTP status 403"):
        await assisted(ground.hub.base, http, BUREAU).seal("seal-1", HOUSING, "n")
