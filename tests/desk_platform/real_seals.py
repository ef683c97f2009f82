"""A desk whose seals are real: an authority, keys in a folder, pyHanko at work, and a checker."""

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from hub.desk.sealroom import SealRoom, keep_key
from hub.desk.seals import change_seal
from hub.desk.shared import SharedInformation
from hub.desk.store.opening import DeskDatabase
from hub.evidence import HolderKind, Subject
from hub.notary.authority import Authority
from hub.notary.keeping import open_authority, read_trust
from hub.notary.ledger import read_registry
from hub.notary.pool import Workshop
from hub.notary.registry import Change, Forbidden, SealEvent
from hub.notary.verdict import Verdict
from hub.notary.words import SealKind, Unit
from tests.desk_platform.ground import (
    CIVIL,
    HOUSING,
    REGISTRY,
    SUBJECT,
    TEN,
    Ground,
    open_ground,
    put_on_record,
)

VERIFYING, SHARING, ARCHIVED = "3302990000001", "3302990000002", "3302990000003"
SCHOOLS = "3302990000004"
YEARS = timedelta(days=1095)


@dataclass
class Sealed:
    """A ground with real seals, and what is needed to check what it sealed."""

    ground: Ground
    workshop: Workshop
    notary: Path

    async def verdict(self, proof: Mapping[str, Any], subject: str = SUBJECT) -> Verdict:
        """What a receiver finds who checks everything an extraction gave."""
        return await self.workshop.check(
            base64.b64decode(proof["pdf"]),
            read_trust(self.notary / "roots"),
            read_registry(proof["seal"].encode()),
            subject=Subject(HolderKind.PERSON, subject),
            twin=base64.b64decode(proof["twin"]),
            now=self.ground.clock(),
        )

    async def change(self, seal: str, change: Change, operator: str | None = None) -> None:
        """Do something to a seal now, as `certhub seals` does it."""

        def event(at: datetime) -> SealEvent:
            return SealEvent(at, change, "police", operator)

        done = await change_seal(self.ground.desk.database, seal, event, self.ground.clock)
        assert not isinstance(done, Forbidden), done


def twin(proof: Mapping[str, Any]) -> Any:
    """The machine-readable twin."""
    return orjson.loads(base64.b64decode(proof["twin"]))


@asynccontextmanager
async def open_sealed(
    database: str, workshop: Workshop, folder: Path, shared: SharedInformation | None = None
) -> AsyncIterator[Sealed]:
    """The civil affairs' keeper may set its seal, the housing clerk the housing's sharing seal."""
    authority = open_authority(folder, TEN)

    async def on_record(opened: DeskDatabase) -> None:
        keeper, clerk = "keeper", "clerk"
        await cut(opened, folder, authority, VERIFYING, SealKind.VERIFICATION, CIVIL, keeper)
        await cut(opened, folder, authority, SHARING, SealKind.SHARING, HOUSING, clerk)

    room = SealRoom(workshop, authority, folder / "seals")
    async with open_ground(database, sealer=room, on_record=on_record, shared=shared) as ground:
        yield Sealed(ground, workshop, folder)


async def cut(
    database: DeskDatabase,
    folder: Path,
    authority: Authority,
    number: str,
    kind: SealKind,
    unit: str,
    *operators: str,
    life: timedelta = YEARS,
) -> None:
    """A seal on record with its key in the folder."""
    named: Unit = REGISTRY.unit(unit)
    seal, key = authority.make_seal(number, kind, named, TEN - timedelta(days=1), life)
    keep_key(folder, number, key)
    await put_on_record(database, seal, *operators)
