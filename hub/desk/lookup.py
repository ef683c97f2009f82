"""Looks up what was proven already: sent, in force, not recalled; who receives it is on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Value
from hub.desk.desk import Desk
from hub.desk.doubts import Receiver
from hub.desk.findings import Verified
from hub.desk.store.proofs import Proof, proofs_of, record_receivers


@dataclass(frozen=True, slots=True)
class ProofLookup:
    """One certificate of one subject, asked for a receiver."""

    certificate: str
    subject: str = field(repr=False)
    receiver: Receiver


@dataclass(frozen=True, slots=True)
class Proven:
    """What the newest verification found, whether it came in one part or several."""

    values: Mapping[str, Value | None] = field(repr=False)


async def look_up(desk: Desk, lookups: Sequence[ProofLookup]) -> list[Proven | None]:
    """What is proven, one by one, in order; who receives it is durably on record before."""
    async with desk.database.reading() as connection:
        found = await _found(connection, lookups, desk.now())
    if any(found):
        async with desk.database.writing() as connection:
            found = await _handed_over(connection, lookups, desk.now())
    return [_proven(parts) for parts in found]


async def _handed_over(
    connection: AsyncConnection, lookups: Sequence[ProofLookup], now: datetime
) -> list[Sequence[Proof]]:
    """What is found, held against recalls until it is on record who receives it."""
    found = await _found(connection, lookups, now, hold=True)
    received = [
        (proof, each.receiver)
        for each, parts in zip(lookups, found, strict=True)
        for proof in parts
    ]
    await record_receivers(connection, received, now)
    return found


async def _found(
    connection: AsyncConnection,
    lookups: Sequence[ProofLookup],
    now: datetime,
    *,
    hold: bool = False,
) -> list[Sequence[Proof]]:
    return [
        _newest(await proofs_of(connection, each.certificate, each.subject, now, hold=hold))
        for each in lookups
    ]


def _newest(proofs: Sequence[Proof]) -> Sequence[Proof]:
    """The parts of the newest answer; nothing where it says that there is no such record."""
    parts = [each for each in proofs if each.request == proofs[0].request]
    return [each for each in parts if isinstance(each.delivery.draft.findings, Verified)]


def _proven(parts: Sequence[Proof]) -> Proven | None:
    values: dict[str, Value | None] = {}
    for part in parts:
        if isinstance(part.delivery.draft.findings, Verified):
            values |= part.delivery.draft.findings.values
    return Proven(values) if values else None
