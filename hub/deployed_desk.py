"""The verification desk as a deployment has it: everything it stands on lies in the data folder."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from connectors.http import open_http
from hub.declarations.credentials import credential_of, load_credentials
from hub.declarations.platforms import load_platforms
from hub.declarations.words import CertificateType, ConfigurationError, Platform
from hub.desk.desk import Desk
from hub.desk.registry import Registry, read_registry
from hub.desk.sealing import NoSeals, Sealer
from hub.desk.sealroom import open_sealroom
from hub.desk.serving import open_desk
from hub.desk.shared import NothingShared, SharedFrom, SharedInformation
from hub.notary.words import ProofTrouble
from hub.pacing import Clock, paced
from hub.platforms import connect
from hub.settings import Settings
from hub.workdays.official import calendar_of


def registry_file(settings: Settings) -> Path:
    """Where the desk's registry stands (Article 17)."""
    return settings.data / "desk.toml"


def registry_files(settings: Settings) -> list[Path]:
    """What the registry is read from: its own file, and the credentials of its clients."""
    credentials = [] if settings.credentials is None else [settings.credentials]
    return [registry_file(settings), *credentials]


def notary_folder(settings: Settings) -> Path:
    """Where seals' keys, the platform's own, and the trusted roots lie."""
    return settings.data / "notary"


def shared_folder(settings: Settings) -> Path:
    """Where the platform behind the desk is declared, which holds shared information (共享信息)."""
    return settings.data / "shared"


def registry_of(settings: Settings) -> Registry:
    """The desk's registry; where there is none, nobody is designated."""
    file = registry_file(settings)
    if not file.exists():
        return Registry({}, {}, {})
    return read_registry(file, load_credentials(settings.credentials, settings.environ))


@asynccontextmanager
async def open_deployed_desk(
    settings: Settings, registry: Registry, types: Mapping[str, CertificateType]
) -> AsyncIterator[Desk]:
    """The desk over its database; one that can't be opened raises `ConfigurationError`."""
    clock = paced(settings.desk_pace, lambda: datetime.now(UTC))
    async with _sealer(settings, clock) as sealer, _shared(settings, types) as shared:
        opening = open_desk(
            settings.desk_database,
            registry,
            sealer,
            calendar_of(settings),
            clock,
            pace=settings.desk_pace,
            types=types,
            shared=shared,
        )
        async with AsyncExitStack() as stack:
            try:
                desk = await stack.enter_async_context(opening)
            except (SQLAlchemyError, OSError) as trouble:
                raise _not_opened(settings.desk_database, trouble) from None
            yield desk


@asynccontextmanager
async def _sealer(settings: Settings, clock: Clock) -> AsyncIterator[Sealer]:
    """The seal room; none where nobody is designated, who could use it."""
    if not registry_file(settings).exists():
        yield NoSeals()
        return
    async with AsyncExitStack() as stack:
        try:
            opening = open_sealroom(notary_folder(settings), clock())
            room = await stack.enter_async_context(opening)
        except ProofTrouble as trouble:
            raise ConfigurationError(f"{trouble}. Put it back from a backup.") from None
        yield room


@asynccontextmanager
async def _shared(
    settings: Settings, types: Mapping[str, CertificateType]
) -> AsyncIterator[SharedInformation]:
    platform = platform_behind(settings, types)
    if platform is None:
        yield NothingShared()
        return
    secrets = credential_of(platform, load_credentials(settings.credentials, settings.environ))
    async with open_http() as http:
        connector = connect(platform, secrets, http)
        yield SharedFrom(connector, platform.interfaces, platform.title_zh)


def platform_behind(settings: Settings, types: Mapping[str, CertificateType]) -> Platform | None:
    """The platform behind the desk; more than one raises `ConfigurationError`."""
    folder = shared_folder(settings)
    if not folder.is_dir():
        return None
    platforms = list(load_platforms(folder, types).values())
    if len(platforms) > 1:
        raise ConfigurationError(
            f"{folder}: {len(platforms)} platforms. One can stand behind the desk: keep its folder "
            "there, and declare the others to the hub (CERTHUB_PLATFORMS)."
        )
    return platforms[0] if platforms else None


def _not_opened(url: str, trouble: Exception) -> ConfigurationError:
    where = make_url(url).render_as_string(hide_password=True)
    kind = type(trouble).__name__
    return ConfigurationError(
        f"the desk's database {where} can't be opened ({kind}). Check that it is there and may be "
        "written, or name another one by CERTHUB_DESK_DATABASE."
    )
