"""Extraction (提取): a proof in force, or shared information, endorsed for one unit's case."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.desk.desk import ATTEMPTS, Desk, DeskBusy
from hub.desk.doubts import Receiver
from hub.desk.originals import (
    Asked,
    Original,
    SharedOriginal,
    VerifiedOriginal,
    shared_original,
    verified_originals,
)
from hub.desk.seals import keep_use
from hub.desk.steps.guards import playing
from hub.desk.store.answers import Call, OtherBody, Told, keep_answer, told_before
from hub.desk.store.extractions import ExtractionRecord, add_extractions, add_shared_document
from hub.desk.store.proofs import record_receivers, sealed_document, still_in_force
from hub.desk.store.seals import record_of_document
from hub.desk.words import Rejected, Role
from hub.notary.ledger import write_registry
from hub.notary.registry import Registry, SealRecord
from hub.notary.words import Extraction, Proof, SealKind


@dataclass(frozen=True, slots=True)
class NothingThere:
    """No proof in force and no shared information that this unit could extract."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """One proof as it is handed over, with the record of its seal."""

    proof: Proof
    original: Original
    record: SealRecord = field(repr=False)
    extracted_at: datetime

    @property
    def kind(self) -> SealKind:
        """Whether it was verified or is shared information."""
        return self.record.seal.kind

    @property
    def sealed_at(self) -> datetime:
        """When the seal was set."""
        use = self.record.used_on(self.proof.document_number)
        assert use is not None
        return use.at

    @property
    def ledger(self) -> bytes:
        """The seal's record with the use on this document only, for whoever checks the proof."""
        return write_registry(Registry().having(self.record))


Outcome = tuple[Extracted, ...] | Rejected | NothingThere
Tell = Callable[[Outcome], Told]


async def extract(desk: Desk, call: Call, asked: Asked, tell: Tell) -> Told | OtherBody:
    """Hand over proofs, endorsed for this extraction, which is on record before it is answered.

    Only what is handed over is kept for repetitions; raises `SealRefused` and `DeskBusy`.
    """
    if rejected := playing(desk.registry.actor(asked.by), Role.OPERATOR):
        return tell(rejected)
    for _ in range(ATTEMPTS):
        try:
            told = await _attempt(desk, call, asked, tell)
        except IntegrityError:  # the same call came twice at once
            continue
        if told is not None:
            return told
    raise DeskBusy("the proofs change at this moment; repeat the same call in a second")


async def _attempt(desk: Desk, call: Call, asked: Asked, tell: Tell) -> Told | OtherBody | None:
    """The answer; none where a proof was recalled while it was endorsed."""
    now = desk.now()
    async with desk.database.reading() as connection:
        if before := await told_before(connection, call):
            return before
        found: Sequence[Original] | Rejected = await verified_originals(connection, asked, now)
    if isinstance(found, Rejected):
        return tell(found)
    if not found and asked.request is None:
        shared = await shared_original(desk, asked, now)
        found = () if shared is None else (shared,)
    if not found:
        return tell(NothingThere())
    proofs = [await _endorsed(desk, each, asked, now) for each in found]
    return await _handed_over(desk, call, asked, list(zip(found, proofs, strict=True)), now, tell)


async def _endorsed(desk: Desk, original: Original, asked: Asked, now: datetime) -> Proof:
    extraction = Extraction(
        desk.registry.unit(asked.by.unit), asked.by.name, asked.item, asked.case, asked.item_zh
    )
    return await desk.sealer.endorse(original.sealed, extraction, now, original.valid_until)


async def _handed_over(
    desk: Desk,
    call: Call,
    asked: Asked,
    made: Sequence[tuple[Original, Proof]],
    now: datetime,
    tell: Tell,
) -> Told | OtherBody | None:
    """Put everything on record that is handed over, in one transaction with the answer."""
    async with desk.database.writing() as connection:
        if before := await told_before(connection, call):
            return before
        verified = [each for each, _ in made if isinstance(each, VerifiedOriginal)]
        if not await still_in_force(connection, [each.proof for each in verified]):
            return None
        received = [(each.proof, Receiver(asked.by.unit, each.reference)) for each in verified]
        await record_receivers(connection, received, now)
        for original, _ in made:
            if isinstance(original, SharedOriginal):
                await _keep_shared(connection, original, asked)
        await add_extractions(connection, call, [_record(asked, each, now) for each, _ in made])
        told = tell(tuple([await _extracted(connection, *each, now) for each in made]))
        await keep_answer(connection, call, told, now)
    return told


async def _keep_shared(connection: AsyncConnection, original: SharedOriginal, asked: Asked) -> None:
    await keep_use(connection, original.use, SealKind.SHARING, asked.by)
    document = sealed_document(original.sealed)
    await add_shared_document(connection, asked.certificate, asked.subject.identifier, document)


def _record(asked: Asked, original: Original, now: datetime) -> ExtractionRecord:
    number, until = original.sealed.document_number, original.valid_until
    return ExtractionRecord(number, asked.by, asked.item, asked.case, now, until)


async def _extracted(
    connection: AsyncConnection, original: Original, proof: Proof, now: datetime
) -> Extracted:
    record = await record_of_document(connection, proof.document_number)
    assert record is not None
    return Extracted(proof, original, record, now)
