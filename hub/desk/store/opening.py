"""Opens the desk's database, and its transactions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.storage.engine import open_engine

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x6365727464736B  # "certdsk": one replica migrates, the others wait


class DeskDatabase:
    """The desk's database: its reading and its writing transactions."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        # SQLite has one writer: queueing here is fairer and cheaper than its busy waiting.
        self._turn = asyncio.Semaphore(1 if engine.dialect.name == "sqlite" else 1000)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that has the write lock from its begin on, where there is one (SQLite)."""
        async with self._turn, self.engine.connect() as connection:
            immediate = await connection.execution_options(sqlite_begin="IMMEDIATE")
            async with immediate.begin():
                yield immediate

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that changes nothing."""
        async with self.engine.connect() as connection:
            yield connection


@asynccontextmanager
async def open_desk_database(url: str) -> AsyncIterator[DeskDatabase]:
    """The database at `url`, migrated; closed at the end."""
    engine = open_engine(url)
    try:
        database = DeskDatabase(engine)
        async with database.writing() as connection:
            await connection.run_sync(_upgrade)
        yield database
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
