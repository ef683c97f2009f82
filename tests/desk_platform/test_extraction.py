"""Proofs are handed over under the platform's endorsement, made anew for each extraction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from connectors.contract import Value
from hub.desk.sealing import Sealer
from hub.desk.shared import Shared, SharedAnswer, SharedLookup, Silent
from hub.notary.ledger import read_registry
from hub.notary.pool import Workshop
from hub.notary.registry import Change
from hub.notary.words import Content, Extraction, Proof, Seal, SealUse
from hub.notary.words import Sealed as SealedContent
from tests.desk_platform.ground import (
    BUREAU,
    CIVIL,
    CLERK,
    HOUSING,
    KEEPER,
    SCHOOL,
    SINGLE,
    SUBJECT,
    TUTOR,
    VERA,
    VIKTOR,
    Ground,
    extraction,
)
from tests.desk_platform.real_seals import SHARING, VERIFYING, Sealed, open_sealed, twin

VALUES: dict[str, Value | None] = {"spouse": "无", "since": None}


@dataclass
class Book:
    """Shared information that is written down here, and everything that was asked of it."""

    answer: SharedAnswer
    asked: list[SharedLookup] = field(default_factory=list)

    async def find(self, lookups: Sequence[SharedLookup]) -> list[SharedAnswer]:
        """The same of everybody."""
        self.asked += lookups
        return [self.answer] * len(lookups)


async def _sent(ground: Ground) -> str:
    request = await ground.hub.open()
    await ground.hub.to_sent(request)
    return request


async def _corrected(ground: Ground, request: str) -> str:
    """The id of the request that corrected the answer of this one."""
    await ground.hub.step(request, "receipt", CLERK)
    reply = await ground.hub.step(request, "objection", CLERK, delivery=1, grounds="有误")
    review = str(reply.body["objections"][0]["review"])
    await ground.hub.to_sent(review, VIKTOR, spouse="有", since="2020-05-20")
    return review


async def _lookup(ground: Ground, unit: str = SCHOOL) -> Any:
    """What a lookup for a unit answers."""
    asked = {
        "ref": "0",
        "certificateType": SINGLE,
        "subject": {"id": SUBJECT, "name": "测试"},
        "purpose": {"item": "i", "case": "case-7", "operator": "tutor", "unit": unit},
    }
    reply = await ground.hub.post("proofs/lookup", {"requests": [asked]})
    return reply.body["answers"][0]


async def _rows(ground: Ground, query: str) -> list[tuple[Any, ...]]:
    async with ground.desk.database.reading() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


async def test_the_endorsement_is_the_platforms(sealed: Sealed) -> None:
    """Units by the registry's names, the operator of the signed call, item and case, until when."""
    ground = sealed.ground
    request = await _sent(ground)
    ground.clock.moment += timedelta(minutes=5)

    (proof,) = (await ground.hub.extract(request=request)).body["proofs"]

    assert proof["kind"] == "verification"
    assert (proof["request"], proof["delivery"]) == (request, 1)
    assert proof["sealedAt"] == "2025-03-12T10:00:00+08:00"
    assert proof["extractedAt"] == "2025-03-12T10:05:00+08:00"
    assert proof["validUntil"] == "2025-04-11T10:00:00+08:00"
    endorsement = twin(proof)["endorsement"]
    assert endorsement == {
        "format": "certhub-proof/1",
        "documentNumber": proof["documentNumber"],
        "extractingUnit": {"code": HOUSING, "name": "某市住房保障局"},
        "makingUnit": {"code": CIVIL, "name": "某市民政局"},
        "operator": "clerk",
        "item": "许可-00757-001",
        "itemName": "公租房申请",
        "case": "case-1",
        "extractedAt": endorsement["extractedAt"],
        "validUntil": endorsement["validUntil"],
    }


async def test_each_extraction_is_endorsed_for_its_unit(sealed: Sealed) -> None:
    """Another unit gets the same sealed content under an endorsement of its own."""
    ground = sealed.ground
    request = await _sent(ground)

    (own,) = (await ground.hub.extract(request=request)).body["proofs"]
    (other,) = (await ground.hub.extract(TUTOR)).body["proofs"]

    assert own["documentNumber"] == other["documentNumber"]
    assert twin(own)["contentSha256"] == twin(other)["contentSha256"]
    assert twin(other)["endorsement"]["extractingUnit"] == {"code": SCHOOL, "name": SCHOOL}
    assert twin(other)["endorsement"]["operator"] == "tutor"
    assert [(await sealed.verdict(each)).accepted for each in (own, other)] == [True, True]


