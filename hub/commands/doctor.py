"""`certhub doctor`: looks at everything the hub stands on, and says how to mend what is wrong."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.http import open_http
from hub.commands.doctor_database import database_as_it_is
from hub.commands.doctor_desk import desk_looks
from hub.commands.looked import Looked, looked_at
from hub.commands.options import Data, settings_of
from hub.commands.terminal import out, plain
from hub.commands.trouble import CommandFailed
from hub.compose import declared
from hub.declarations.addresses import EMBEDDED
from hub.declarations.credentials import load_credentials
from hub.declarations.words import ConfigurationError
from hub.edition import Edition, today
from hub.known_types import certificate_types
from hub.settings import Settings
from hub.storage.catalogue_store import version_in_force
from hub.storage.key_store import list_keys


def doctor(data: Data = None) -> None:
    """Check database, catalogue, keys and every platform (体检); exit code 1 if one is wrong."""
    findings = asyncio.run(_looks(settings_of(data)))
    console = out()
    for one in findings:
        mark = Text("✗ ", "bold red") if one.mend else Text("✓ ", "green")
        console.print(mark.append(f"{one.at}: {one.seen}", "default"), soft_wrap=True)
        if one.mend:
            plain(console, f"    → {one.mend}")
    if wrong := sum(one.mend is not None for one in findings):
        raise CommandFailed(f"{wrong} of {len(findings)} checks found something to mend.")


async def _looks(settings: Settings) -> list[Looked]:
    stored = [one async for one in _stored(settings)]
    return [*stored, *await _platforms(settings)]


async def _stored(settings: Settings) -> AsyncIterator[Looked]:
    try:
        async with database_as_it_is(settings) as engine:
            yield Looked("database 数据库", f"{engine.dialect.name}, tables are up to date")
            yield await _catalogue(settings, engine)
            yield await _keys(engine)
    except CommandFailed as trouble:
        yield Looked("database 数据库", "can't be used", str(trouble))


async def _catalogue(settings: Settings, engine: AsyncEngine) -> Looked:
    at = "catalogue 目录"
    version = await version_in_force(engine, today())
    if version is None:
        mend = "Import one: certhub catalogue import FILE --name NAME --effective-from YYYY-MM-DD"
        return Looked(at, "none is in force, so nothing may be asked", mend)
    try:
        edition = Edition(engine, certificate_types(settings))
        await edition.refresh()
    except ConfigurationError as trouble:
        return Looked(at, f'"{version.name}" can\'t be used', str(trouble))
    rows = len(edition.catalogue.rows)
    return Looked(at, f'"{version.name}" since {version.effective_from}, {rows} rows')


async def _keys(engine: AsyncEngine) -> Looked:
    now = datetime.now(UTC)
    known = await list_keys(engine)
    valid = [
        key
        for key in known
        if key.revoked_at is None and (key.expires_at is None or key.expires_at > now)
    ]
    mend = None if valid else "Make one: certhub keys create --unit UNIT --operator CLERK"
    return Looked("API keys 密钥", f"{len(valid)} in force", mend)


async def _platforms(settings: Settings) -> list[Looked]:
    try:
        platforms = declared(settings).current.platforms
        credentials = load_credentials(settings.credentials, settings.environ)
    except ConfigurationError as trouble:
        return [Looked("platforms 平台", "their declarations can't be used", str(trouble))]
    if not platforms:
        mend = f"Put one folder per platform into {settings.platforms}, or set CERTHUB_PLATFORMS"
        return [Looked("platforms 平台", "none is declared", mend)]
    async with open_http() as http:
        remote = [one for one in platforms.values() if one.url != EMBEDDED]
        looking = (looked_at(one, credentials, http) for one in remote)
        looked = [one for each in await asyncio.gather(*looking) for one in each]
        for one in platforms.values():
            if one.url == EMBEDDED:
                looked += await desk_looks(settings, one, credentials, http)
        return looked
