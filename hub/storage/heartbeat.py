"""Proves that the database takes and keeps what is written: one row, written anew."""

from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.storage.conflicts import written_anew
from hub.storage.sqlite_file import check_in_place, opened_file
from hub.storage.tables import heartbeats


async def beat(engine: AsyncEngine, name: str, now: datetime) -> str | None:
    """Write and commit; the kind of failure where that can't be done, none where it was."""
    beating = written_anew(engine.dialect.name, heartbeats, ["name"], ["at"])
    try:
        async with engine.begin() as connection:
            await connection.execute(beating, {"name": name, "at": now})
            opened = await connection.run_sync(opened_file)
        if opened is not None:
            check_in_place(opened)
    except (SQLAlchemyError, OSError) as trouble:
        return type(trouble).__name__
    return None
