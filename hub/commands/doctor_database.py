"""What `certhub doctor` sees of the database: it makes nothing there and migrates nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.commands.database import DATABASE_TROUBLE, not_opened
from hub.commands.trouble import CommandFailed
from hub.settings import Settings
from hub.storage.engine import open_engine
from hub.storage.shape import Tables, look_at_tables
from hub.storage.sqlite_file import file_of

MAKE = (
    "`certhub catalogue import FILE --name NAME --effective-from YYYY-MM-DD` makes it, `certhub "
    "serve` as well."
)
ELSEWHERE = "If yours lies elsewhere, set --data or CERTHUB_DATABASE."


@asynccontextmanager
async def database_as_it_is(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The database, ready for use; raises `CommandFailed` with what is wrong and how to mend it."""
    engine = open_engine(settings.database, make=False)
    try:
        _check_file(settings)
        _check_shape(await look_at_tables(engine))
        yield engine
    except DATABASE_TROUBLE as error:
        raise CommandFailed(not_opened(settings, error)) from None
    finally:
        await engine.dispose()


def _check_file(settings: Settings) -> None:
    url = make_url(settings.database)
    file = file_of(url) if url.get_backend_name() == "sqlite" else None
    if file is not None and not file.exists():
        raise CommandFailed(f"There is none at {file}. {MAKE} {ELSEWHERE}")


def _check_shape(tables: Tables) -> None:
    match tables:
        case Tables.NEWEST:
            return
        case Tables.NONE:
            raise CommandFailed(f"It has no tables yet. {MAKE} {ELSEWHERE}")
        case Tables.OLDER:
            raise CommandFailed(
                "Its tables are of an older certhub. Make a backup; `certhub serve` brings them up "
                "to date."
            )
        case Tables.UNKNOWN:
            raise CommandFailed(
                "Its tables are of a newer certhub. Run that one, or one newer still."
            )
