"""Intents towards the verification platform in the database: added, concluded, read back."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, Select, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.storage.conflicts import added_once
from hub.storage.sqlite_file import check_in_place, opened_file
from hub.storage.tables import conclusions, intents
from hub.trail.intents import Came, Conclusion, Intent, Kept, Opening
from hub.trail.records import RecordsUnavailable

log = structlog.get_logger("certhub.records")

_OF_INTENT = tuple(one.name for one in fields(Intent) if one.name != "opening")
_OF_OPENING = tuple(one.name for one in fields(Opening))
_ONCE = ["matter", "turn"]
_BEST_FIRST = (Came.TAKEN, Came.REJECTED, Came.SILENT)


class SqlIntents:
    """The intents of the hub's own database; every trouble with it is `RecordsUnavailable`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._add = added_once(engine.dialect.name, intents, _ONCE)

    async def add(self, intent: Intent) -> bool:
        """Commit an intent; `False` where another one has its matter and turn already."""
        values = {name: getattr(intent, name) for name in _OF_INTENT}
        if intent.opening is not None:
            values |= {name: getattr(intent.opening, name) for name in _OF_OPENING}
        async with self._writing() as connection:
            done = await connection.execute(self._add, values)
            return done.rowcount == 1

    async def conclude(self, conclusion: Conclusion) -> None:
        """Commit what came of an intent."""
        values = {one.name: getattr(conclusion, one.name) for one in fields(Conclusion)}
        async with self._writing() as connection:
            await connection.execute(insert(conclusions).values(id=secrets.token_hex(12), **values))

    async def newest(self, matter: str) -> Kept | None:
        """The last opening about a matter, if there ever was one."""
        of_matter = intents.c.matter == matter
        return await self._first(select(intents).where(of_matter).order_by(intents.c.turn.desc()))

    async def under_key(self, unit: str, client_key: str) -> Kept | None:
        """The opening that a unit asked for under a key of its own."""
        given = (intents.c.unit == unit) & (intents.c.client_key == client_key)
        return await self._first(select(intents).where(given).order_by(intents.c.at))

    async def of_request(self, request: str) -> Kept | None:
        """How a request was opened, where this hub did it."""
        opened = intents.join(conclusions, conclusions.c.intent == intents.c.id)
        which: ColumnElement[bool] = conclusions.c.request == request
        of_openings = which & intents.c.matter.is_not(None)
        return await self._first(select(intents).select_from(opened).where(of_openings))

    async def _first(self, query: Select[Any]) -> Kept | None:
        async with self._connected() as connection:
            row = (await connection.execute(query.limit(1))).first()
            if row is None:
                return None
            which = conclusions.c.intent == row.id
            came = (await connection.execute(select(conclusions).where(which))).all()
        return _kept(row, came)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        async with self._connected() as connection:
            async with connection.begin():
                yield connection
                opened = await connection.run_sync(opened_file)
            # After the commit: SQLite writes to a deleted file without any complaint.
            if opened is not None:
                check_in_place(opened)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.connect() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as failure:
            kind = type(failure).__name__
            log.error("intents not kept", kind=kind, mend="certhub doctor says what is wrong")
            raise RecordsUnavailable(
                f"the database did not answer ({kind}): ask again later; certhub doctor says what "
                "is wrong"
            ) from None


def _kept(row: Row[Any], came: Sequence[Row[Any]]) -> Kept:
    told = dict(row._mapping)
    opening = Opening(
        **{name: told[name] for name in _OF_OPENING if name != "fields"},
        fields=tuple(told["fields"]),
    )
    intent = Intent(**{name: told[name] for name in _OF_INTENT}, opening=opening)
    ranked = sorted(
        (_conclusion(one) for one in came),
        key=lambda one: (_BEST_FIRST.index(one.came), one.at),
    )
    return Kept(intent, opening, ranked[0] if ranked else None)


def _conclusion(row: Row[Any]) -> Conclusion:
    return Conclusion(row.intent, row.at, Came(row.came), row.request, row.reason)