async def test_a_repeated_extraction_is_the_same(sealed: Sealed) -> None:
    """The same call, at once and later, gives the same bytes and is on record once."""
    ground = sealed.ground
    request = await _sent(ground)

    at_once = await asyncio.gather(
        *(ground.hub.extract(key="k", request=request) for _ in range(4))
    )
    again = await ground.hub.extract(key="k", request=request)
    otherwise = await ground.hub.extract(key="k")

    assert {each.raw for each in at_once} == {again.raw}
    assert again.status == 200
    assert (otherwise.status, "another call" in otherwise.body["message"]) == (409, True)
    kept = await _rows(ground, 'SELECT unit, operator, item, "case" FROM desk_extractions')
    assert kept == [(HOUSING, "clerk", "许可-00757-001", "case-1")]


@pytest.mark.parametrize(
    "further",
    [
        {"endorsement": {"operator": "boss"}},
        {"validUntil": "2030-01-01T00:00:00+08:00"},
        {"extractingUnit": {"code": "x", "name": "某省政府"}},
        {"purpose": {"item": "i", "case": "c", "operator": "boss"}},
        {"purpose": {"item": "i", "case": "c", "validUntil": "2030-01-01"}},
        {"by": {**CLERK, "unitName": "某省政府"}},
        {"delivery": 1},
    ],
)
async def test_nothing_of_it_is_supplied(small: Ground, further: dict[str, object]) -> None:
    """A client that sends a field of the endorsement, or a delivery of no request, is told: 422."""
    reply = await small.hub.post("proofs/extract", extraction() | further)

    assert reply.status == 422


async def test_who_may_extract(sealed: Sealed) -> None:
    """A designated operator of a unit the client acts for; items are named by who holds them."""
    ground = sealed.ground
    request = await _sent(ground)
    bureau = ground.caller(BUREAU)
    plainly = {"item": "i", "case": "c"}

    verifier = await ground.hub.extract(VERA)
    stranger = await ground.hub.extract({"unit": HOUSING, "name": "nobody"})
    of_another_client = await bureau.extract(CLERK, purpose=plainly)
    naming = await bureau.extract(KEEPER)
    not_theirs = await ground.hub.extract(TUTOR, request=request)
    unknown = await ground.hub.extract(request="none")
    other_subject = await ground.hub.extract(
        request=request, subject={"kind": "person", "id": "330203199001010011"}
    )

    assert [each.status for each in (verifier, stranger, of_another_client, naming)] == [403] * 4
    assert verifier.body["reason"] == stranger.body["reason"] == "wrong_role"
    assert "leave itemName out" in naming.body["message"]
    assert [each.status for each in (not_theirs, unknown, other_subject)] == [404] * 3
    assert await _rows(ground, "SELECT * FROM desk_extractions") == []


async def test_a_receiver_may_extract_by_the_request(sealed: Sealed) -> None:
    """Who got it by a lookup is a receiver on record, and may name the request."""
    ground = sealed.ground
    request = await _sent(ground)

    answer = await _lookup(ground)
    reply = await ground.hub.extract(TUTOR, request=request)

    assert (answer["status"], answer["proof"]) == ("held", "verified")
    assert reply.status == 200


async def test_nothing_to_extract(sealed: Sealed) -> None:
    """Neither proven nor shared, or not sent yet: 404, and what to do."""
    request = await sealed.ground.hub.to_made()

    nothing = await sealed.ground.hub.extract()
    unsent = await sealed.ground.hub.extract(request=request)
    no_delivery = await sealed.ground.hub.extract(request=request, delivery=4)

    assert {each.status for each in (nothing, unsent, no_delivery)} == {404}
    assert "have it verified by a request" in nothing.body["message"]


