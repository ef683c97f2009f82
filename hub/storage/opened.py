"""The hub's database as its settings have it: opened, brought up to date, closed in the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.settings import Settings
from hub.storage.engine import migrate, open_engine


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The database, migrated; closed at the end."""
    engine = open_engine(settings.database)
    try:
        await migrate(engine)
        yield engine
    finally:
        await engine.dispose()
