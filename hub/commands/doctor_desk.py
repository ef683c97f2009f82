"""What `certhub doctor` sees of the embedded desk: it opens none, and makes nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from connectors.http import Http
from hub.commands.looked import Looked, looked_at
from hub.declarations.words import ConfigurationError, Platform
from hub.deployed_desk import platform_behind, registry_file, registry_of
from hub.desk.store.seals import all_seals
from hub.known_types import certificate_types
from hub.notary.registry import SealRecord
from hub.notary.words import SealState
from hub.settings import Settings
from hub.storage.engine import open_engine
from hub.storage.sqlite_file import file_of

SEALS = "seals 印章"
MAKE = "Make one: certhub seals make UNIT KIND, then certhub seals permit"


async def desk_looks(
    settings: Settings,
    platform: Platform,
    credentials: Mapping[str, Mapping[str, str]],
    http: Http,
) -> list[Looked]:
    """The desk, who is designated at it, their seals, and what lies behind it."""
    desk = Looked(f"{platform.name} ({platform.tier})", "embedded: it opens with the hub")
    designated = _registry(settings)
    if designated.mend is not None:
        return [desk, designated]
    return [desk, designated, await _seals(settings), *await _behind(settings, credentials, http)]


def _registry(settings: Settings) -> Looked:
    at, file = "desk's registry 核查平台登记", registry_file(settings)
    if not file.exists():
        mend = f"Write {file} (docs/desk.md), so that requests can be made and answered"
        return Looked(at, "there is none, so nobody is designated", mend)
    try:
        registry = registry_of(settings)
    except ConfigurationError as trouble:
        return Looked(at, "can't be used", str(trouble))
    issuers = sum(bool(issues) for issues in registry.issues.values())
    return Looked(at, f"{issuers} issuing units, {len(registry.people)} people")


async def _seals(settings: Settings) -> Looked:
    try:
        records = await _records(settings)
    except (SQLAlchemyError, OSError, ConfigurationError) as trouble:
        mend = "Check CERTHUB_DESK_DATABASE; `certhub serve` makes or migrates the database"
        return Looked(SEALS, f"the desk's database can't be read ({type(trouble).__name__})", mend)
    now = datetime.now(UTC)
    usable = [each for each in records if each.standing(now).state is SealState.PERMITTED]
    return Looked(SEALS, f"{len(usable)} permitted of {len(records)}", None if usable else MAKE)


async def _records(settings: Settings) -> list[SealRecord]:
    url = make_url(settings.desk_database)
    file = file_of(url) if url.get_backend_name() == "sqlite" else None
    if file is not None and not file.exists():
        return []
    engine = open_engine(settings.desk_database, make=False)
    try:
        async with engine.connect() as connection:
            return list(await all_seals(connection, uses=False))
    finally:
        await engine.dispose()


async def _behind(
    settings: Settings, credentials: Mapping[str, Mapping[str, str]], http: Http
) -> list[Looked]:
    """The platform that shared information comes from, if there is one."""
    try:
        platform = platform_behind(settings, certificate_types(settings))
    except ConfigurationError as trouble:
        return [
            Looked("shared information 共享信息", "its declaration can't be used", str(trouble))
        ]
    if platform is None:
        return []
    return [
        Looked("behind the desk 共享信息", f"{each.at} {each.seen}", each.mend)
        for each in await looked_at(platform, credentials, http)
    ]