async def test_a_recalled_proof_is_not_extracted(sealed: Sealed) -> None:
    """409 names the request that corrected it; without a request the corrected one is given."""
    ground = sealed.ground
    request = await _sent(ground)
    review = await _corrected(ground, request)

    old = await ground.hub.extract(request=request)
    named = await ground.hub.extract(request=request, delivery=1)
    (new,) = (await ground.hub.extract()).body["proofs"]

    for reply in (old, named):
        assert (reply.status, reply.body["reason"]) == (409, "recalled")
        assert review in reply.body["message"]
    assert new["request"] == review
    assert twin(new)["content"]["fields"][0]["value"] == "有"


async def test_out_of_force(sealed: Sealed) -> None:
    """After thirty days it isn't extracted any more."""
    ground = sealed.ground
    request = await _sent(ground)
    await ground.pass_time(timedelta(days=31))

    named = await ground.hub.extract(request=request)
    unnamed = await ground.hub.extract()

    assert (named.status, named.body["reason"], unnamed.status) == (409, "expired", 404)


async def test_receivers_are_told_of_a_recall(sealed: Sealed) -> None:
    """Who extracted it is told once, by its case; the requester once, by its request."""
    ground = sealed.ground
    request = await _sent(ground)
    await ground.hub.extract(request=request)
    await ground.hub.extract(request=request)
    await ground.hub.extract(TUTOR, purpose={"item": "i", "case": "case-7"})

    await _corrected(ground, request)

    for unit, reference in ((HOUSING, request), (SCHOOL, "case-7")):
        told = (await ground.hub.get(f"reminders?unit={unit}")).body["reminders"]
        recalls = [each["reference"] for each in told if each["kind"] == "recall"]
        assert recalls == [reference]


@dataclass
class Meanwhile:
    """A seal room in which the proof is recalled while it is endorsed for the first time."""

    room: Sealer
    ground: Ground
    request: str
    review: str = ""

    async def seal(self, content: Content, seal: Seal, use: SealUse) -> SealedContent:
        """As ever."""
        return await self.room.seal(content, seal, use)

    async def endorse(
        self, sealed: SealedContent, extraction: Extraction, at: datetime, until: datetime
    ) -> Proof:
        """As ever, after the recall."""
        if not self.review:
            self.review = await _corrected(self.ground, self.request)
        return await self.room.endorse(sealed, extraction, at, until)


@pytest.mark.parametrize("named", [True, False])
async def test_recalled_while_it_is_endorsed(sealed: Sealed, named: bool) -> None:
    """What was recalled before it could be handed over isn't: the corrected one is, or 409."""
    ground = sealed.ground
    request = await _sent(ground)
    meanwhile = Meanwhile(ground.seals, ground, request)
    ground.desk.sealer = meanwhile

    extract = ground.hub.extract
    reply = await (extract(request=request) if named else extract())

    if named:
        assert (reply.status, reply.body["reason"]) == (409, "recalled")
    else:
        assert [each["request"] for each in reply.body["proofs"]] == [meanwhile.review]


async def test_shared_information_is_sealed_by_who_extracts(
    database: str, workshop: Workshop, tmp_path: Path
) -> None:
    """The extracting unit's sharing seal, set by this operator; what the client said isn't in it."""
    book = Book(Shared(VALUES, "市补充核验平台"))
    async with open_sealed(database, workshop, tmp_path / "notary", book) as sealed:
        hub = sealed.ground.hub
        subject = {"kind": "person", "id": SUBJECT, "name": "冒名者"}

        replies = [await hub.extract(key="k", subject=subject) for _ in range(2)]

        (proof,) = replies[0].body["proofs"]
        assert replies[0].raw == replies[1].raw
        assert (proof["kind"], proof["request"], proof["delivery"]) == ("sharing", None, None)
        content = twin(proof)["content"]
        assert content["holder"] == {"kind": "person", "id": SUBJECT, "name": None}
        assert {line["name"]: line["value"] for line in content["fields"]} == {"spouse": "无"}
        assert content["makingUnit"] == {"code": HOUSING, "name": "某市住房保障局"}
        assert (content["source"], content["seal"]["operator"]) == ("市补充核验平台", "clerk")
        verdict = await sealed.verdict(proof)
        assert [one for one in verdict.checks if not one.passed] == []
        uses = await _rows(sealed.ground, "SELECT seal, operator FROM desk_seal_uses")
        kept = await _rows(sealed.ground, "SELECT document_number FROM desk_shared_documents")
        assert (uses, kept) == ([(SHARING, "clerk")], [(proof["documentNumber"],)])
        assert [(each.name, each.by.unit, each.case) for each in book.asked] == [
            ("冒名者", HOUSING, "case-1")
        ]


