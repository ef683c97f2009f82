"""Editions are saved whole, come into force by date, and read back as they were."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.catalogue.cells import Problem
from hub.catalogue.rows import CatalogueContent, CatalogueVersion
from hub.catalogue.spreadsheet import UnreadableSheet
from hub.storage.catalogue_import import ImportReport, import_catalogue, save_content
from hub.storage.catalogue_store import VersionNameTaken, in_force, list_versions, save_version
from hub.storage.tables import items, rows, units, versions
from tests.catalogue.sample import CONTENT, TYPES
from tests.catalogue.sheets import HEADER, line, write_csv, write_xlsx

NOW = datetime(2026, 2, 1, 9, 0, tzinfo=UTC)
SPRING = date(2026, 3, 1)
AUTUMN = date(2026, 9, 1)


async def _count(engine: AsyncEngine) -> list[int]:
    async with engine.connect() as connection:
        return [
            (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (versions, units, items, rows)
        ]


async def test_an_edition_reads_back_as_it_was_saved(engine: AsyncEngine) -> None:
    """Units, items and rows, in their order, with every value."""
    version = await save_version(engine, CONTENT, "spring", SPRING, NOW)

    catalogue = await in_force(engine, SPRING)

    assert version == CatalogueVersion(version.id, "spring", SPRING, None)
    assert catalogue is not None
    assert catalogue.version == version
    assert catalogue.rows == CONTENT.rows
    assert tuple(catalogue.units.values()) == CONTENT.units
    assert tuple(catalogue.items.values()) == CONTENT.items


async def test_a_newer_edition_supersedes_on_its_day(engine: AsyncEngine) -> None:
    """Until the day before it the older one is in force, whichever was saved first."""
    await save_version(engine, CONTENT, "autumn", AUTUMN, NOW)
    await save_version(engine, CONTENT, "spring", SPRING, NOW)

    names = [
        catalogue.version.name if (catalogue := await in_force(engine, day)) else None
        for day in (date(2026, 2, 28), SPRING, date(2026, 8, 31), AUTUMN, date(2030, 1, 1))
    ]

    assert names == [None, "spring", "spring", "autumn", "autumn"]
    assert [(v.name, v.effective_from, v.effective_until) for v in await list_versions(engine)] == [
        ("spring", SPRING, AUTUMN),
        ("autumn", AUTUMN, None),
    ]


async def test_of_two_editions_for_one_day_the_later_import_counts(engine: AsyncEngine) -> None:
    """A corrected edition may be imported on the same day."""
    await save_version(engine, CONTENT, "first", SPRING, NOW)
    await save_version(engine, CONTENT, "corrected", SPRING, NOW)

    catalogue = await in_force(engine, SPRING)

    assert catalogue is not None
    assert catalogue.version.name == "corrected"


async def test_a_name_is_given_once(engine: AsyncEngine) -> None:
    """The second is refused and leaves nothing."""
    await save_version(engine, CONTENT, "spring", SPRING, NOW)
    before = await _count(engine)

    with pytest.raises(VersionNameTaken, match='named "spring" already: give another name'):
        await save_version(engine, CONTENT, "spring", AUTUMN, NOW)

    assert await _count(engine) == before


async def test_an_edition_that_says_nothing_can_be_saved(engine: AsyncEngine) -> None:
    """An empty edition ends all lookups from its day on."""
    await save_version(engine, CatalogueContent((), (), ()), "end", SPRING, NOW)

    catalogue = await in_force(engine, SPRING)

    assert catalogue is not None
    assert catalogue.rows == ()


@pytest.mark.parametrize("name", ["c.xlsx", "c.csv"])
async def test_a_good_sheet_is_imported(engine: AsyncEngine, tmp_path: Path, name: str) -> None:
    """Everything is saved in one version and counted."""
    write = write_xlsx if name.endswith("xlsx") else write_csv
    lines: list[Sequence[object]] = [HEADER, line(), line(certificate="户口簿")]
    lines.append(line(item_code="许可-2"))
    seen: list[tuple[int, int]] = []

    report = await import_catalogue(
        engine,
        write(tmp_path / name, lines),
        TYPES,
        " spring ",
        SPRING,
        lambda done, total: seen.append((done, total)),
        now=NOW,
    )

    (version,) = await list_versions(engine)
    assert report == ImportReport(version, units=1, items=2, rows=3)
    assert version.name == "spring"
    assert await _count(engine) == [1, 1, 2, 3]
    assert seen == [(1, 3), (2, 3), (3, 3)]


async def test_one_bad_cell_imports_nothing(engine: AsyncEngine, tmp_path: Path) -> None:
    """All lines but one are good: still nothing is saved."""
    file = write_csv(tmp_path / "c.csv", [HEADER, line(), line(certificate="户口簿", issuer="")])

    report = await import_catalogue(engine, file, TYPES, "spring", SPRING, now=NOW)

    assert report == ImportReport(
        None, problems=(Problem(3, "出具单位 (issuer)", "", "a text that isn't blank"),)
    )
    assert await _count(engine) == [0, 0, 0, 0]


@pytest.mark.parametrize("name", ["spring", "  "])
async def test_a_blank_or_taken_name_imports_nothing(engine: AsyncEngine, name: str) -> None:
    """The report says that the name is wrong."""
    await save_content(engine, CONTENT, "spring", SPRING, NOW)
    before = await _count(engine)

    report = await save_content(engine, CONTENT, name, AUTUMN, NOW)

    assert report == ImportReport(
        None, problems=(Problem(None, "version name", name.strip(), "a name no other version has"),)
    )
    assert await _count(engine) == before


async def test_a_missing_file_is_said(engine: AsyncEngine, tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(UnreadableSheet, match=r"none\.csv: there is no such file"):
        await import_catalogue(engine, tmp_path / "none.csv", TYPES, "spring", SPRING, now=NOW)
