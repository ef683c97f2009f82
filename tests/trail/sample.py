"""Records to write, and a store that counts its commits."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from hub.trail.batches import DisclosureBatch, alone
from hub.trail.records import DisclosureRecord, RecordsUnavailable

NOON = datetime(2026, 5, 6, 12, 0, 0, 123456, tzinfo=UTC)


def a_record(record_id: str, request_id: str = "r1", case: str = "C-1") -> DisclosureRecord:
    """A record of a certificate found."""
    return DisclosureRecord(
        id=record_id,
        request_id=request_id,
        at=NOON,
        key="k1",
        unit="NB-DEMO-01",
        operator="op-1",
        item="许可-00757-000",
        case=case,
        subject="5ab1",
        applicant=None,
        acting_for="77cd",
        certificate="resident_id_card",
        catalogue=3,
        row=17,
        fields=("name", "sex"),
        source="province",
        outcome="found",
        rule=None,
        attempts=({"source": "province", "said": "held", "took_ms": 1.5, "reason": None},),
    )


def a_batch(batch_id: str, request_id: str = "r1", case: str = "C-1") -> DisclosureBatch:
    """A batch of that record alone."""
    return alone(a_record(batch_id, request_id, case))


def a_batch_of(count: int, batch_id: str) -> DisclosureBatch:
    """A batch of so many lookups."""
    return msgspec.structs.replace(a_batch(batch_id), count=count)


@dataclass(slots=True)
class ScriptedStore:
    """Keeps records in memory; each commit waits for its gate and fails as the script says."""

    commits: list[list[str]] = field(default_factory=list)
    failures: list[bool] = field(default_factory=list)
    gate: asyncio.Event | None = None

    async def append(self, batches: Sequence[DisclosureBatch]) -> None:
        """One commit."""
        self.commits.append([batch.id for batch in batches])
        if self.gate is not None:
            await self.gate.wait()
        if self.failures and self.failures.pop(0):
            raise RecordsUnavailable("scripted")
