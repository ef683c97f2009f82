"""API keys in the database."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.evidence import Role
from hub.keys import KeyRecord, KeyTrouble, draw_key, opened, people_of, read_key
from hub.storage.tables import keys

_COLUMNS = ("id", "unit", "people", "label", "created_at", "expires_at", "revoked_at")
_KNOWN = [keys.c[name] for name in _COLUMNS]


async def create_key(
    engine: AsyncEngine,
    unit: str,
    operators: Iterable[str],
    label: str,
    now: datetime,
    *,
    others: Mapping[Role, Iterable[str]] | None = None,
    expires_at: datetime | None = None,
    draw: Callable[[int], bytes] = secrets.token_bytes,
) -> tuple[str, KeyRecord]:
    """A new key in plain text, never to be seen again, and what is kept of it.

    `others` are people in further roles; a person may have several.
    """
    key = draw_key(draw)
    named = others or {}
    people = people_of({**named, Role.OPERATOR: [*operators, *named.get(Role.OPERATOR, ())]})
    record = KeyRecord(key.id, unit, people, label, now, expires_at)
    values = {name: getattr(record, name) for name in _COLUMNS}
    kept = {name: sorted(roles) for name, roles in people.items()}
    values |= {"people": kept, "secret_hash": key.digest}
    async with engine.begin() as connection:
        await connection.execute(insert(keys).values(values))
    return key.text, record


async def list_keys(engine: AsyncEngine) -> tuple[KeyRecord, ...]:
    """Every key ever made, oldest first."""
    async with engine.connect() as connection:
        found = await connection.execute(select(*_KNOWN).order_by(keys.c.created_at, keys.c.id))
        return tuple(_record(row) for row in found)


async def revoke_key(engine: AsyncEngine, key_id: str, now: datetime) -> KeyRecord | None:
    """The key, revoked; the first revocation stands. `None` where there is no such key."""
    async with engine.begin() as connection:
        await connection.execute(
            update(keys)
            .where(keys.c.id == key_id, keys.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        row = (await connection.execute(select(*_KNOWN).where(keys.c.id == key_id))).one_or_none()
    return None if row is None else _record(row)


async def find(engine: AsyncEngine, text: str, now: datetime) -> KeyRecord | KeyTrouble:
    """The record of a key given in plain text, or why it does not open."""
    key = read_key(text)
    if key is None:
        return KeyTrouble.UNKNOWN
    async with engine.connect() as connection:
        found = await connection.execute(
            select(*_KNOWN, keys.c.secret_hash).where(keys.c.id == key.id)
        )
        row = found.one_or_none()
    if row is None:
        return KeyTrouble.UNKNOWN
    return opened(key, _record(row), row.secret_hash, now)


def _record(row: Row[*tuple[Any, ...]]) -> KeyRecord:
    values = {name: row._mapping[name] for name in _COLUMNS}
    kept: dict[str, list[str]] = values["people"]
    values["people"] = {name: frozenset(map(Role, roles)) for name, roles in kept.items()}
    return KeyRecord(**values)
