"""Requests and their histories in the desk's database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.desk.request import Entry, VerificationRequest
from hub.desk.store.codec import decoded, encoded
from hub.desk.store.tables import entries, requests
from hub.desk.words import WITH_ISSUER


class Stale(Exception):
    """Somebody else changed the request in between: read it again and decide again."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A request as pages have it, without its history, and how many entries that has."""

    request: VerificationRequest
    version: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page ended: the order's moment and the id of its last request."""

    at: datetime
    id: str


async def load(connection: AsyncConnection, request_id: str) -> VerificationRequest | None:
    """The request with its whole history."""
    row = (await connection.execute(_bare(requests.c.id == request_id))).one_or_none()
    if row is None:
        return None
    # Others may have added entries since the row was read: they belong to a later version.
    written = await connection.execute(
        select(entries.c.body)
        .where(entries.c.request == request_id, entries.c.number <= row.version)
        .order_by(entries.c.number)
    )
    return replace(_request(row), history=tuple(_entry(body) for body in written.scalars()))


async def add(connection: AsyncConnection, request: VerificationRequest) -> None:
    """Keep a new request and its history."""
    await connection.execute(insert(requests).values(id=request.id, **_columns(request)))
    await _append(connection, request, 0)


async def save(
    connection: AsyncConnection, before: VerificationRequest, after: VerificationRequest
) -> None:
    """Keep what became of a request; raises `Stale` where `before` isn't what is kept."""
    kept = len(before.history)
    done = await connection.execute(
        update(requests)
        .where(requests.c.id == before.id, requests.c.version == kept)
        .values(_columns(after))
    )
    if done.rowcount != 1:
        raise Stale
    await _append(connection, after, kept)


async def inbox(
    connection: AsyncConnection, unit: str, after: Mark | None, count: int
) -> Sequence[Listed]:
    """What lies with a unit to be answered, soonest due first, without the histories."""
    waiting = [state.value for state in WITH_ISSUER]
    which = and_(requests.c.holder == unit, requests.c.state.in_(waiting))
    return await _page(connection, which, requests.c.due_at, after, count)


async def outbox(
    connection: AsyncConnection, unit: str, after: Mark | None, count: int
) -> Sequence[Listed]:
    """What a unit asked for, oldest first, without the histories."""
    return await _page(connection, requests.c.requester == unit, requests.c.issued_at, after, count)


async def _page(
    connection: AsyncConnection,
    which: ColumnElement[bool],
    order: ColumnElement[Any],
    after: Mark | None,
    count: int,
) -> Sequence[Listed]:
    if after is not None:
        same = and_(order == after.at, requests.c.id > after.id)
        which = and_(which, or_(order > after.at, same))
    page = _bare(which).order_by(order, requests.c.id).limit(count)
    return [Listed(_request(row), row.version) for row in await connection.execute(page)]


def _bare(which: ColumnElement[bool]) -> Select[Any]:
    return select(requests.c.body, requests.c.version).where(which)


def _columns(request: VerificationRequest) -> Mapping[str, object]:
    return {
        "version": len(request.history),
        "state": request.state.value,
        "requester": request.requester.unit,
        "holder": request.holder,
        "issued_at": request.issued_at,
        "due_at": request.due and request.due.at,
        "body": encoded(replace(request, history=())),
    }


async def _append(connection: AsyncConnection, request: VerificationRequest, kept: int) -> None:
    values = [
        {
            "request": request.id,
            "number": number,
            "at": entry.at,
            "event": type(entry.event).__name__,
            "body": encoded(entry),
        }
        for number, entry in enumerate(request.history[kept:], kept + 1)
    ]
    await connection.execute(insert(entries), values)


def _request(row: Row[Any]) -> VerificationRequest:
    request = decoded(row.body)
    assert isinstance(request, VerificationRequest)
    return request


def _entry(body: object) -> Entry:
    entry = decoded(body)
    assert isinstance(entry, Entry)
    return entry
