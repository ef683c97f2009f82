"""`certhub doctor`: looks at everything the hub stands on, and says how to mend what is wrong."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.contract import Health
from connectors.http import Http, open_http
from hub.commands.doctor_database import database_as_it_is
from hub.commands.options import Data, settings_of
from hub.commands.terminal import out, plain
from hub.commands.trouble import CommandFailed
from hub.compose import certificate_types, declared
from hub.declarations.credentials import credential_of, load_credentials
from hub.declarations.words import ConfigurationError, Platform
from hub.edition import Edition, today
from hub.platforms import connect
from hub.settings import Settings
from hub.storage.catalogue_store import version_in_force
from hub.storage.key_store import list_keys

CLOCKS_APART = 30.0
"""Seconds that a platform's clock may differ from ours before somebody should look."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One thing looked at: what was seen and, where it is wrong, how to mend it."""

    at: str
    seen: str
    mend: str | None = None


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
        looking = (_platform(one, credentials, http) for one in platforms.values())
        return list(await asyncio.gather(*looking))


async def _platform(
    platform: Platform, credentials: Mapping[str, Mapping[str, str]], http: Http
) -> Looked:
    at = f"{platform.name} ({platform.tier})"
    try:
        secrets = credential_of(platform, credentials)
    except ConfigurationError as trouble:
        return Looked(at, "has no credential", str(trouble))
    return diagnosed(at, platform, await connect(platform, secrets, http).probe())


def diagnosed(at: str, platform: Platform, health: Health) -> Looked:
    """What a probe means, and what to do about it."""
    clock = "" if health.clock_offset is None else f", clock {health.clock_offset:+.1f} s"
    if not health.reachable:
        mend = f"{health.message}. Endpoint: {platform.url}"
        return Looked(at, "does not answer", mend)
    if health.credential_accepted is False:
        mend = (
            f"{health.message}. Check [{platform.credential}] in the credentials file against what "
            "the platform's administrators gave out."
        )
        return Looked(at, f"answers, but refuses our credential{clock}", mend)
    if health.failing:
        return Looked(at, f"answers, but fails{clock}", health.message)
    if health.clock_offset is not None and abs(health.clock_offset) > CLOCKS_APART:
        mend = (
            "Set this machine's clock by NTP (timedatectl set-ntp true); if it is right, tell the "
            "platform's administrators that theirs is not."
        )
        return Looked(at, f"answers{clock}", mend)
    if health.credential_accepted is None:
        return Looked(at, f"{health.message}{clock}; the first lookup tells if it takes our key")
    return Looked(at, f"answers, takes our credential{clock}")
