"""Commitments in the database: added, read back, never changed."""

from collections.abc import Awaitable
from typing import TypeVar

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.commitment.words import CommitmentRecord, Manner
from hub.storage.conflicts import added_once
from hub.storage.sqlite_file import DatabaseGone, check_in_place, opened_file
from hub.storage.tables import commitments
from hub.trail.records import RecordsUnavailable

log = structlog.get_logger("certhub.records")

_T = TypeVar("_T")
_COLUMNS = tuple(column.name for column in commitments.c)


class SqlCommitments:
    """The acceptances in the hub's own database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._add = added_once(engine.dialect.name, commitments, ["id"])

    async def add(self, record: CommitmentRecord) -> CommitmentRecord:
        """The acceptance on record of this id, which is the first that came."""
        return await _told(self._commit(record))

    async def get(self, commitment: str) -> CommitmentRecord | None:
        """The acceptance of this id, if there is one."""
        return await _told(self._read(commitment))

    async def _commit(self, record: CommitmentRecord) -> CommitmentRecord:
        async with self._engine.begin() as connection:
            values = {name: getattr(record, name) for name in _COLUMNS}
            await connection.execute(self._add, [values])
            kept = await _found(connection, record.id)
            opened = await connection.run_sync(opened_file)
        # After the commit: SQLite writes to a deleted file without any complaint.
        if opened is not None:
            check_in_place(opened)
        assert kept is not None, "written or there before"
        return kept

    async def _read(self, commitment: str) -> CommitmentRecord | None:
        async with self._engine.connect() as connection:
            return await _found(connection, commitment)


async def _found(connection: AsyncConnection, commitment: str) -> CommitmentRecord | None:
    found = await connection.execute(select(commitments).where(commitments.c.id == commitment))
    row = found.one_or_none()
    if row is None:
        return None
    values = dict(row._mapping)
    return CommitmentRecord(**{**values, "manner": Manner(values["manner"])})


async def _told(work: Awaitable[_T]) -> _T:
    try:
        return await work
    except (SQLAlchemyError, OSError, DatabaseGone) as failure:
        kind = type(failure).__name__
        log.error("commitments out of reach", kind=kind, mend="certhub doctor says what is wrong")
        raise RecordsUnavailable(
            f"the database did not answer ({kind}): ask again later; "
            "certhub doctor says what is wrong"
        ) from None
