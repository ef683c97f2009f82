"""`certhub desk`: the supplementary verification platform by itself."""

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from sqlalchemy import make_url

from hub.commands.database import DATABASE_TROUBLE
from hub.commands.logging import log_to_stderr
from hub.commands.options import Data, Host, settings_of
from hub.commands.running import address, listening, run, stopped_by_signal
from hub.commands.terminal import aside, out, plain
from hub.commands.trouble import CommandFailed
from hub.declarations.credentials import load_credentials
from hub.desk.openapi import openapi_document
from hub.desk.registry import Registry, read_registry
from hub.desk.sealing import NoSeals
from hub.desk.serving import desk_answering, open_desk
from hub.desk.store.opening import open_desk_database
from hub.settings import Settings
from hub.workdays.calendar import WorkingDays, working_days
from hub.workdays.notices import read_notices

OPENAPI = "Print the OpenAPI document and end (接口文档)."
DATABASE = "The desk's own database; SQLite in the data folder if left out (数据库)."


def desk(
    host: Host = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on (监听端口); 0: any free one.")
    ] = 8090,
    data: Data = None,
    database: Annotated[
        str | None, typer.Option(metavar="URL", envvar="CERTHUB_DESK_DATABASE", help=DATABASE)
    ] = None,
    openapi: Annotated[bool, typer.Option("--openapi", help=OPENAPI)] = False,
) -> None:
    """The supplementary verification platform (核查平台) by itself; Ctrl-C ends it.

    Clients, units and people stand in <data>/desk.toml, official holiday notices in
    <data>/holidays.
    """
    if openapi:
        plain(out(), printed_openapi())
        return
    log_to_stderr()
    settings = settings_of(data)
    registry = read_registry(
        settings.data / "desk.toml", load_credentials(settings.credentials, settings.environ)
    )
    url = database or f"sqlite+aiosqlite:///{settings.data / 'desk.db'}"
    with listening(host, port) as listener:
        run(_until_stopped(url, registry, _calendar(settings), listener))
    plain(aside(), "The desk has ended.")


def printed_openapi() -> str:
    """The OpenAPI document as it is committed."""
    options = orjson.OPT_INDENT_2
    return orjson.dumps(openapi_document(), option=options).decode()


def _calendar(settings: Settings) -> WorkingDays:
    notices: Path = settings.data / "holidays"
    return working_days(read_notices(notices) if notices.is_dir() else ())


async def _check(url: str) -> None:
    """Open the database and close it again, so that what is wrong with it is told in words."""
    try:
        async with open_desk_database(url):
            return
    except DATABASE_TROUBLE as trouble:
        where = make_url(url).render_as_string(hide_password=True)
        kind = type(trouble).__name__
        raise CommandFailed(
            f"the desk's database {where} can't be opened ({kind}). Check that it is there and may"
            " be written, or name another one by CERTHUB_DESK_DATABASE."
        ) from None


async def _until_stopped(
    url: str, registry: Registry, calendar: WorkingDays, listener: socket.socket
) -> None:
    await _check(url)
    with stopped_by_signal() as stopped:
        async with (
            open_desk(url, registry, NoSeals(), calendar, lambda: datetime.now(UTC)) as desk,
            desk_answering(desk, listener),
        ):
            plain(out(), f"The desk answers at {address(listener)}/api/v1/health. Ctrl-C ends it.")
            await stopped.wait()
