"""Imports a published catalogue: all of it as a new version, or nothing and a list of mistakes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.catalogue.cells import Problem
from hub.catalogue.importing import Progress, check_cells
from hub.catalogue.rows import CatalogueContent, CatalogueVersion
from hub.catalogue.spreadsheet import read_cells
from hub.declarations.words import CertificateType
from hub.storage.catalogue_store import VersionNameTaken, save_version


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was imported and how much; without a version nothing was, and `problems` say why."""

    version: CatalogueVersion | None
    units: int = 0
    items: int = 0
    rows: int = 0
    problems: tuple[Problem, ...] = ()


def _unwatched(_done: int, _total: int) -> None:
    """Nobody watches."""


async def import_catalogue(
    engine: AsyncEngine,
    file: Path,
    types: Mapping[str, CertificateType],
    name: str,
    effective_from: date,
    progress: Progress = _unwatched,
    *,
    now: datetime,
) -> ImportReport:
    """Import a sheet in one transaction; raises `UnreadableSheet` for a file that is none."""
    lines = await asyncio.to_thread(read_cells, file)
    checked = check_cells(lines, types, progress)
    if not isinstance(checked, CatalogueContent):
        return ImportReport(None, problems=checked)
    return await save_content(engine, checked, name, effective_from, now)


async def save_content(
    engine: AsyncEngine,
    content: CatalogueContent,
    name: str,
    effective_from: date,
    now: datetime,
) -> ImportReport:
    """Save a checked catalogue as a new version, unless its name is blank or taken."""
    problem = Problem(None, "version name", name.strip(), "a name no other version has")
    if not name.strip():
        return ImportReport(None, problems=(problem,))
    try:
        version = await save_version(engine, content, name.strip(), effective_from, now)
    except VersionNameTaken:
        return ImportReport(None, problems=(problem,))
    sizes = len(content.units), len(content.items), len(content.rows)
    return ImportReport(version, *sizes)
