"""The database as the commands open it: what goes wrong is told, with how to mend it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.commands.trouble import CommandFailed
from hub.settings import Settings
from hub.storage.engine import is_lock
from hub.storage.opened import open_database

DATABASE_TROUBLE = (SQLAlchemyError, OSError)
"""What the drivers raise where a database can't be opened."""


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The database, migrated; raises `CommandFailed` where it can't be opened."""
    async with AsyncExitStack() as stack:
        try:
            engine = await stack.enter_async_context(open_database(settings))
        except DATABASE_TROUBLE as error:
            raise CommandFailed(not_opened(settings, error)) from None
        yield engine


async def check_database(settings: Settings) -> None:
    """Open the database and close it again, so that what is wrong with it is told by its name."""
    async with database_of(settings):
        return


def not_opened(settings: Settings, error: Exception) -> str:
    """Why the database could not be opened, without its password."""
    url = make_url(settings.database)
    where = url.render_as_string(hide_password=True)
    kind = type(error).__name__
    if is_lock(error):
        return (
            f"the database {where} is locked by another process. Wait until it has ended (an "
            f"import, a backup), or find it: fuser -v {url.database}"
        )
    if url.get_backend_name() == "sqlite":
        return (
            f"the database {where} can't be opened ({kind}). Check that its folder may be written "
            "and that the file is a SQLite database, or set CERTHUB_DATABASE."
        )
    return (
        f"the database {where} can't be opened ({kind}). Check that PostgreSQL runs there and "
        "takes this user and password (CERTHUB_DATABASE)."
    )
