"""Opens the desk's database, and its transactions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.storage.engine import open_engine
from hub.storage.migrating import bring_up_to_date
from hub.storage.sqlite_file import DatabaseGone, check_in_place, give_way, opened_file

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x6365727464736B  # "certdsk": one replica migrates, the others wait

_PUT_BACK = "put it back, or restart the desk to begin a new one"

_log = structlog.get_logger()


class DeskDatabase:
    """The desk's database: its reading and its writing transactions."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        give_way(engine)
        # SQLite has one writer: queueing here is fairer and cheaper than its busy waiting.
        self._turn = asyncio.Semaphore(1 if engine.dialect.name == "sqlite" else 1000)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that has the write lock from its begin on, where there is one (SQLite).

        Raises `DatabaseGone` after the commit where its file was deleted or replaced: it is lost.
        """
        async with self._turn, self.engine.connect() as connection:
            immediate = await connection.execution_options(sqlite_begin="IMMEDIATE")
            async with immediate.begin():
                yield immediate
            await _check(immediate)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that changes nothing; raises `DatabaseGone` like `writing`."""
        async with self.engine.connect() as connection:
            yield connection
            await _check(connection)


async def _check(connection: AsyncConnection) -> None:
    """After the commit: SQLite writes to a deleted file without any complaint."""
    opened = await connection.run_sync(opened_file)
    try:
        if opened is not None:
            check_in_place(opened)
    except DatabaseGone as gone:
        await connection.invalidate()
        _log.error("desk_database_lost", why=str(gone), mend=_PUT_BACK)
        raise


@asynccontextmanager
async def open_desk_database(url: str) -> AsyncIterator[DeskDatabase]:
    """The database at `url`, migrated; closed at the end."""
    engine = open_engine(url)
    try:
        database = DeskDatabase(engine)
        async with database.writing() as connection:
            await connection.run_sync(
                bring_up_to_date, MIGRATIONS, _MIGRATION_LOCK, "desk_alembic_version"
            )
        yield database
    finally:
        await engine.dispose()
