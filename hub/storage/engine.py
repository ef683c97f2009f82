"""Opens the database, SQLite or PostgreSQL, and brings its tables up to date."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from pathlib import Path

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from hub.storage.migrating import bring_up_to_date
from hub.storage.sqlite_file import file_of, only_open
from hub.storage.url import database_url

MIGRATIONS = Path(__file__).parent / "migrations"

_BUSY_TIMEOUT = "certhub_busy_timeout"
_TURN = "certhub_turn"
_MIGRATION_LOCK = 0x63657274687562  # "certhub": one replica migrates, the others wait


def open_engine(url: str, *, busy_timeout: float = 5.0, make: bool = True) -> AsyncEngine:
    """The database at `url`; on SQLite a commit is on disk before it returns (WAL, FULL).

    `busy_timeout` is how many seconds SQLite waits for another writer. A missing SQLite file is
    made now, empty, and never again: who deletes it later gets errors, not an empty database.
    With `make=False` it is not made at all.
    Raises `ConfigurationError` for a URL that names no such database.
    """
    where = database_url(url)
    if where.get_backend_name() == "sqlite":
        return _sqlite(where, busy_timeout, make)
    return create_async_engine(
        where, json_serializer=_json, pool_pre_ping=True, hide_parameters=True
    )


async def migrate(engine: AsyncEngine) -> None:
    """Bring the tables to the newest shape; harmless to repeat, safe beside other replicas.

    Raises `ConfigurationError` for tables of a newer certhub, which are left as they are.
    """
    async with writing(engine) as connection:
        await connection.run_sync(bring_up_to_date, MIGRATIONS, _MIGRATION_LOCK)


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that has SQLite's write lock from its begin on."""
    async with _turn(engine), engine.connect() as connection:
        immediate = await connection.execution_options(sqlite_begin="IMMEDIATE")
        async with immediate.begin():
            yield immediate


def _turn(engine: AsyncEngine) -> AbstractAsyncContextManager[object]:
    # SQLite has one writer, and among those that wait for its lock some may starve: here none does.
    turn: asyncio.Lock | None = engine.sync_engine.get_execution_options().get(_TURN)
    return nullcontext() if turn is None else turn


def is_lock(error: Exception) -> bool:
    """Whether SQLite failed because another process has it locked."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(cause, "sqlite_errorname", "")  # sqlite3 sets it on what the library reports
    return str(name).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _sqlite(where: URL, busy_timeout: float, make: bool) -> AsyncEngine:
    engine = create_async_engine(
        where,
        json_serializer=_json,
        hide_parameters=True,
        execution_options={_BUSY_TIMEOUT: busy_timeout, _TURN: asyncio.Lock()},
    )
    file = file_of(where)
    if file and make and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    _prepare(engine.sync_engine, file, busy_timeout)
    return engine


def second_engine(engine: AsyncEngine) -> Engine | None:
    """The same SQLite file for who works in a thread of its own; none where there is no file."""
    file = file_of(engine.url) if engine.dialect.name == "sqlite" else None
    if file is None:
        return None
    second = create_engine(engine.url.set(drivername="sqlite"), pool_size=1, hide_parameters=True)
    busy_timeout: float = engine.sync_engine.get_execution_options()[_BUSY_TIMEOUT]
    _prepare(second, file, busy_timeout)
    return second


def _prepare(engine: Engine, file: Path | None, busy_timeout: float) -> None:
    if file:
        only_open(engine, file)
    event.listen(engine, "connect", _prepare_sqlite(busy_timeout))
    event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(
    busy_timeout: float,
) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The driver's own BEGIN leaves schema changes outside of the transaction: we begin.
        connection.isolation_level = None
        try:
            _set_pragmas(connection, busy_timeout)
        except sqlite3.Error:
            connection.close()  # the pool would forget it open
            raise

    return prepare


def _set_pragmas(connection: DBAPIConnection, busy_timeout: float) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(busy_timeout * 1000)}")
    # The busy timeout does not hold for this one: whoever else is at it sets the same mode.
    with suppress(sqlite3.OperationalError):
        cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
