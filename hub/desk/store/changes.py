"""The feed of changes in the desk's database: numbered without a gap, in the order of commits."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.desk.changes import Change, ChangeKind, Numbered
from hub.desk.doubts import Receiver
from hub.desk.store.tables import change_count, change_units, changes
from hub.desk.words import State


async def publish(connection: AsyncConnection, new: Sequence[Change]) -> None:
    """Number and keep changes; call it last in a transaction, which from here on has no rival.

    The counter's row stays locked until the transaction ends, so numbers follow commits, and what
    is rolled back leaves no gap.
    """
    if not new:
        return
    counted = await connection.execute(
        update(change_count)
        .values(last=change_count.c.last + len(new))
        .returning(change_count.c.last)
    )
    first = counted.scalar_one() - len(new) + 1
    numbered = list(enumerate(new, first))
    await connection.execute(insert(changes), [_values(*each) for each in numbered])
    told = [
        {"unit": unit, "sequence": sequence}
        for sequence, change in numbered
        for unit in sorted(change.units)
    ]
    await connection.execute(insert(change_units), told)


async def last_change(connection: AsyncConnection) -> int:
    """The number of the last change; 0 where there was none yet."""
    found = await connection.execute(select(change_count.c.last))
    return int(found.scalar_one())


async def changes_between(
    connection: AsyncConnection, after: int, last: int, units: frozenset[str] | None, count: int
) -> Sequence[Numbered]:
    """The first changes after a number, up to another, that concern the units; `None`: all."""
    table = changes if units is None else change_units
    number = table.c.sequence
    page = select(number).where(number > after, number <= last).order_by(number).limit(count)
    if units is not None:
        page = page.where(change_units.c.unit.in_(sorted(units))).distinct()
    found = await connection.execute(
        select(changes).where(changes.c.sequence.in_(page)).order_by(changes.c.sequence)
    )
    return [_numbered(row) for row in found]


def _values(sequence: int, change: Change) -> Mapping[str, object]:
    return {
        "sequence": sequence,
        "at": change.at,
        "kind": change.kind.value,
        "request": change.request,
        "version": change.version,
        "event": change.event,
        "state": change.state.value,
        "certificate": change.certificate,
        "requester": change.requester,
        "holder": change.holder,
        "former_holder": change.former_holder,
        "receivers": [[each.unit, each.reference] for each in change.receivers],
    }


def _numbered(row: Row[Any]) -> Numbered:
    values = dict(row._mapping)
    sequence = values.pop("sequence")
    values["kind"] = ChangeKind(row.kind)
    values["state"] = State(row.state)
    values["receivers"] = tuple(Receiver(*each) for each in row.receivers)
    return Numbered(sequence, Change(**values))
