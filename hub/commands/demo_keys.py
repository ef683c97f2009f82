"""Keys of the demonstration: of the window, of a second one, and of the people at the desk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.commands.demo_case import OPERATORS, UNIT, WATER_OPERATORS, WATER_UNIT
from hub.commands.demo_desk import SUPERVISION, SUPERVISOR
from hub.declarations.words import CertificateType
from hub.evidence import Role
from hub.sandbox.issuing_units import IssuingUnit, issuer_of, issuing_units
from hub.settings import PREFIX
from hub.storage.key_store import create_key, list_keys, revoke_key

PLAYED = "disability_card"
"""What the unit issues whose people nobody plays but you."""


@dataclass(frozen=True, slots=True)
class Keys:
    """One key for each side."""

    window: str = field(repr=False)
    water: str = field(repr=False)
    issuer: str = field(repr=False)
    supervision: str = field(repr=False)
    played: IssuingUnit

    @property
    def variables(self) -> Mapping[str, str]:
        """The keys as a shell has them; the hub reads the first one only."""
        return {
            f"{PREFIX}API_KEY": self.window,
            "DEMO_WATER_KEY": self.water,
            "DEMO_ISSUER_KEY": self.issuer,
            "DEMO_SUPERVISION_KEY": self.supervision,
        }


def played_unit(types: Mapping[str, CertificateType]) -> IssuingUnit:
    """The issuing unit whose people are played by hand."""
    return issuer_of(issuing_units(types), PLAYED)


async def make_keys(engine: AsyncEngine, played: IssuingUnit, label: str) -> Keys:
    """A key for each side, under one label."""
    issuer = {
        Role.VERIFIER: played.verifiers,
        Role.SEAL_KEEPER: (played.keeper,),
        Role.COORDINATOR: (played.coordinator,),
    }
    supervision = {Role.SUPERVISOR: (SUPERVISOR,)}

    async def made(
        unit: str, operators: tuple[str, ...], others: Mapping[Role, tuple[str, ...]] | None = None
    ) -> str:
        now = datetime.now(UTC)
        key, _ = await create_key(engine, unit, operators, label, now, others=others)
        return key

    return Keys(
        window=await made(UNIT, OPERATORS),
        water=await made(WATER_UNIT, WATER_OPERATORS),
        issuer=await made(played.code, (), issuer),
        supervision=await made(SUPERVISION.code, (), supervision),
        played=played,
    )


async def revoke_keys(engine: AsyncEngine, label: str) -> None:
    """Revoke every key of a label."""
    for record in await list_keys(engine):
        if record.label == label and record.revoked_at is None:
            await revoke_key(engine, record.id, datetime.now(UTC))
