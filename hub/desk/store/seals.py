"""The registry of seals (Article 15) in the desk's database: what was done to each, every use."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, false, insert, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.desk.store.tables import seal_events, seal_uses, seals
from hub.notary.registry import Change, SealEvent, SealRecord
from hub.notary.words import Seal, SealKind, SealUse, Unit


async def add_seal(connection: AsyncConnection, seal: Seal) -> None:
    """Keep a new seal; nobody may use it yet."""
    await connection.execute(
        insert(seals).values(
            id=seal.id,
            kind=seal.kind.value,
            unit=seal.unit.code,
            unit_name=seal.unit.name_zh,
            certificate=seal.certificate,
            made_at=seal.made_at,
            not_before=seal.not_before,
            not_after=seal.not_after,
        )
    )


async def add_event(connection: AsyncConnection, seal: str, number: int, event: SealEvent) -> None:
    """Keep what was done to a seal; the same number twice is an error of the database."""
    await connection.execute(
        insert(seal_events).values(
            seal=seal,
            number=number,
            at=event.at,
            change=event.change.value,
            made_by=event.by,
            operator=event.operator,
            reason=event.reason,
        )
    )


async def add_use(connection: AsyncConnection, use: SealUse) -> None:
    """Keep a use; the same document number twice is an error of the database."""
    await connection.execute(
        insert(seal_uses).values(
            document_number=use.document_number, seal=use.seal, operator=use.operator, at=use.at
        )
    )


async def hold_to_use(connection: AsyncConnection, seal: str) -> None:
    """Let nothing be done to a seal before the transaction ends."""
    await connection.execute(
        select(seals.c.id).where(seals.c.id == seal).with_for_update(read=True)
    )


async def hold_to_change(connection: AsyncConnection, seal: str) -> None:
    """Let nobody use or change a seal before the transaction ends."""
    await connection.execute(select(seals.c.id).where(seals.c.id == seal).with_for_update())


async def record_of(
    connection: AsyncConnection, seal: str, document: str | None = None
) -> SealRecord | None:
    """The record of a seal, with its use on one document at most."""
    one = false() if document is None else seal_uses.c.document_number == document
    found = await _records(connection, seals.c.id == seal, one)
    return found[0] if found else None


async def seals_of(connection: AsyncConnection, unit: str, kind: SealKind) -> Sequence[SealRecord]:
    """The seals of a kind that a unit has, by number, without their uses."""
    return await _records(connection, (seals.c.unit == unit) & (seals.c.kind == kind), false())


async def all_seals(connection: AsyncConnection, *, uses: bool = True) -> Sequence[SealRecord]:
    """Every seal by number."""
    return await _records(connection, true(), true() if uses else false())


async def record_of_document(connection: AsyncConnection, document: str) -> SealRecord | None:
    """The record of the seal on a document, with this use only."""
    found = await connection.execute(
        select(seal_uses.c.seal).where(seal_uses.c.document_number == document)
    )
    seal = found.scalar_one_or_none()
    return None if seal is None else await record_of(connection, seal, document)


async def last_used(connection: AsyncConnection, seal: str) -> datetime | None:
    """When a seal was used last."""
    newest = seal_uses.c.at.desc()
    found = await connection.execute(
        select(seal_uses.c.at).where(seal_uses.c.seal == seal).order_by(newest).limit(1)
    )
    return found.scalar_one_or_none()


async def _records(
    connection: AsyncConnection, which: ColumnElement[bool], uses: ColumnElement[bool]
) -> list[SealRecord]:
    found = await connection.execute(select(seals).where(which).order_by(seals.c.id))
    return [
        SealRecord(
            _seal(row), await _events(connection, row.id), await _uses(connection, row.id, uses)
        )
        for row in found.all()
    ]


async def _events(connection: AsyncConnection, seal: str) -> tuple[SealEvent, ...]:
    found = await connection.execute(
        select(seal_events).where(seal_events.c.seal == seal).order_by(seal_events.c.number)
    )
    return tuple(
        SealEvent(row.at, Change(row.change), row.made_by, row.operator, row.reason)
        for row in found
    )


async def _uses(
    connection: AsyncConnection, seal: str, which: ColumnElement[bool]
) -> tuple[SealUse, ...]:
    found = await connection.execute(
        select(seal_uses)
        .where(seal_uses.c.seal == seal, which)
        .order_by(seal_uses.c.at, seal_uses.c.document_number)
    )
    return tuple(SealUse(seal, row.operator, row.at, row.document_number) for row in found)


def _seal(row: Row[Any]) -> Seal:
    return Seal(
        id=row.id,
        kind=SealKind(row.kind),
        unit=Unit(row.unit, row.unit_name),
        certificate=row.certificate,
        made_at=row.made_at,
        not_before=row.not_before,
        not_after=row.not_after,
    )
