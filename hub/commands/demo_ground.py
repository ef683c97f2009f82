"""What a demonstration stands on: a data folder of its own, a catalogue, a desk, keys, people."""

import hashlib
import json
import secrets
import shlex
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.catalogue.spreadsheet import flat, write_spreadsheet
from hub.catalogue.synthetic import synthetic_catalogue
from hub.commands.catalogue import progress_of
from hub.commands.database import database_of
from hub.commands.demo_desk import ISSUERS, prepare_desk
from hub.commands.demo_examples import demonstration_of
from hub.commands.demo_keys import Keys, make_keys, played_unit, revoke_keys
from hub.declarations.addresses import EMBEDDED
from hub.declarations.platforms import VERIFICATION
from hub.declarations.words import CertificateType
from hub.demonstration import write_demonstration
from hub.edition import today
from hub.sandbox.sandbox import Sandbox, packaged_credentials, packaged_platforms
from hub.settings import PREFIX, Settings, read_settings
from hub.storage.catalogue_import import import_catalogue
from hub.storage.catalogue_store import list_versions


@dataclass(frozen=True, slots=True)
class Home:
    """Where a demonstration keeps its things; one that only runs once stays out of another's way."""

    folder: Path
    once: bool
    pace: float = 1.0

    @property
    def data(self) -> Path:
        """The hub's data folder."""
        return self.folder / "once" if self.once else self.folder

    @property
    def database(self) -> str:
        """The database, with the catalogue that both have in common."""
        return f"sqlite+aiosqlite:///{self.folder.resolve() / 'certhub.db'}"

    @property
    def desk_database(self) -> Path:
        """The desk's database; with a fast clock one of its own, as its times are not real."""
        return self.data / ("desk.db" if self.pace == 1 else "desk-paced.db")

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
    keys: Keys = field(repr=False)
    issuers: Mapping[str, str] = field(repr=False)  # their credential at the desk


def variables(home: Home, sandbox: Sandbox, issuers: Mapping[str, str]) -> dict[str, str]:
    """The settings of the demonstration's hub, as variables: nothing is taken from outside.

    The verification platform is the embedded desk; the sandbox's stands behind that.
    """
    endpoints = {**sandbox.urls, VERIFICATION: EMBEDDED}
    given = {
        "DATA": str(home.data.resolve()),
        "DATABASE": home.database,
        "DESK_DATABASE": f"sqlite+aiosqlite:///{home.desk_database.resolve()}",
        "DESK_PACE": f"{home.pace:g}",
        "PLATFORMS": str(packaged_platforms()),
        "CREDENTIALS": str(packaged_credentials()),
        "ENDPOINTS": ",".join(f"{name}={url}" for name, url in endpoints.items()),
        f"CREDENTIAL_{ISSUERS.upper()}": json.dumps(issuers),
    }
    return {PREFIX + name: value for name, value in given.items()}


@asynccontextmanager
async def ground_for(home: Home, sandbox: Sandbox, url: str) -> AsyncIterator[Ground]:
    """Catalogue, desk, keys and demonstration file; the keys are revoked at the end."""
    issuers = {"access_key": secrets.token_hex(8), "secret": secrets.token_hex(32)}
    given = variables(home, sandbox, issuers)
    async with database_of(read_settings(given)) as engine:
        await _import_catalogue(engine, home, sandbox.types)
        await _prepare_desk(home, read_settings(given), sandbox)
        label = f"certhub demo at {url}"
        await revoke_keys(engine, label)
        keys = await make_keys(engine, played_unit(sandbox.types), label)
        write_demonstration(demonstration_of(keys, sandbox), home.demonstration)
        given[f"{PREFIX}DEMONSTRATION"] = str(home.demonstration.resolve())
        _write_environment(home, {**given, f"{PREFIX}URL": url, **keys.variables})
        try:
            yield Ground(read_settings(given), keys, issuers)
        finally:
            await revoke_keys(engine, label)


async def _prepare_desk(home: Home, settings: Settings, sandbox: Sandbox) -> None:
    if home.once or home.pace != 1:
        for file in home.data.glob(f"{home.desk_database.name}*"):
            file.unlink()  # what was verified there, and its times, are those of another run
    await prepare_desk(settings, sandbox)


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


def _write_environment(home: Home, given: Mapping[str, str]) -> None:
    lines = (f"export {name}={shlex.quote(value)}\n" for name, value in given.items())
    home.environment.touch(mode=0o600)
    home.environment.write_text("".join(lines), "utf-8")
