"""Opens the database, SQLite or PostgreSQL, and brings its tables up to date."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import orjson
from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from hub.declarations.words import ConfigurationError
from hub.storage.sqlite_file import file_of, only_open

MIGRATIONS = Path(__file__).parent / "migrations"

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_MIGRATION_LOCK = 0x63657274687562  # "certhub": one replica migrates, the others wait


def open_engine(url: str, *, busy_timeout: float = 5.0) -> AsyncEngine:
    """The database at `url`; on SQLite a commit is on disk before it returns (WAL, FULL).

    `busy_timeout` is how many seconds SQLite waits for another writer. A missing SQLite file is
    made now, empty, and never again: who deletes it later gets errors, not an empty database.
    Raises `ConfigurationError` for a URL that names no such database.
    """
    where = _url(url)
    if where.get_backend_name() == "sqlite":
        return _sqlite(where, busy_timeout)
    return create_async_engine(
        where, json_serializer=_json, pool_pre_ping=True, hide_parameters=True
    )


async def migrate(engine: AsyncEngine) -> None:
    """Bring the tables to the newest shape; harmless to repeat, safe beside other replicas."""
    async with engine.connect() as connection:
        immediate = await connection.execution_options(sqlite_begin="IMMEDIATE")
        async with immediate.begin():
            await immediate.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _url(url: str) -> URL:
    allowed = "sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/DATABASE"
    try:
        where = make_url(url)
    except ArgumentError:
        raise ConfigurationError(f"the database URL can't be read; allowed: {allowed}") from None
    if where.drivername not in _DRIVERS:
        given = f'the database URL begins with "{where.drivername}"'
        raise ConfigurationError(f"{given}; allowed: {allowed}")
    return where.set(drivername=_DRIVERS[where.drivername])


def _sqlite(where: URL, busy_timeout: float) -> AsyncEngine:
    engine = create_async_engine(where, json_serializer=_json, hide_parameters=True)
    if file := file_of(where):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        only_open(engine, file)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite(busy_timeout))
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(
    busy_timeout: float,
) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The driver's own BEGIN leaves schema changes outside of the transaction: we begin.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(busy_timeout * 1000)}")
        # The busy timeout does not hold for this one: whoever else is at it sets the same mode.
        with suppress(sqlite3.OperationalError):
            cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    return prepare


def _begin_sqlite(connection: Connection) -> None:
    kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
