"""The database opens durable, migrates in place, and says what a wrong URL lacks."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.declarations.words import ConfigurationError
from hub.storage.engine import migrate, open_engine
from hub.storage.tables import metadata


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_migrations_and_tables_do_not_drift(engine: AsyncEngine) -> None:
    """What the migrations make is what the code declares."""
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_migrating_again_is_harmless(engine: AsyncEngine) -> None:
    """A second start changes nothing."""
    await migrate(engine)

    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT version_num FROM alembic_version"))
        assert found.scalars().all() == ["0001"]


async def test_replicas_migrate_side_by_side(database: str) -> None:
    """Several replicas may start at once on an empty database."""
    engines = [open_engine(database) for _ in range(4)]

    await asyncio.gather(*map(migrate, engines))

    async with engines[0].connect() as connection:
        names = await connection.run_sync(lambda c: inspect(c).get_table_names())
    assert {*metadata.tables, "alembic_version"} == set(names)
    for engine in engines:
        await engine.dispose()


async def test_sqlite_commits_reach_the_disk(tmp_path: Path) -> None:
    """SQLite runs with WAL, FULL, foreign keys and the busy timeout given."""
    engine = open_engine(f"sqlite:///{tmp_path}/a/new/folder/hub.db", busy_timeout=1.5)

    async with engine.connect() as connection:
        told = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    await engine.dispose()
    assert told == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 1500,
    }


async def test_a_failed_sqlite_migration_leaves_nothing(tmp_path: Path) -> None:
    """Schema changes stand in the transaction: a failure halfway leaves no table behind."""
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path}/hub.db")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE api_keys (id TEXT)"))

    with pytest.raises(Exception, match="api_keys already exists"):
        await migrate(engine)

    async with engine.connect() as connection:
        names = await connection.run_sync(lambda c: inspect(c).get_table_names())
    await engine.dispose()
    assert names == ["api_keys"]


async def test_sqlite_works_in_memory() -> None:
    """`:memory:` makes no file and migrates like any other."""
    engine = open_engine("sqlite+aiosqlite:///:memory:")

    await migrate(engine)

    async with engine.connect() as connection:
        names = await connection.run_sync(lambda c: inspect(c).get_table_names())
    await engine.dispose()
    assert "disclosures" in names


async def test_a_failure_does_not_show_what_was_written(engine: AsyncEngine) -> None:
    """The text of a database error has the statement, not its values: they may name somebody."""
    with pytest.raises(SQLAlchemyError) as raised:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": "李四"})

    assert "nowhere" in str(raised.value)
    assert "李四" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://root@localhost/hub", 'the database URL begins with "mysql"'),
        ("hub.db", "the database URL can't be read"),
    ],
)
def test_another_database_is_refused_with_what_is_allowed(url: str, said: str) -> None:
    """The message says what was given and what is allowed."""
    with pytest.raises(ConfigurationError) as raised:
        open_engine(url)

    assert str(raised.value) == (
        f"{said}; allowed: sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/DATABASE"
    )
