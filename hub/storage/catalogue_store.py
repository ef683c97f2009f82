"""Editions of the catalogue in the database: saved whole, never changed."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, Table, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.catalogue.rows import (
    Catalogue,
    CatalogueContent,
    CatalogueRow,
    CatalogueVersion,
    Measure,
    ServiceItem,
    Unit,
    UnitKind,
)
from hub.storage.tables import items, rows, units, versions

Saved = Row[*tuple[Any, ...]]
"""A row as the database gives it back."""


class VersionNameTaken(Exception):
    """There is an edition of this name already: give another name."""


async def save_version(
    engine: AsyncEngine,
    content: CatalogueContent,
    name: str,
    effective_from: date,
    now: datetime,
) -> CatalogueVersion:
    """Save an edition in one transaction; raises `VersionNameTaken`, and then nothing is saved."""
    async with engine.begin() as connection:
        version = await _insert_version(connection, name, effective_from, now)
        await _insert(connection, units, version, _in_order(_values(u) for u in content.units))
        await _insert(connection, items, version, _in_order(_values(i) for i in content.items))
        await _insert(connection, rows, version, [_row_values(row) for row in content.rows])
    return next(saved for saved in await list_versions(engine) if saved.id == version)


async def list_versions(engine: AsyncEngine) -> tuple[CatalogueVersion, ...]:
    """Every edition by the day it comes into force; each is in force until the next one is.

    Of two for the same day the one imported later counts, the other is never in force.
    """
    async with engine.connect() as connection:
        order = versions.c.effective_from, versions.c.id
        saved = (await connection.execute(select(versions).order_by(*order))).all()
    ends = [later.effective_from for later in saved[1:]]
    return tuple(
        CatalogueVersion(row.id, row.name, row.effective_from, end)
        for row, end in zip(saved, [*ends, None], strict=False)
    )


async def in_force(engine: AsyncEngine, on: date) -> Catalogue | None:
    """The edition in force on a day, or none where nothing is yet."""
    version = await version_in_force(engine, on)
    return None if version is None else await load(engine, version)


async def version_in_force(engine: AsyncEngine, on: date) -> CatalogueVersion | None:
    """Which edition is in force on a day, without what it says; none where nothing is yet."""
    begun = [v for v in await list_versions(engine) if v.effective_from <= on]
    return begun[-1] if begun else None


async def load(engine: AsyncEngine, version: CatalogueVersion) -> Catalogue:
    """One edition, with all it says."""
    async with engine.connect() as connection:
        of_units = await connection.execute(_of(units, version, "position"))
        of_items = await connection.execute(_of(items, version, "position"))
        of_rows = await connection.execute(_of(rows, version, "number"))
        content = CatalogueContent(
            tuple(_unit(row) for row in of_units),
            tuple(_item(row) for row in of_items),
            tuple(_row(row) for row in of_rows),
        )
    return Catalogue(version, content)


async def _insert_version(
    connection: AsyncConnection, name: str, effective_from: date, now: datetime
) -> int:
    statement = insert(versions).returning(versions.c.id)
    values = {"name": name, "effective_from": effective_from, "imported_at": now}
    try:
        saved: int = (await connection.execute(statement, values)).scalar_one()
    except IntegrityError:
        raise VersionNameTaken(
            f'the catalogue has a version named "{name}" already: give another name'
        ) from None
    return saved


async def _insert(
    connection: AsyncConnection, table: Table, version: int, values: list[dict[str, object]]
) -> None:
    if values:
        await connection.execute(insert(table), [{"version": version, **one} for one in values])


def _in_order(values: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    return [{"position": place, **one} for place, one in enumerate(values, start=1)]


def _values(row: Unit | ServiceItem | CatalogueRow) -> dict[str, object]:
    """Its fields as they are: `asdict` would copy what is in them, 4,486 times."""
    return {field.name: getattr(row, field.name) for field in fields(row)}


def _row_values(row: CatalogueRow) -> dict[str, object]:
    return {**_values(row), "measures": list(row.measures), "granted": sorted(row.granted)}


def _of(table: Table, version: CatalogueVersion, order: str) -> Select[*tuple[Any, ...]]:
    return select(table).where(table.c.version == version.id).order_by(table.c[order])


def _unit(row: Saved) -> Unit:
    return Unit(row.code, row.name_zh, UnitKind(row.kind), row.district)


def _item(row: Saved) -> ServiceItem:
    return ServiceItem(
        row.code, row.name_zh, row.sector, row.unit, row.immediate, row.promised_days
    )


def _row(row: Saved) -> CatalogueRow:
    return CatalogueRow(
        row.number,
        row.unit,
        row.item,
        row.certificate,
        row.issuer_zh,
        tuple(Measure(measure) for measure in row.measures),
        frozenset(row.granted),
        row.scope_exclusion,
        row.legal_force_exception,
        row.commitment_allowed,
    )
