"""The desk's database as the commands open it: what goes wrong is told, with how to mend it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated

import typer
from sqlalchemy import make_url

from hub.commands.database import DATABASE_TROUBLE
from hub.commands.trouble import CommandFailed
from hub.desk.store.opening import DeskDatabase, open_desk_database
from hub.settings import Settings

Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        envvar="CERTHUB_DESK_DATABASE",
        help="The desk's own database; SQLite in the data folder if left out (数据库).",
    ),
]


def desk_url(settings: Settings, database: str | None) -> str:
    """The URL of the desk's database."""
    return database or settings.desk_database


@asynccontextmanager
async def desk_database(url: str) -> AsyncIterator[DeskDatabase]:
    """The database, migrated; raises `CommandFailed` where it can't be opened."""
    async with AsyncExitStack() as stack:
        try:
            database = await stack.enter_async_context(open_desk_database(url))
        except DATABASE_TROUBLE as trouble:
            where = make_url(url).render_as_string(hide_password=True)
            kind = type(trouble).__name__
            raise CommandFailed(
                f"the desk's database {where} can't be opened ({kind}). Check that it is there and"
                " may be written, or name another one by CERTHUB_DESK_DATABASE."
            ) from None
        yield database
