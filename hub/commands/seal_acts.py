"""What the `certhub seals` commands do to the desk's registry of seals and its folder of keys."""

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hub.commands.desk_database import desk_database, desk_url
from hub.commands.trouble import CommandFailed
from hub.desk.registry import Registry, read_units
from hub.desk.sealroom import keep_key, kept_authority
from hub.desk.seals import change_seal, register
from hub.desk.store.seals import all_seals, record_of, record_of_document
from hub.desk.words import Officer, Role
from hub.notary.bringing import brought_seal
from hub.notary.keeping import read_key
from hub.notary.ledger import write_registry
from hub.notary.material import SigningKey
from hub.notary.registry import Change, Forbidden, SealEvent, SealRecord
from hub.notary.registry import Registry as Seals
from hub.notary.words import ProofTrouble, Seal, SealKind, Unit
from hub.settings import Settings

EventAt = Callable[[datetime], SealEvent]
_Making = Callable[[Unit, str, datetime], tuple[Seal, SigningKey]]
_SEALING = {
    SealKind.VERIFICATION: (Role.SEAL_KEEPER, "seal_keepers"),
    SealKind.SHARING: (Role.OPERATOR, "operators"),
}
"""Who may be permitted to use a seal, and where desk.toml lists them."""


async def made_seal(
    settings: Settings,
    database: str | None,
    unit: str,
    kind: SealKind,
    number: str | None,
    life: timedelta,
) -> Seal:
    """A new seal on record, its key in the notary's folder; raises `CommandFailed`."""
    notary = settings.data / "notary"

    def cut(unit: Unit, number: str, now: datetime) -> tuple[Seal, SigningKey]:
        return kept_authority(notary, now).make_seal(number, kind, unit, now, life)

    return await _registered(settings, database, unit, number or _free_number(), cut)


async def brought(
    settings: Settings, database: str | None, unit: str, kind: SealKind, number: str, file: Path
) -> Seal:
    """A seal made elsewhere on record, its key in the notary's folder; raises `CommandFailed`."""

    def bring(unit: Unit, number: str, now: datetime) -> tuple[Seal, SigningKey]:
        key = read_key(file)
        return brought_seal(number, kind, unit, key, now), key

    return await _registered(settings, database, unit, number, bring)


async def _registered(
    settings: Settings, database: str | None, unit: str, number: str, make: _Making
) -> Seal:
    known = _units(settings)
    if unit not in known.issues:
        units = ", ".join(sorted(known.issues)) or "none"
        raise CommandFailed(f"desk.toml has no unit {unit}. Add it there; it has: {units}.")
    async with desk_database(desk_url(settings, database)) as opened:
        async with opened.reading() as connection:
            if await record_of(connection, number) is not None:
                raise CommandFailed(f"seal {number} is in the registry already. Give another one.")
        seal = _kept(settings.data / "notary", known.unit(unit), number, make)
        if refused := await register(opened, seal):
            raise CommandFailed(f"{refused.message}.")
    return seal


async def check_designated(
    settings: Settings, database: str | None, seal: str, person: str
) -> None:
    """Raise `CommandFailed` where the registry doesn't designate a person for such a seal."""
    known = _units(settings)
    async with desk_database(desk_url(settings, database)) as opened, opened.reading() as reading:
        record = await record_of(reading, seal)
    if record is None:
        raise CommandFailed(f"no seal {seal} is in the registry. `certhub seals list` shows them.")
    role, where = _SEALING[record.seal.kind]
    unit = record.seal.unit.code
    if role not in known.actor(Officer(unit, person)).roles:
        raise CommandFailed(
            f"that person isn't designated for it (Article 17). Add them to {where} of"
            f" [units.{unit}] in desk.toml first."
        )


async def done_to_seal(
    settings: Settings, database: str | None, seal: str, event: EventAt
) -> SealRecord:
    """The record after something was done to a seal now; raises `CommandFailed`."""
    async with desk_database(desk_url(settings, database)) as opened:
        done = await change_seal(opened, seal, event, lambda: datetime.now(UTC))
    if isinstance(done, Forbidden):
        raise CommandFailed(f"{done.message}.")
    return done


async def every_seal(settings: Settings, database: str | None) -> Sequence[SealRecord]:
    """Every seal by number, without uses."""
    async with desk_database(desk_url(settings, database)) as opened, opened.reading() as reading:
        return await all_seals(reading, uses=False)


async def ledger(settings: Settings, database: str | None, document: str | None) -> bytes:
    """The registry as JSON: all of it, or the seal on one document; raises `CommandFailed`."""
    async with desk_database(desk_url(settings, database)) as opened, opened.reading() as reading:
        if document is None:
            return write_registry(_whole(await all_seals(reading)))
        record = await record_of_document(reading, document)
    if record is None:
        raise CommandFailed(f"no seal was set on a document {document}. Check its number.")
    return write_registry(_whole([record]))


def event_of(change: Change, by: str, person: str | None = None, reason: str = "") -> EventAt:
    """What is done to a seal, at the moment it is put on record."""
    return lambda at: SealEvent(at, change, by, person, reason)


def _whole(records: Sequence[SealRecord]) -> Seals:
    return Seals({record.seal.id: record for record in records})


def _units(settings: Settings) -> Registry:
    return read_units(settings.data / "desk.toml")


def _free_number() -> str:
    """A number like those of the police bureau: six digits of a region and seven more."""
    return f"330299{secrets.randbelow(10**7):07d}"


def _kept(notary: Path, unit: Unit, number: str, make: _Making) -> Seal:
    """A seal whose key is kept; its record comes after that, so that none is without a key."""
    try:
        seal, key = make(unit, number, datetime.now(UTC))
        keep_key(notary, number, key)
    except ProofTrouble as trouble:
        raise CommandFailed(f"{trouble}.") from None
    except OSError as trouble:
        kind_of = type(trouble).__name__
        raise CommandFailed(f"{notary} can't be written ({kind_of}). Check who owns it.") from None
    return seal
