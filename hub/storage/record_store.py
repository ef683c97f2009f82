"""Records in the database: added, read back, never changed."""

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.storage.commits import FAILURES, commits_of
from hub.storage.sqlite_file import DatabaseGone
from hub.storage.tables import disclosure_batches as batches
from hub.trail.batches import DisclosureBatch, records_in
from hub.trail.records import DisclosureRecord, RecordsUnavailable

log = structlog.get_logger("certhub.records")

_PUT_BACK = "put it back, or restart the hub to begin a new one; certhub doctor looks at it"


class SqlRecords:
    """The records of the hub's own database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._commits = commits_of(engine)

    async def append(self, added: Sequence[DisclosureBatch]) -> None:
        """Commit them all or none; an id already there is left as it is.

        Raises `RecordsUnavailable`, which names the kind of failure and no content.
        """
        try:
            await self._commits.commit(added)
        except DatabaseGone as gone:
            # Our connections hold a file nobody finds any more; new ones open what is there then.
            await self._engine.dispose()
            log.error("database file lost", why=str(gone), mend=_PUT_BACK)
            raise RecordsUnavailable(f"the database file was {gone}: {_PUT_BACK}") from None
        except FAILURES as failure:
            kind = type(failure).__name__
            log.error("records not taken", kind=kind, mend="certhub doctor says what is wrong")
            raise RecordsUnavailable(
                f"the database did not take the records ({kind}): ask again later; "
                "certhub doctor says what is wrong"
            ) from None

    async def get(self, record_id: str) -> DisclosureRecord | None:
        """The record of this id, if there is one."""
        batch, _, _ = record_id.rpartition("-")
        found = await self._read(batches.c.id.in_((record_id, batch)))
        return next((record for record in found if record.id == record_id), None)

    async def of_request(self, request_id: str) -> tuple[DisclosureRecord, ...]:
        """All records of one request, by id."""
        return await self._read(batches.c.request_id == request_id)

    async def _read(self, which: ColumnElement[bool]) -> tuple[DisclosureRecord, ...]:
        async with self._engine.connect() as connection:
            found = await connection.execute(select(batches).where(which))
            records = [record for row in found for record in records_in(_batch(row))]
        return tuple(sorted(records, key=lambda record: record.id))


def _batch(row: Row[*tuple[Any, ...]]) -> DisclosureBatch:
    values = dict(row._mapping)
    return DisclosureBatch(**{**values, "entries": values["entries"].encode()})
