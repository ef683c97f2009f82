"""Timers and what was said when they fired, in the desk's database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.desk.clocks import Timer, TimerKind
from hub.desk.store.tables import reminders, requests, timers


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer of a request whose moment has come."""

    request: str
    timer: Timer


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something a unit is told about a request; an empty unit is supervision, of all units.

    `kind` is a timer's, or `recall`; `reference` is the receiver's own for a recalled proof.
    """

    request: str
    kind: str
    at: datetime
    unit: str
    role: str
    said_at: datetime
    person: str | None = None
    reference: str = ""


async def set_timers(connection: AsyncConnection, request: str, new: Iterable[Timer]) -> None:
    """Set timers of a request."""
    values = [{"request": request, "kind": each.kind.value, "at": each.at} for each in new]
    if values:
        await connection.execute(insert(timers), values)


async def drop_timer(connection: AsyncConnection, request: str, timer: Timer) -> None:
    """Drop a timer; one that fired already is gone, which is fine."""
    await connection.execute(
        delete(timers).where(
            timers.c.request == request,
            timers.c.kind == timer.kind.value,
            timers.c.at == timer.at,
        )
    )


async def claim_due(connection: AsyncConnection, now: datetime) -> DueTimer | None:
    """The timer that is due longest, locked with its request until the transaction ends.

    It never waits: what another transaction holds is skipped. The request is locked first, else
    another one could take its next timer meanwhile, and fire it before this one.
    """
    found = await connection.execute(
        select(timers)
        .select_from(requests.join(timers, requests.c.id == timers.c.request))
        .where(timers.c.at <= now)
        .order_by(timers.c.at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = found.one_or_none()
    return None if row is None else DueTimer(row.request, Timer(TimerKind(row.kind), row.at))


async def next_due(connection: AsyncConnection) -> datetime | None:
    """When the next timer fires."""
    found = await connection.execute(select(timers.c.at).order_by(timers.c.at).limit(1))
    return found.scalar_one_or_none()


async def remind(connection: AsyncConnection, said: Iterable[Reminder]) -> None:
    """Keep what is said; the same twice is an error of the database."""
    values = [{name: getattr(each, name) for name in _COLUMNS} for each in said]
    if values:
        await connection.execute(insert(reminders), values)


async def reminders_of(
    connection: AsyncConnection,
    units: Sequence[str],
    since: datetime,
    count: int,
    kind: str | None = None,
) -> Sequence[Reminder]:
    """What units were told from a moment on, of one kind or of all, oldest first."""
    wanted = true() if kind is None else reminders.c.kind == kind
    found = await connection.execute(
        select(reminders)
        .where(reminders.c.unit.in_(units), reminders.c.said_at >= since, wanted)
        .order_by(reminders.c.said_at, reminders.c.at, reminders.c.request, reminders.c.kind)
        .limit(count)
    )
    return [Reminder(**row._mapping) for row in found]


_COLUMNS = tuple(column.name for column in reminders.c)
