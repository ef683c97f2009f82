"""Looks up what was proven already, else what is shared; who receives a proof is on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Value
from hub.desk.desk import Desk
from hub.desk.doubts import Receiver
from hub.desk.findings import NoRecord, Verified
from hub.desk.shared import Shared, SharedLookup, Silent
from hub.desk.store.proofs import Proof, proofs_of, record_receivers
from hub.desk.words import Officer


@dataclass(frozen=True, slots=True)
class ProofLookup:
    """One certificate of one subject, asked for a receiver and a purpose."""

    certificate: str
    subject: str = field(repr=False)
    receiver: Receiver
    item: str = ""
    operator: str = field(default="", repr=False)
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Proven:
    """What the newest verification found, whether it came in one part or several."""

    values: Mapping[str, Value | None] = field(repr=False)


Answer = Proven | Shared | Silent | None
"""Verified, or else shared; `None`: neither, or the issuer said that there is no such record."""


async def look_up(desk: Desk, lookups: Sequence[ProofLookup]) -> list[Answer]:
    """What is proven, else shared, in order; who receives a proof is durably on record before."""
    async with desk.database.reading() as connection:
        found = await _found(connection, lookups, desk.now())
    if any(_proven(parts) for parts in found):
        async with desk.database.writing() as connection:
            found = await _handed_over(connection, lookups, desk.now())
    answers: list[Answer] = [_proven(parts) for parts in found]
    unsaid = [place for place, parts in enumerate(found) if not _answered(parts)]
    shared = await desk.shared.find([_shared(lookups[place]) for place in unsaid]) if unsaid else []
    for place, answer in zip(unsaid, shared, strict=True):
        answers[place] = answer
    return answers


async def _handed_over(
    connection: AsyncConnection, lookups: Sequence[ProofLookup], now: datetime
) -> list[Sequence[Proof]]:
    """What is found, held against recalls until it is on record who receives it."""
    found = await _found(connection, lookups, now, hold=True)
    received = [
        (proof, each.receiver)
        for each, parts in zip(lookups, found, strict=True)
        for proof in parts
        if isinstance(proof.delivery.draft.findings, Verified)
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
    """The parts of the newest answer."""
    return [each for each in proofs if each.request == proofs[0].request]


def _answered(parts: Sequence[Proof]) -> bool:
    """Whether the issuer said something of it; that several fit says nothing of this subject."""
    findings = (each.delivery.draft.findings for each in parts)
    return any(isinstance(each, Verified | NoRecord) for each in findings)


def _proven(parts: Sequence[Proof]) -> Proven | None:
    values: dict[str, Value | None] = {}
    for part in parts:
        if isinstance(part.delivery.draft.findings, Verified):
            values |= part.delivery.draft.findings.values
    return Proven(values) if values else None


def _shared(lookup: ProofLookup) -> SharedLookup:
    by = Officer(lookup.receiver.unit, lookup.operator)
    case = lookup.receiver.reference
    return SharedLookup(lookup.certificate, lookup.subject, lookup.name, lookup.item, case, by)
