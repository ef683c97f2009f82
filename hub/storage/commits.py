"""Commits batches of disclosures with as few ways there and back as each database allows."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from msgspec import Struct
from sqlalchemy import Engine, PoolProxiedConnection, event
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.storage.engine import second_engine
from hub.storage.lone_thread import LoneThread
from hub.storage.sqlite_file import OpenedFile, check_in_place, file_opened_by
from hub.trail.batches import DisclosureBatch

FAILURES = (SQLAlchemyError, OSError, sqlite3.Error)
"""What a database that takes no commit raises; `DatabaseGone` is an `OSError`."""
_INTO = "disclosure_batches (id, request_id, at, key, unit, catalogue, count, entries)"
# The cast of UTF-8 to text costs nothing, and bytes need not be read as text before.
_TO_SQLITE = (
    f"INSERT INTO {_INTO} "  # noqa: S608  # our own names
    "VALUES (?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT)) ON CONFLICT (id) DO NOTHING"
)
_TO_POSTGRESQL = (
    f"INSERT INTO {_INTO} "  # noqa: S608  # our own names
    "SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], "
    "$6::integer[], $7::integer[], $8::text[]) ON CONFLICT (id) DO NOTHING"
)
_Row = tuple[str, str, str, str, str, int | None, int, bytes]


class Commits(Protocol):
    """How batches get into a database for good."""

    async def commit(self, added: Sequence[DisclosureBatch]) -> None:
        """Add them all or none, durably; a batch that is already there is left as it is."""
        ...


def commits_of(engine: AsyncEngine) -> Commits:
    """The cheapest way there is into this database."""
    if engine.dialect.name == "postgresql":
        return InStatement(engine)
    second = second_engine(engine)
    return OverEngine(engine) if second is None else InThread(engine, second)


class InStatement:
    """Commits to PostgreSQL by one statement, which is a transaction by itself."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def commit(self, added: Sequence[DisclosureBatch]) -> None:
        """Add them all or none, durably; a batch that is already there is left as it is."""
        columns = tuple(map(list, zip(*map(_told, added), strict=True)))
        async with self._engine.connect() as connection:
            await connection.exec_driver_sql(_TO_POSTGRESQL, columns)


class OverEngine:
    """Commits over the one connection of an SQLite that has no file."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def commit(self, added: Sequence[DisclosureBatch]) -> None:
        """Add them all or none; a batch that is already there is left as it is."""
        async with self._engine.begin() as connection:
            await connection.exec_driver_sql(_TO_SQLITE, list(map(_row, added)))


class _Opened(Struct, frozen=True):
    """The connection of the records, its only cursor, and the file that it has open."""

    connection: PoolProxiedConnection
    cursor: DBAPICursor
    file: OpenedFile | None


class InThread:
    """Commits to an SQLite file over a connection and in a thread of its own, in one step."""

    def __init__(self, engine: AsyncEngine, second: Engine) -> None:
        self._second = second
        self._opened: _Opened | None = None
        self._thread = LoneThread("records")
        event.listen(engine.sync_engine, "engine_disposed", self._close)

    async def commit(self, added: Sequence[DisclosureBatch]) -> None:
        """Add them all or none, durably; a batch that is already there is left as it is."""
        await self._thread.do(partial(self._commit, added))

    def _commit(self, added: Sequence[DisclosureBatch]) -> None:
        opened, self._opened = self._opened or self._open(), None
        try:
            cursor = opened.cursor
            cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(_TO_SQLITE, list(map(_row, added)))
            cursor.execute("COMMIT")
            self._opened = opened
        finally:
            if self._opened is None:
                opened.connection.close()  # rolls back what is not committed
        # After the commit: SQLite writes to a deleted file without any complaint.
        if opened.file is not None:
            check_in_place(opened.file)

    def _open(self) -> _Opened:
        connection = self._second.raw_connection()
        return _Opened(connection, connection.cursor(), file_opened_by(connection))

    def _close(self, _: Engine) -> None:
        self._thread.end(self._give_back)

    def _give_back(self) -> None:
        if self._opened is not None:
            self._opened.connection.close()
            self._opened = None
        self._second.dispose()


def _told(batch: DisclosureBatch) -> tuple[object, ...]:
    return (
        batch.id,
        batch.request_id,
        batch.at,
        batch.key,
        batch.unit,
        batch.catalogue,
        batch.count,
        batch.entries.decode(),
    )


def _row(batch: DisclosureBatch) -> _Row:
    return (
        batch.id,
        batch.request_id,
        _as_sqlite_has_it(batch.at),
        batch.key,
        batch.unit,
        batch.catalogue,
        batch.count,
        batch.entries,
    )


def _as_sqlite_has_it(at: datetime) -> str:
    there = at if at.tzinfo is UTC else at.astimezone(UTC)
    return there.isoformat(" ", "microseconds").removesuffix("+00:00")
