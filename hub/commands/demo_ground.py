"""What a demonstration stands on: a data folder of its own, a catalogue, a key, people to ask for."""

import hashlib
import shlex
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.catalogue.demonstration import HOUSING, WINDOW
from hub.catalogue.spreadsheet import flat, write_spreadsheet
from hub.catalogue.synthetic import synthetic_catalogue
from hub.commands.catalogue import progress_of
from hub.commands.database import database_of
from hub.declarations.words import CertificateType
from hub.demonstration import Demonstration, write_demonstration
from hub.edition import today
from hub.sandbox.examples import Examples
from hub.sandbox.sandbox import Sandbox, packaged_credentials, packaged_platforms
from hub.settings import PREFIX, Settings, read_settings
from hub.storage.catalogue_import import import_catalogue
from hub.storage.catalogue_store import list_versions
from hub.storage.key_store import create_key, list_keys, revoke_key

UNIT, ITEM = WINDOW.code, HOUSING.code
OPERATORS = ("op-001", "op-002")
CASE = "2026-000117"
PURPOSE: Mapping[str, str] = {"item": ITEM, "case": CASE, "operator": OPERATORS[0]}
NOT_REQUIRED = "academic_degree"
"""A certificate type that the item does not require."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where a demonstration keeps its things; one that only runs once stays out of another's way."""

    folder: Path
    once: bool

    @property
    def data(self) -> Path:
        """The hub's data folder."""
        return self.folder / "once" if self.once else self.folder

    @property
    def database(self) -> str:
        """The database, with the catalogue that both have in common."""
        return f"sqlite+aiosqlite:///{self.folder.resolve() / 'certhub.db'}"

    @property
    def demonstration(self) -> Path:
        """What fills in GraphiQL."""
        return self.data / "demonstration.json"

    @property
    def environment(self) -> Path:
        """Variables for other commands, to be sourced by a shell."""
        return self.data / "environment"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a demonstration runs on."""

    settings: Settings
    key: str = field(repr=False)


def variables(home: Home, sandbox: Sandbox) -> dict[str, str]:
    """The settings of the demonstration's hub, as variables: nothing is taken from outside."""
    given = {
        "DATA": str(home.data.resolve()),
        "DATABASE": home.database,
        "PLATFORMS": str(packaged_platforms()),
        "CREDENTIALS": str(packaged_credentials()),
        "ENDPOINTS": ",".join(f"{name}={url}" for name, url in sandbox.urls.items()),
    }
    return {PREFIX + name: value for name, value in given.items()}


@asynccontextmanager
async def ground_for(home: Home, sandbox: Sandbox, url: str) -> AsyncIterator[Ground]:
    """Catalogue, key and demonstration file; the key is revoked at the end."""
    given = variables(home, sandbox)
    async with database_of(read_settings(given)) as engine:
        await _import_catalogue(engine, home, sandbox.types)
        label = f"certhub demo at {url}"
        await _revoke(engine, label)
        key, _ = await create_key(engine, UNIT, OPERATORS, label, datetime.now(UTC))
        write_demonstration(
            Demonstration(key, examples_for_graphiql(sandbox.examples)), home.demonstration
        )
        given[f"{PREFIX}DEMONSTRATION"] = str(home.demonstration.resolve())
        _write_environment(home, {**given, f"{PREFIX}API_KEY": key, f"{PREFIX}URL": url})
        try:
            yield Ground(read_settings(given), key)
        finally:
            await _revoke(engine, label)


async def _import_catalogue(
    engine: AsyncEngine, home: Home, types: Mapping[str, CertificateType]
) -> None:
    content = synthetic_catalogue(types)
    digest = hashlib.sha256(repr([list(line) for line in flat(content)]).encode()).hexdigest()
    name = f"synthetic {digest[:12]}"
    if any(version.name == name for version in await list_versions(engine)):
        return
    sheet = home.folder / "catalogue.xlsx"
    write_spreadsheet(content, sheet)
    with progress_of("importing the synthetic catalogue") as told:
        report = await import_catalogue(
            engine, sheet, types, name, today(), told, now=datetime.now(UTC)
        )
    assert not report.problems, "a catalogue we wrote has no mistakes"


async def _revoke(engine: AsyncEngine, label: str) -> None:
    for record in await list_keys(engine):
        if record.label == label and record.revoked_at is None:
            await revoke_key(engine, record.id, datetime.now(UTC))


def _write_environment(home: Home, given: Mapping[str, str]) -> None:
    lines = (f"export {name}={shlex.quote(value)}\n" for name, value in given.items())
    home.environment.touch(mode=0o600)
    home.environment.write_text("".join(lines), "utf-8")


def examples_for_graphiql(examples: Examples) -> Mapping[str, str]:
    """What fills the open places of GraphiQL's example tabs."""
    someone = examples.held_only_at("household_register", "municipality")
    other = examples.held_only_at("resident_id_card", "verification")
    return {
        "resident_id": someone.identifier,
        "resident_name": someone.name,
        "other_resident_id": other.identifier,
        "other_resident_name": other.name,
        "other_certificate": "household_register",
        "denied_certificate": NOT_REQUIRED,
        **PURPOSE,
    }
