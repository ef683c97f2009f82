"""Who extracted which proof and for what, and the shared documents, in the desk's database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.desk.store.answers import Call
from hub.desk.store.proofs import Document
from hub.desk.store.tables import extractions, shared_documents
from hub.desk.words import Officer


@dataclass(frozen=True, slots=True)
class ExtractionRecord:
    """One extraction of one document, as its endorsement says it."""

    document_number: str
    by: Officer = field(repr=False)
    item: str
    case: str = field(repr=False)
    extracted_at: datetime
    valid_until: datetime


async def add_extractions(
    connection: AsyncConnection, call: Call, made: Iterable[ExtractionRecord]
) -> None:
    """Keep what one call extracted."""
    values = [
        {
            "document_number": each.document_number,
            "client": call.client,
            "key": call.key,
            "unit": each.by.unit,
            "operator": each.by.name,
            "item": each.item,
            "case": each.case,
            "extracted_at": each.extracted_at,
            "valid_until": each.valid_until,
        }
        for each in made
    ]
    await connection.execute(insert(extractions), values)


async def add_shared_document(
    connection: AsyncConnection, certificate: str, subject: str, document: Document
) -> None:
    """Keep a sealed document of shared information."""
    await connection.execute(
        insert(shared_documents).values(
            document_number=document.number,
            certificate=certificate,
            subject=subject,
            media_type=document.media_type,
            content=document.content,
        )
    )
