"""`certhub desk`: the supplementary verification platform by itself."""

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import orjson
import typer

from hub.commands.desk_database import Database, desk_database, desk_url
from hub.commands.logging import log_to_stderr
from hub.commands.options import Data, Host, settings_of
from hub.commands.running import address, listening, run, stopped_by_signal
from hub.commands.terminal import aside, out, plain
from hub.commands.trouble import CommandFailed
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.credentials import load_credentials
from hub.desk.contents import Types
from hub.desk.openapi import openapi_document
from hub.desk.registry import Registry, read_registry
from hub.desk.reloading import registry_reloading
from hub.desk.sealroom import SealRoom, open_sealroom
from hub.desk.serving import desk_answering, open_desk
from hub.notary.words import ProofTrouble
from hub.settings import Settings
from hub.workdays.calendar import WorkingDays, working_days
from hub.workdays.notices import read_notices

OPENAPI = "Print the OpenAPI document and end (接口文档)."


def desk(
    host: Host = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on (监听端口); 0: any free one.")
    ] = 8090,
    data: Data = None,
    database: Database = None,
    openapi: Annotated[bool, typer.Option("--openapi", help=OPENAPI)] = False,
) -> None:
    """The supplementary verification platform (核查平台) by itself; Ctrl-C ends it.

    Clients, units and people stand in <data>/desk.toml, which is read again whenever it changes,
    and on SIGHUP; a broken one is refused, and the old one stays. Official holiday notices stand
    in <data>/holidays, seals and keys in <data>/notary: see certhub seals.
    """
    if openapi:
        plain(out(), printed_openapi())
        return
    log_to_stderr()
    settings = settings_of(data)
    registry = _registry(settings)
    url = desk_url(settings, database)
    with listening(host, port) as listener:
        run(_until_stopped(url, registry, settings, listener))
    plain(aside(), "The desk has ended.")


def printed_openapi() -> str:
    """The OpenAPI document as it is committed."""
    options = orjson.OPT_INDENT_2
    return orjson.dumps(openapi_document(), option=options).decode()


def _registry(settings: Settings) -> Registry:
    secrets = load_credentials(settings.credentials, settings.environ)
    return read_registry(settings.data / "desk.toml", secrets)


def _registry_files(settings: Settings) -> list[Path]:
    credentials = [] if settings.credentials is None else [settings.credentials]
    return [settings.data / "desk.toml", *credentials]


def _calendar(settings: Settings) -> WorkingDays:
    notices: Path = settings.data / "holidays"
    return working_days(read_notices(notices) if notices.is_dir() else ())


def _types(settings: Settings) -> Types:
    further = [] if settings.certificates is None else [settings.certificates]
    return load_certificate_types(packaged_certificates(), *further)


async def _until_stopped(
    url: str, registry: Registry, settings: Settings, listener: socket.socket
) -> None:
    async with desk_database(url):
        pass  # what is wrong with it is told in words before anything else begins
    calendar, types = _calendar(settings), _types(settings)
    with stopped_by_signal() as stopped:
        async with (
            _sealroom(settings) as sealer,
            open_desk(url, registry, sealer, calendar, _now, types=types) as desk,
            registry_reloading(desk, partial(_registry, settings), _registry_files(settings)),
            desk_answering(desk, listener),
        ):
            plain(out(), f"The desk answers at {address(listener)}/api/v1/health. Ctrl-C ends it.")
            await stopped.wait()


@asynccontextmanager
async def _sealroom(settings: Settings) -> AsyncIterator[SealRoom]:
    """The seal room of the data folder; what is wrong with its keys is told in words."""
    async with AsyncExitStack() as stack:
        try:
            room = await stack.enter_async_context(open_sealroom(settings.data / "notary", _now()))
        except ProofTrouble as trouble:
            raise CommandFailed(f"{trouble}. Put it back from a backup.") from None
        yield room


def _now() -> datetime:
    return datetime.now(UTC)
