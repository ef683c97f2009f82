"""`certhub desk`: the supplementary verification platform by itself."""

import asyncio
import signal
import socket
from dataclasses import replace
from functools import partial
from typing import Annotated

import orjson
import typer

from hub.commands.desk_database import Database, desk_database, desk_url
from hub.commands.logging import log_to_stderr
from hub.commands.options import Data, Host, settings_of
from hub.commands.running import LONGEST_END, address, listening, run, stopped_by_signal
from hub.commands.terminal import aside, out, plain
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.credentials import load_credentials
from hub.deployed_desk import open_deployed_desk, registry_files
from hub.desk.openapi import openapi_document
from hub.desk.registry import Registry, read_registry
from hub.desk.reloading import registry_reloading
from hub.desk.serving import desk_answering
from hub.settings import Settings

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
    in <data>/holidays, seals and keys in <data>/notary (see certhub seals), a platform with shared
    information in <data>/shared.
    """
    if openapi:
        plain(out(), printed_openapi())
        return
    log_to_stderr()
    settings = settings_of(data)
    registry = _registry(settings)
    settings = replace(settings, desk_database=desk_url(settings, database))
    with listening(host, port) as listener:
        run(_until_stopped(registry, settings, listener))
    plain(aside(), "The desk has ended.")


def printed_openapi() -> str:
    """The OpenAPI document as it is committed."""
    options = orjson.OPT_INDENT_2
    return orjson.dumps(openapi_document(), option=options).decode()


def _registry(settings: Settings) -> Registry:
    secrets = load_credentials(settings.credentials, settings.environ)
    return read_registry(settings.data / "desk.toml", secrets)


async def _until_stopped(registry: Registry, settings: Settings, listener: socket.socket) -> None:
    async with desk_database(settings.desk_database):
        pass  # what is wrong with it is told in words before anything else begins
    further = [] if settings.certificates is None else [settings.certificates]
    types = load_certificate_types(packaged_certificates(), *further)
    with stopped_by_signal(LONGEST_END) as stopped:
        async with (
            open_deployed_desk(settings, registry, types) as desk,
            registry_reloading(
                desk, partial(_registry, settings), registry_files(settings)
            ) as reload,
            desk_answering(desk, listener),
        ):
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload)
            plain(out(), f"The desk answers at {address(listener)}/api/v1/health. Ctrl-C ends it.")
            await stopped.wait()
