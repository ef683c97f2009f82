"""Commits batches of disclosures: to an SQLite file in one step of one thread, else over the engine."""

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Engine, Insert, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.storage.engine import second_engine
from hub.storage.sqlite_file import check_in_place, file_opened_by
from hub.storage.tables import disclosure_batches as batches
from hub.trail.batches import DisclosureBatch

FAILURES = (SQLAlchemyError, OSError, sqlite3.Error)
"""What a database that takes no commit raises; `DatabaseGone` is an `OSError`."""
_ADD: dict[str, Insert] = {
    "sqlite": sqlite.insert(batches).on_conflict_do_nothing(index_elements=["id"]),
    "postgresql": postgresql.insert(batches).on_conflict_do_nothing(index_elements=["id"]),
}
# The cast of UTF-8 to text costs nothing, and bytes need not be read as text before.
_ADD_TO_FILE = (
    "INSERT INTO disclosure_batches (id, request_id, at, key, unit, catalogue, count, entries) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT)) ON CONFLICT (id) DO NOTHING"
)
_Row = tuple[str, str, str, str, str, int | None, int, bytes]


class Commits(Protocol):
    """How batches get into a database for good."""

    async def commit(self, added: Sequence[DisclosureBatch]) -> None:
        """Add them all or none, durably; a batch that is already there is left as it is."""
        ...


def commits_of(engine: AsyncEngine) -> Commits:
    """The cheapest way there is into this database."""
    second = second_engine(engine)
    return OverEngine(engine) if second is None else InThread(engine, second)


class OverEngine:
    """Commits over the engine's own connections."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._add = _ADD[engine.dialect.name]

    async def commit(self, added: Sequence[DisclosureBatch]) -> None:
        """Add them all or none, durably; a batch that is already there is left as it is."""
        rows = [_columns(batch) for batch in added]
        async with self._engine.begin() as connection:
            await connection.execute(self._add, rows)


class InThread:
    """Commits over a connection of its own, in a thread of its own: one way there and one back."""

    def __init__(self, engine: AsyncEngine, second: Engine) -> None:
        self._second = second
        self._thread = ThreadPoolExecutor(1, "records")
        event.listen(engine.sync_engine, "engine_disposed", self._close)

    async def commit(self, added: Sequence[DisclosureBatch]) -> None:
        """Add them all or none, durably; a batch that is already there is left as it is."""
        rows = [_row(batch) for batch in added]
        await asyncio.get_running_loop().run_in_executor(self._thread, self._commit, rows)

    def _commit(self, rows: Sequence[_Row]) -> None:
        with closing(
            self._second.raw_connection()
        ) as connection:  # rolls back what is not committed
            cursor = connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(_ADD_TO_FILE, rows)
            cursor.execute("COMMIT")
            opened = file_opened_by(connection)
        # After the commit: SQLite writes to a deleted file without any complaint.
        if opened is not None:
            check_in_place(opened)

    def _close(self, _: Engine) -> None:
        self._thread.submit(self._second.dispose)  # after the commit that may be running


def _columns(batch: DisclosureBatch) -> dict[str, object]:
    return {
        "id": batch.id,
        "request_id": batch.request_id,
        "at": batch.at,
        "key": batch.key,
        "unit": batch.unit,
        "catalogue": batch.catalogue,
        "count": batch.count,
        "entries": batch.entries.decode(),
    }


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
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
