"""Who may use which seal (Article 15): asked before a document is sealed, and again as it is kept."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.desk.clocks import in_china
from hub.desk.sealing import SealRefused
from hub.desk.store.opening import DeskDatabase
from hub.desk.store.seals import (
    add_event,
    add_seal,
    add_use,
    hold_to_change,
    hold_to_use,
    last_used,
    record_of,
    seals_of,
)
from hub.desk.words import Officer
from hub.notary.registry import Forbidden, SealEvent, SealRecord, changed, use
from hub.notary.words import Seal, SealKind, SealUse

_INITIALS = {SealKind.VERIFICATION: "HS", SealKind.SHARING: "GX"}
_INSTANT = timedelta(microseconds=1)


def document_number(kind: SealKind, now: datetime) -> str:
    """A new number of a document, after its kind (核实 or 共享) and day, that nobody can guess."""
    return f"{_INITIALS[kind]}-{in_china(now):%Y%m%d}-{secrets.token_hex(6).upper()}"


async def permitted(
    connection: AsyncConnection, kind: SealKind, by: Officer, now: datetime
) -> Sequence[SealRecord]:
    """The seals of their unit that a person may use now."""
    found = await seals_of(connection, by.unit, kind)
    return [each for each in found if _usable(each, kind, by, now)]


async def chosen(
    connection: AsyncConnection, kind: SealKind, by: Officer, seal: str | None, now: datetime
) -> SealRecord:
    """The seal that was named, else the only one a person may use; raises `SealRefused`."""
    if seal is not None:
        return await _named(connection, seal)
    found = await permitted(connection, kind, by, now)
    if len(found) > 1:
        listed = ", ".join(each.seal.id for each in found)
        raise SealRefused(f"name the seal; those you may use now: {listed}")
    return await any_of(connection, kind, by, now)


async def any_of(
    connection: AsyncConnection, kind: SealKind, by: Officer, now: datetime
) -> SealRecord:
    """The first seal a person may use; raises `SealRefused` where there is none."""
    for each in await permitted(connection, kind, by, now):
        return each
    raise SealRefused(await _why_none(connection, kind, by, now))


def use_of(
    record: SealRecord, kind: SealKind, by: Officer, document: str, now: datetime
) -> SealUse:
    """The use a person makes of a seal on a document; raises `SealRefused`."""
    if record.seal.unit.code != by.unit:
        raise SealRefused(f"seal {record.seal.id} is another unit's: name a seal of your own unit")
    made = _judged(record, kind, by, document, now)
    if isinstance(made, Forbidden):
        raise SealRefused(made.message)
    return made


async def keep_use(connection: AsyncConnection, made: SealUse, kind: SealKind, by: Officer) -> None:
    """Put a use on record, in the transaction that keeps its document; raises `SealRefused`.

    What was done to the seal while the document was sealed counts.
    """
    await hold_to_use(connection, made.seal)
    record = await _named(connection, made.seal, made.document_number)
    use_of(record, kind, by, made.document_number, made.at)
    await add_use(connection, made)


async def register(database: DeskDatabase, seal: Seal) -> Forbidden | None:
    """Put a new seal on record, unless there is one of its number."""
    async with database.writing() as connection:
        if await record_of(connection, seal.id) is not None:
            return Forbidden(f"seal {seal.id} is in the registry already: give another number")
        await add_seal(connection, seal)
    return None


async def change_seal(
    database: DeskDatabase,
    seal: str,
    event: Callable[[datetime], SealEvent],
    now: Callable[[], datetime],
) -> SealRecord | Forbidden:
    """Do something to a seal; it counts from after its last use on."""
    async with database.writing() as connection:
        await hold_to_change(connection, seal)
        record = await record_of(connection, seal)
        if record is None:
            return Forbidden(f"no seal {seal} is in the registry: see `certhub seals list`")
        used = await last_used(connection, seal)
        at = now() if used is None else max(now(), used + _INSTANT)
        after = changed(record, event(at))
        if isinstance(after, SealRecord):
            await add_event(connection, seal, len(after.events), after.events[-1])
        return after


async def _named(connection: AsyncConnection, seal: str, document: str | None = None) -> SealRecord:
    record = await record_of(connection, seal, document)
    if record is None:
        raise SealRefused(
            "no seal of this number is in the registry: name one of your unit's, or have one made"
            " (certhub seals make)"
        )
    return record


async def _why_none(connection: AsyncConnection, kind: SealKind, by: Officer, now: datetime) -> str:
    """What stands in the way of every seal of the unit, or that it has none."""
    found = await seals_of(connection, by.unit, kind)
    reasons = [_judged(each, kind, by, "", now) for each in found]
    told = "; ".join(each.message for each in reasons if isinstance(each, Forbidden))
    fix = f"have one made (certhub seals make {by.unit} {kind})"
    none = f"unit {by.unit} has no {kind.title_zh}: {fix}"
    return told or none


def _usable(record: SealRecord, kind: SealKind, by: Officer, now: datetime) -> bool:
    return isinstance(_judged(record, kind, by, "", now), SealUse)


def _judged(
    record: SealRecord, kind: SealKind, by: Officer, document: str, now: datetime
) -> SealUse | Forbidden:
    """The use now, where it is allowed now and after all that is on record, by whatever clock."""
    latest = max((now, *(event.at for event in record.events)))
    since = use(record, kind, by.name, document, latest)
    return since if isinstance(since, Forbidden) else use(record, kind, by.name, document, now)
