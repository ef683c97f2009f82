"""The sealed documents an extraction is made of: a request's answers, or freshly sealed shared ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.desk.contents import shared_content, type_of
from hub.desk.desk import Desk, DeskBusy
from hub.desk.request import VerificationRequest
from hub.desk.seals import any_of, document_number, use_of
from hub.desk.shared import Shared, SharedLookup, Silent
from hub.desk.store import requests
from hub.desk.store.proofs import Proof, document_of, proofs_of, proofs_sent, receivers_of
from hub.desk.words import Officer, Reason, Rejected
from hub.evidence import Subject
from hub.notary.words import Sealed, SealKind, SealUse


@dataclass(frozen=True, slots=True)
class Asked:
    """What an operator extracts, and for what; of one request where it is named."""

    by: Officer = field(repr=False)
    certificate: str
    subject: Subject
    item: str
    case: str = field(repr=False)
    item_zh: str = ""
    request: str | None = None
    delivery: int | None = None


@dataclass(frozen=True, slots=True)
class VerifiedOriginal:
    """A sealed answer in force, and what its receiver calls the case."""

    sealed: Sealed
    proof: Proof
    reference: str = field(repr=False)

    @property
    def valid_until(self) -> datetime:
        """How long it may be relied on."""
        return self.proof.valid_until


@dataclass(frozen=True, slots=True)
class SharedOriginal:
    """Shared information under the extracting unit's seal, its use not on record yet."""

    sealed: Sealed
    use: SealUse
    valid_until: datetime


Original = VerifiedOriginal | SharedOriginal


async def verified_originals(
    connection: AsyncConnection, asked: Asked, now: datetime
) -> tuple[VerifiedOriginal, ...] | Rejected:
    """The answers of the request that was named, else of the newest one; none where there is none."""
    if asked.request is not None:
        return await _of_request(connection, asked, asked.request, now)
    found = await proofs_of(connection, asked.certificate, asked.subject.identifier, now)
    newest = [each for each in found if each.request == found[0].request]
    return await _originals(connection, sorted(newest, key=_number), asked.case)


async def shared_original(desk: Desk, asked: Asked, now: datetime) -> SharedOriginal | None:
    """What the shared platforms hold, under the seal that the operator may use for it.

    Raises `SealRefused` where there is none, `DeskBusy` where the platforms are silent.
    """
    lookup = SharedLookup(
        asked.certificate,
        asked.subject.identifier,
        asked.subject.name,
        asked.item,
        asked.case,
        asked.by,
    )
    (found,) = await desk.shared.find([lookup])
    match found:
        case None:
            return None
        case Silent():
            raise DeskBusy("shared information can't be had now; repeat the same call in a second")
        case Shared():
            return await _sealed(desk, asked, found, now)


async def _sealed(desk: Desk, asked: Asked, found: Shared, now: datetime) -> SharedOriginal:
    async with desk.database.reading() as connection:
        record = await any_of(connection, SealKind.SHARING, asked.by, now)
    number = document_number(SealKind.SHARING, now)
    use = use_of(record, SealKind.SHARING, asked.by, number, now)
    content = shared_content(
        found.values,
        type_of(desk.types, asked.certificate),
        # What a client calls the subject is never sealed: the fields say the name.
        Subject(asked.subject.kind, asked.subject.identifier),
        record.seal.unit,
        number,
        now,
        found.source_zh,
    )
    sealed = await desk.sealer.seal(content, record.seal, use)
    return SharedOriginal(sealed, use, now + desk.rules.proof_life)


async def _of_request(
    connection: AsyncConnection, asked: Asked, request_id: str, now: datetime
) -> tuple[VerifiedOriginal, ...] | Rejected:
    request = await requests.load(connection, request_id)
    if request is None or not _about(request, asked):
        return ()
    sent = await proofs_sent(connection, request_id)
    theirs = [
        each
        for each in sent
        if asked.delivery in (None, _number(each))
        and await _received(connection, request, each, asked)
    ]
    return _out_of_force(theirs, now) or await _originals(
        connection,
        [each for each in theirs if each.delivery.recalled_by is None and each.valid_until > now],
        _reference(request, asked),
    )


def _about(request: VerificationRequest, asked: Asked) -> bool:
    wanted = request.wanted
    same_subject = wanted.subject.identifier == asked.subject.identifier
    return wanted.certificate == asked.certificate and same_subject


async def _received(
    connection: AsyncConnection, request: VerificationRequest, proof: Proof, asked: Asked
) -> bool:
    """Whether it was sent to the unit, or given to it by a lookup or an extraction."""
    if asked.by.unit == request.requester.unit:
        return True
    received = await receivers_of(connection, proof.request, _number(proof))
    return any(each.unit == asked.by.unit for each in received)


def _out_of_force(found: Sequence[Proof], now: datetime) -> Rejected | None:
    """Why none of these may be relied on, if none may."""
    good = [each for each in found if each.delivery.recalled_by is None]
    if not found or any(each.valid_until > now for each in good):
        return None
    if good:
        until = good[-1].valid_until.isoformat()
        remedy = f"It was valid until {until}; ask for a new verification."
        return Rejected(Reason.EXPIRED, remedy)
    by = found[-1].delivery.recalled_by
    remedy = f"It was recalled: request {by} holds the corrected answer; extract that one."
    return Rejected(Reason.RECALLED, remedy)


def _reference(request: VerificationRequest, asked: Asked) -> str:
    """The requester is told of a recall by its request; by another case only if it is for one."""
    own = asked.by.unit == request.requester.unit and asked.case == request.wanted.purpose.case
    return request.id if own else asked.case


async def _originals(
    connection: AsyncConnection, found: Sequence[Proof], reference: str
) -> tuple[VerifiedOriginal, ...]:
    originals = []
    for proof in found:
        document = await document_of(connection, proof.request, proof.delivery.mark.document)
        if document is not None and document.number is not None:
            sealed = Sealed(document.number, document.content)
            originals.append(VerifiedOriginal(sealed, proof, reference))
    return tuple(originals)


def _number(proof: Proof) -> int:
    return proof.delivery.number
