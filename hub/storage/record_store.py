"""Records in the database: added, read back, never changed."""

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Insert, Row, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.storage.sqlite_file import DatabaseGone, check_in_place, opened_file
from hub.storage.tables import disclosures
from hub.trail.records import DisclosureRecord, RecordsUnavailable

log = structlog.get_logger("certhub.records")

_FAILURES = (SQLAlchemyError, OSError)
_COLUMNS = tuple(column.name for column in disclosures.c)
_PUT_BACK = "put it back, or restart the hub to begin a new one; certhub doctor looks at it"
_ADD: dict[str, Insert] = {
    "sqlite": sqlite.insert(disclosures).on_conflict_do_nothing(index_elements=["id"]),
    "postgresql": postgresql.insert(disclosures).on_conflict_do_nothing(index_elements=["id"]),
}


class SqlRecords:
    """The records of the hub's own database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._add = _ADD[engine.dialect.name]

    async def append(self, records: Sequence[DisclosureRecord]) -> None:
        """Commit them all or none; an id already there is left as it is.

        Raises `RecordsUnavailable`, which names the kind of failure and no content.
        """
        try:
            await self._commit([_values(record) for record in records])
        except DatabaseGone as gone:
            # Our connections hold a file nobody finds any more; new ones open what is there then.
            await self._engine.dispose()
            log.error("database file lost", why=str(gone), mend=_PUT_BACK)
            raise RecordsUnavailable(f"the database file was {gone}: {_PUT_BACK}") from None
        except _FAILURES as failure:
            kind = type(failure).__name__
            log.error("records not taken", kind=kind, mend="certhub doctor says what is wrong")
            raise RecordsUnavailable(
                f"the database did not take the records ({kind}): ask again later; "
                "certhub doctor says what is wrong"
            ) from None

    async def _commit(self, values: Sequence[dict[str, object]]) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(self._add, values)
            opened = await connection.run_sync(opened_file)
        # After the commit: SQLite writes to a deleted file without any complaint.
        if opened is not None:
            check_in_place(opened)

    async def get(self, record_id: str) -> DisclosureRecord | None:
        """The record of this id, if there is one."""
        found = await self._read(disclosures.c.id == record_id)
        return found[0] if found else None

    async def of_request(self, request_id: str) -> tuple[DisclosureRecord, ...]:
        """All records of one request, by id."""
        return await self._read(disclosures.c.request_id == request_id)

    async def _read(self, which: ColumnElement[bool]) -> tuple[DisclosureRecord, ...]:
        async with self._engine.connect() as connection:
            found = await connection.execute(
                select(disclosures).where(which).order_by(disclosures.c.id)
            )
            return tuple(_record(row) for row in found)


def _values(record: DisclosureRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in _COLUMNS}


def _record(row: Row[*tuple[Any, ...]]) -> DisclosureRecord:
    values = dict(row._mapping)
    values["fields"] = tuple(values["fields"])
    values["attempts"] = tuple(values["attempts"])
    return DisclosureRecord(**values)
