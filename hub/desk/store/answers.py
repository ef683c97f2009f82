"""Answers given to writes, so that a repeated write gets the same one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.desk.store.tables import answers

ANSWERS_KEPT = timedelta(days=7)
"""For how long at least a repeated write gets the same answer; after it, it is a new write."""


@dataclass(frozen=True, slots=True)
class Call:
    """One write of a client under its idempotency key; `fingerprint` is of what it asks for."""

    client: str
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the client was told."""

    status: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OtherBody:
    """The key was used for another write."""


async def told_before(connection: AsyncConnection, call: Call) -> Told | OtherBody | None:
    """The answer that was given to this very write, if it was made before."""
    found = await connection.execute(
        select(answers.c.fingerprint, answers.c.status, answers.c.body).where(
            answers.c.client == call.client, answers.c.key == call.key
        )
    )
    row = found.one_or_none()
    if row is None:
        return None
    return Told(row.status, row.body) if row.fingerprint == call.fingerprint else OtherBody()


async def keep_answer(connection: AsyncConnection, call: Call, told: Told, now: datetime) -> None:
    """Keep what the client is told."""
    await connection.execute(
        insert(answers).values(
            client=call.client,
            key=call.key,
            fingerprint=call.fingerprint,
            status=told.status,
            body=told.body,
            at=now,
        )
    )


async def forget_answers(connection: AsyncConnection, before: datetime, most: int) -> int:
    """Forget answers given before a moment, the oldest first; how many there were."""
    oldest = select(answers.c.client, answers.c.key).where(answers.c.at < before)
    found = oldest.order_by(answers.c.at).limit(most)
    forgotten = await connection.execute(
        delete(answers).where(tuple_(answers.c.client, answers.c.key).in_(found))
    )
    return forgotten.rowcount
