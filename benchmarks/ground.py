"""What the hub stands on while it is measured: platforms, a catalogue, a key, a database."""

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.contenders import Way
from benchmarks.scenarios import SOURCES
from hub.catalogue.rows import CatalogueContent
from hub.declarations.words import CertificateType
from hub.known_types import certificate_types
from hub.sandbox.sandbox import packaged_credentials, packaged_platforms
from hub.settings import read_settings
from hub.storage.catalogue_store import save_version
from hub.storage.key_store import create_key
from hub.storage.opened import open_database

UNIT, OPERATOR = "NB-BENCH-01", "op-001"

CatalogueOf = Callable[[Mapping[str, CertificateType]], CatalogueContent]
"""Makes a catalogue over the certificate types there are."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A hub's settings as its environment, and a key that it takes."""

    environ: Mapping[str, str]
    key: str = field(repr=False)

    def records(self) -> int:
        """How many disclosures the database of the hub holds."""
        return Records(self.database)()

    @property
    def database(self) -> Path:
        """The file of the hub's own database."""
        return Path(self.environ["CERTHUB_DATA"]) / "certhub.db"

    def copied(self, data: Path) -> "Ground":
        """The same with a data folder of its own; before anybody serves from it."""
        shutil.copytree(self.environ["CERTHUB_DATA"], data)
        return Ground({**self.environ, "CERTHUB_DATA": str(data)}, self.key)


class Records:
    """Counts the disclosures in a database; each call reads only what came since the last."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._seen = self._count = 0

    def __call__(self) -> int:
        """How many there are in all."""
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as database:
            came, last = database.execute(
                "SELECT total(count), max(rowid) FROM disclosure_batches WHERE rowid > ?",
                (self._seen,),
            ).fetchone()
        self._count, self._seen = self._count + int(came), last or self._seen
        return self._count


def lay_platforms(folder: Path) -> Path:
    """The sharing gateways, and two verification platforms of which one is fallen through to."""
    platforms = folder / "platforms"
    first, second = SOURCES[Way.BATCH]
    for name in (*SOURCES[Way.GATEWAY], first):
        shutil.copytree(packaged_platforms() / name, platforms / name)
    shutil.copytree(platforms / first, platforms / second)
    return platforms


async def lay_ground(
    folder: Path, platforms: Path, urls: Mapping[str, str], catalogue: CatalogueOf
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
