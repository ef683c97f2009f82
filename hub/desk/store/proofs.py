"""Sent proofs, who received them, and sealed documents, in the desk's database."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.desk.doubts import Receiver
from hub.desk.findings import Delivery
from hub.desk.request import VerificationRequest
from hub.desk.store.codec import decoded, encoded
from hub.desk.store.tables import documents, proofs, receivers
from hub.notary.words import Sealed
from hub.storage.conflicts import added_once

_ONCE = ["request", "number", "unit", "reference"]


@dataclass(frozen=True, slots=True)
class Proof:
    """A delivery that was sent and may still be relied on."""

    request: str
    delivery: Delivery
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """A sealed document as it was made; `digest` is of its content, the number stands in it."""

    digest: str
    media_type: str
    content: bytes = field(repr=False)
    number: str | None = None


def sealed_document(sealed: Sealed) -> Document:
    """A sealed content as the document that is kept."""
    digest = hashlib.sha256(sealed.pdf).hexdigest()
    return Document(digest, "application/pdf", sealed.pdf, sealed.document_number)


async def add_proof(
    connection: AsyncConnection,
    request: VerificationRequest,
    delivery: Delivery,
    valid_until: datetime,
) -> None:
    """Keep a delivery for lookups."""
    await connection.execute(
        insert(proofs).values(
            request=request.id,
            number=delivery.number,
            certificate=request.wanted.certificate,
            subject=request.wanted.subject.identifier,
            sent_at=delivery.sent_at,
            valid_until=valid_until,
            body=encoded(delivery),
        )
    )


async def hold(connection: AsyncConnection, request: str, number: int) -> None:
    """Let nobody receive this proof before the transaction ends."""
    await connection.execute(
        select(proofs.c.number)
        .where(proofs.c.request == request, proofs.c.number == number)
        .with_for_update()
    )


async def recall_proof(connection: AsyncConnection, request: str, number: int, by: str) -> None:
    """From now on no lookup is answered from this delivery."""
    await connection.execute(
        update(proofs)
        .where(proofs.c.request == request, proofs.c.number == number)
        .values(recalled_by=by)
    )


async def proofs_of(
    connection: AsyncConnection,
    certificate: str,
    subject: str,
    now: datetime,
    *,
    hold: bool = False,
) -> Sequence[Proof]:
    """Every proof in force about a subject's certificate, newest first.

    With `hold`, none of them is recalled before the transaction ends.
    """
    query = (
        select(proofs)
        .where(
            proofs.c.certificate == certificate,
            proofs.c.subject == subject,
            proofs.c.valid_until > now,
            proofs.c.recalled_by.is_(None),
        )
        .order_by(proofs.c.sent_at.desc(), proofs.c.request, proofs.c.number.desc())
    )
    found = await connection.execute(query.with_for_update(read=True) if hold else query)
    return [_proof(row) for row in found]


async def proofs_sent(connection: AsyncConnection, request: str) -> Sequence[Proof]:
    """Every proof that a request led to, in the order they were sent, whether in force or not."""
    found = await connection.execute(
        select(proofs).where(proofs.c.request == request).order_by(proofs.c.number)
    )
    return [_proof(row) for row in found]


async def still_in_force(connection: AsyncConnection, held: Iterable[Proof]) -> bool:
    """Whether none of these was recalled; none of them is before the transaction ends."""
    for proof in sorted(held, key=lambda each: (each.request, each.delivery.number)):
        found = await connection.execute(
            select(proofs.c.recalled_by)
            .where(proofs.c.request == proof.request, proofs.c.number == proof.delivery.number)
            .with_for_update(read=True)
        )
        if found.scalar_one() is not None:
            return False
    return True


async def record_receivers(
    connection: AsyncConnection, received: Iterable[tuple[Proof, Receiver]], now: datetime
) -> None:
    """Keep who received which proof; once each."""
    values: list[dict[str, Any]] = [
        {
            "request": proof.request,
            "number": proof.delivery.number,
            "unit": receiver.unit,
            "reference": receiver.reference,
            "first_at": now,
        }
        for proof, receiver in received
    ]
    if values:
        received_once = added_once(connection.dialect.name, receivers, _ONCE)
        await connection.execute(received_once, values)


async def receivers_of(
    connection: AsyncConnection, request: str, number: int
) -> Sequence[Receiver]:
    """Everybody a lookup gave this proof to."""
    found = await connection.execute(
        select(receivers.c.unit, receivers.c.reference)
        .where(receivers.c.request == request, receivers.c.number == number)
        .order_by(receivers.c.unit, receivers.c.reference)
    )
    return [Receiver(row.unit, row.reference) for row in found]


async def was_recalled(connection: AsyncConnection, number: str) -> bool:
    """Whether the sealed answer of this document number was recalled."""
    query = select(documents.c.request, documents.c.digest).where(documents.c.number == number)
    kept = (await connection.execute(query)).one_or_none()
    sent = [] if kept is None else await proofs_sent(connection, kept.request)
    return any(
        each.delivery.recalled_by is not None
        for each in sent
        if kept is not None and each.delivery.mark.document == kept.digest
    )


async def add_document(connection: AsyncConnection, request: str, document: Document) -> None:
    """Keep a sealed document."""
    await connection.execute(
        insert(documents).values(
            request=request,
            digest=document.digest,
            media_type=document.media_type,
            content=document.content,
            number=document.number,
        )
    )


async def document_of(connection: AsyncConnection, request: str, digest: str) -> Document | None:
    """A sealed document of a request."""
    found = await connection.execute(
        select(documents).where(documents.c.request == request, documents.c.digest == digest)
    )
    row = found.one_or_none()
    if row is None:
        return None
    return Document(row.digest, row.media_type, row.content, row.number)


def _proof(row: Row[Any]) -> Proof:
    delivery = decoded(row.body)
    assert isinstance(delivery, Delivery)
    return Proof(row.request, replace(delivery, recalled_by=row.recalled_by), row.valid_until)
