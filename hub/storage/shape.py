"""Looks at the tables of a database without changing anything in it."""

from enum import StrEnum

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.storage.engine import MIGRATIONS, writing
from hub.storage.upgrading import migration_config


class Tables(StrEnum):
    """What shape the tables of a database are in."""

    NEWEST = "newest"
    OLDER = "older"
    UNKNOWN = "unknown"
    NONE = "none"


async def look_at_tables(engine: AsyncEngine) -> Tables:
    """The shape of the tables, which stay as they are; fails where no record could be written."""
    async with writing(engine) as connection:
        return await connection.run_sync(_shape)


def _shape(connection: Connection) -> Tables:
    scripts = ScriptDirectory.from_config(migration_config(MIGRATIONS))
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return Tables.NONE
    if revision == scripts.get_current_head():
        return Tables.NEWEST
    known = {script.revision for script in scripts.walk_revisions()}
    return Tables.OLDER if revision in known else Tables.UNKNOWN
