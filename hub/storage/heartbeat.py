"""Proves that the database takes and keeps what is written: one row, written anew."""

from datetime import datetime

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.storage.sqlite_file import check_in_place, opened_file
from hub.storage.tables import heartbeats


def _upsert(dialect: str) -> Insert:
    if dialect == "sqlite":
        lite = sqlite.insert(heartbeats)
        return lite.on_conflict_do_update(index_elements=["name"], set_={"at": lite.excluded.at})
    full = postgresql.insert(heartbeats)
    return full.on_conflict_do_update(index_elements=["name"], set_={"at": full.excluded.at})


async def beat(engine: AsyncEngine, name: str, now: datetime) -> str | None:
    """Write and commit; the kind of failure where that can't be done, none where it was."""
    try:
        async with engine.begin() as connection:
            await connection.execute(_upsert(engine.dialect.name), {"name": name, "at": now})
            opened = await connection.run_sync(opened_file)
        if opened is not None:
            check_in_place(opened)
    except (SQLAlchemyError, OSError) as trouble:
        return type(trouble).__name__
    return None