async def test_shared_information_without_a_seal(
    database: str, workshop: Workshop, tmp_path: Path
) -> None:
    """A unit without a seal, and one whose permission is gone: 409 with the fix, nothing is kept."""
    book = Book(Shared(VALUES))
    async with open_sealed(database, workshop, tmp_path / "notary", book) as sealed:
        await sealed.change(SHARING, Change.WITHDRAWN, "clerk")

        none = await sealed.ground.hub.extract(TUTOR)
        gone = await sealed.ground.hub.extract()

        assert (none.status, gone.status) == (409, 409)
        assert none.body["message"].endswith("have one made (certhub seals make school sharing)")
        assert gone.body["message"].startswith(f"seal {SHARING} is permitted to nobody")
        for table in ("desk_seal_uses", "desk_shared_documents", "desk_extractions"):
            assert await _rows(sealed.ground, f"SELECT * FROM {table}") == []


async def test_silence_is_not_absence(database: str, workshop: Workshop, tmp_path: Path) -> None:
    """While who should know is silent, an extraction is to be repeated, a lookup is an error."""
    book = Book(Silent("timed out"))
    async with open_sealed(database, workshop, tmp_path / "notary", book) as sealed:
        reply = await sealed.ground.hub.extract()
        answer = await _lookup(sealed.ground)

        assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
        assert answer == {"ref": "0", "status": "error", "code": "sharedInformationSilent"}


async def test_the_issuers_word_comes_first(
    database: str, workshop: Workshop, tmp_path: Path
) -> None:
    """What was verified isn't asked of shared platforms, also that there is no record."""
    book = Book(Shared(VALUES))
    async with open_sealed(database, workshop, tmp_path / "notary", book) as sealed:
        ground = sealed.ground
        shared = await _lookup(ground)
        request = await ground.hub.to_made(findings={"noRecord": {"searched": "全部"}})
        await ground.hub.seal_and_send(request)
        asked = len(book.asked)

        none = await _lookup(ground)
        (proof,) = (await ground.hub.extract()).body["proofs"]

        assert (shared["status"], shared["proof"], shared["fields"]) == ("held", "shared", VALUES)
        assert none == {"ref": "0", "status": "notHeld"}
        assert (proof["kind"], twin(proof)["content"]["answer"]) == (
            "verification",
            "no_such_record",
        )
        assert len(book.asked) == asked == 1


async def test_the_record_of_a_seal(sealed: Sealed) -> None:
    """With the use on the document that was named, and of no other; else 404."""
    ground = sealed.ground
    first, second = await _sent(ground), await _sent(ground)
    numbers = [
        (await ground.hub.extract(request=each)).body["proofs"][0]["documentNumber"]
        for each in (first, second)
    ]

    reply = await ground.hub.get(f"seals/{VERIFYING}?unit={HOUSING}&document={numbers[0]}")

    record = read_registry(reply.body["seal"].encode()).records[VERIFYING]
    assert [use.document_number for use in record.uses] == [numbers[0]]
    assert [(each.change, each.operator) for each in record.events] == [
        (Change.PERMITTED, "keeper")
    ]
    for path, status in (
        (f"seals/{VERIFYING}?unit={HOUSING}&document=HS-1", 404),
        (f"seals/{SHARING}?unit={HOUSING}&document={numbers[0]}", 404),
        (f"seals/nothing?unit={HOUSING}&document={numbers[0]}", 404),
        (f"seals/{VERIFYING}?unit={HOUSING}", 400),
        (f"seals/{VERIFYING}?document={numbers[0]}", 400),
    ):
        assert (await ground.hub.get(path)).status == status, path
    bureau = ground.caller(BUREAU)
    denied = await bureau.get(f"seals/{VERIFYING}?unit={HOUSING}&document={numbers[0]}")
    assert denied.status == 403


async def test_a_declared_type_that_nobody_issues(small: Ground) -> None:
    """It isn't held; a type that isn't declared either is an error of its own."""
    small.desk.registry = replace(small.desk.registry, issues={})

    assert await _lookup(small) == {"ref": "0", "status": "notHeld"}
    small.desk.types = {}
    assert (await _lookup(small))["code"] == "unknownCertificateType"
