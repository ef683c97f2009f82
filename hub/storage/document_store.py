"""Registered documents in the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.storage.tables import documents


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A GraphQL text, the hash it is named by, and whence it came."""

    hash: str
    name: str
    text: str = field(repr=False)
    added_at: datetime


async def all_documents(engine: AsyncEngine) -> tuple[StoredDocument, ...]:
    """Every one, by name."""
    wanted = [documents.c[name] for name in ("hash", "name", "text", "added_at")]
    async with engine.connect() as connection:
        found = await connection.execute(
            select(*wanted).order_by(documents.c.name, documents.c.hash)
        )
        return tuple(StoredDocument(*row) for row in found)


async def add_documents(
    engine: AsyncEngine, named: Mapping[str, tuple[str, str]], now: datetime
) -> int:
    """Keep names and texts by hash; what is there already stays as it is. Tells how many are new."""
    async with engine.begin() as connection:
        found = await connection.execute(select(documents.c.hash))
        known = set(found.scalars())
        fresh = [
            {"hash": key, "name": name, "text": text, "added_at": now}
            for key, (name, text) in named.items()
            if key not in known
        ]
        if fresh:
            await connection.execute(insert(documents), fresh)
    return len(fresh)
