"""What the hub stands on while it is measured: platforms, a catalogue, a key, a database."""

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.scenarios import SOURCES, Way
from hub.catalogue.rows import (
    CatalogueContent,
    CatalogueRow,
    Measure,
    ServiceItem,
    Unit,
    UnitKind,
)
from hub.declarations.words import CertificateType
from hub.known_types import certificate_types
from hub.sandbox.sandbox import packaged_credentials, packaged_platforms
from hub.settings import read_settings
from hub.storage.catalogue_store import save_version
from hub.storage.key_store import create_key
from hub.storage.opened import open_database

CERTIFICATE = "household_register"
UNIT, OPERATOR = "NB-BENCH-01", "op-001"
ITEMS = {Way.BATCH: "许可-00001-000", Way.GATEWAY: "许可-00002-000"}
_MEASURES = {Way.BATCH: Measure.VERIFICATION, Way.GATEWAY: Measure.SHARING}

CatalogueOf = Callable[[Mapping[str, CertificateType]], CatalogueContent]
"""Makes a catalogue over the certificate types there are."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A hub's settings as its environment, and a key that it takes."""

    environ: Mapping[str, str]
    key: str = field(repr=False)

    def records(self) -> int:
        """How many disclosures the database of the hub holds."""
        file = Path(self.environ["CERTHUB_DATA"]) / "certhub.db"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            (count,) = database.execute("SELECT count(*) FROM disclosures").fetchone()
            return int(count)


def lay_platforms(folder: Path) -> Path:
    """The packaged platforms, and a second verification platform to fall through to."""
    platforms = folder / "platforms"
    first, second = SOURCES[Way.BATCH]
    shutil.copytree(packaged_platforms(), platforms)
    shutil.copytree(platforms / first, platforms / second)
    return platforms


def two_ways(types: Mapping[str, CertificateType]) -> CatalogueContent:
    """An item for each way of asking: its one row opens that way and no other."""
    granted = frozenset(types[CERTIFICATE].fields)
    return CatalogueContent(
        units=(Unit(UNIT, "示例窗口", UnitKind.GOVERNMENT),),
        items=tuple(
            ServiceItem(item, f"示例事项{item}", "户籍", UNIT, True, None)
            for item in ITEMS.values()
        ),
        rows=tuple(
            CatalogueRow(
                number, UNIT, ITEMS[way], CERTIFICATE, "公安机关", (_MEASURES[way],), granted
            )
            for number, way in enumerate(Way, start=1)
        ),
    )


async def lay_ground(
    folder: Path, platforms: Path, urls: Mapping[str, str], catalogue: CatalogueOf = two_ways
) -> Ground:
    """A database with a catalogue and a key, and the settings that lead to it."""
    environ = {
        "CERTHUB_DATA": str(folder / "data"),
        "CERTHUB_PLATFORMS": str(platforms),
        "CERTHUB_CREDENTIALS": str(packaged_credentials()),
        "CERTHUB_ENDPOINTS": ",".join(f"{name}={url}" for name, url in urls.items()),
    }
    settings, now = read_settings(environ), datetime.now(UTC)
    content = catalogue(certificate_types(settings))
    async with open_database(settings) as engine:
        await save_version(engine, content, "benchmark", date(2026, 1, 1), now)
        key, _ = await create_key(engine, UNIT, [OPERATOR], "benchmark", now)
    return Ground(environ, key)
