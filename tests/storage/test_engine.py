"""The database opens durable, migrates in place, and says what a wrong URL lacks."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.declarations.words import ConfigurationError
from hub.desk.store.opening import MIGRATIONS as DESK_MIGRATIONS
from hub.evidence import Role
from hub.storage.engine import MIGRATIONS, is_lock, migrate, open_engine, writing
from hub.storage.key_store import list_keys
from hub.storage.migrating import newest
from hub.storage.shape import Tables, look_at_tables
from hub.storage.tables import metadata
from hub.storage.upgrading import migration_config


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
        assert found.scalars().all() == [_head()]


def test_migrations_are_one_chain() -> None:
    """No two migrations follow the same one."""
    assert len(ScriptDirectory.from_config(migration_config(MIGRATIONS)).get_heads()) == 1


def test_the_newest_migration_is_known_by_its_file() -> None:
    """Hub and desk find without Alembic what it says is the newest."""
    for folder in (MIGRATIONS, DESK_MIGRATIONS):
        scripts = ScriptDirectory.from_config(migration_config(folder))
        assert newest(folder) == scripts.get_current_head()


async def test_operators_of_older_keys_keep_their_role(database: str) -> None:
    """A key of the first shape names the same operators after migrating."""
    engine = open_engine(database)
    async with writing(engine) as connection:
        await connection.run_sync(_to_the_first)
        await connection.execute(
            text(
                "INSERT INTO api_keys (id, unit, operators, label, secret_hash, created_at) "
                "VALUES ('k', 'U-1', '[\"op-1\"]', '', :hash, :at)"
            ),
            {"hash": b"x", "at": datetime(2026, 2, 1, tzinfo=UTC)},
        )

    await migrate(engine)

    (record,) = await list_keys(engine)
    await engine.dispose()
    assert record.people == {"op-1": {Role.OPERATOR}}


def _head() -> str | None:
    return ScriptDirectory.from_config(migration_config(MIGRATIONS)).get_current_head()


def _to_the_first(connection: Connection) -> None:
    config = migration_config(MIGRATIONS)
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


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
    assert "disclosure_batches" in names


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
        ("postgresql://hub:hunter2@localhost:abc/hub", "the database URL can't be read"),
    ],
)
def test_another_database_is_refused_with_what_is_allowed(url: str, said: str) -> None:
    """The message says what was given and what is allowed."""
    with pytest.raises(ConfigurationError) as raised:
        open_engine(url)

    assert str(raised.value) == (
        f"{said}; allowed: sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/DATABASE"
    )


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "postgresql://hub:hunter2@localhost:70000/hub",
            "the database URL has port 70000; allowed: 1 to 65535",
        ),
        (
            "postgresql://hub:hunter2@localhost/hub?sslmode=require",
            "the database URL has an option sslmode. Did you mean ssl or password or passfile? "
            "TLS is asked for by "
            "ssl=require or ssl=verify-full.",
        ),
    ],
)
def test_a_wrong_detail_of_the_url_is_named(url: str, said: str) -> None:
    """Port and options are checked before anybody is asked; the password is not repeated."""
    with pytest.raises(ConfigurationError) as raised:
        open_engine(url)

    assert str(raised.value) == said


async def test_a_newer_database_is_left_alone(engine: AsyncEngine) -> None:
    """Tables of a newer certhub are wrong configuration, and stay as they are."""
    await _set_revision(engine, "9999")

    with pytest.raises(ConfigurationError, match="the tables of a newer certhub"):
        await migrate(engine)

    assert await look_at_tables(engine) is Tables.UNKNOWN


async def test_the_shape_of_the_tables(database: str) -> None:
    """None at first, the newest after a migration; looking makes none."""
    engine = open_engine(database)

    before, again = await look_at_tables(engine), await look_at_tables(engine)
    await migrate(engine)
    after = await look_at_tables(engine)

    await engine.dispose()
    assert (before, again, after) == (Tables.NONE, Tables.NONE, Tables.NEWEST)


def test_only_who_makes_a_database_makes_it(tmp_path: Path) -> None:
    """Opened with `make=False` a missing file and its folder stay missing."""
    open_engine(f"sqlite:///{tmp_path}/new/hub.db", make=False)

    assert list(tmp_path.iterdir()) == []


async def test_a_lock_is_told_from_other_failures(tmp_path: Path) -> None:
    """SQLite's own code says whether somebody else has the file locked."""
    engine = open_engine(f"sqlite:///{tmp_path}/hub.db", busy_timeout=0.05)
    await migrate(engine)
    other = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(SQLAlchemyError) as raised:
        await look_at_tables(engine)

    other.close()
    await engine.dispose()
    assert is_lock(raised.value)
    assert not is_lock(OSError("disk full"))


async def test_writers_of_one_process_take_turns(tmp_path: Path) -> None:
    """Only another process makes one give up: whoever writes here is waited for, first come first."""
    engine = open_engine(f"sqlite:///{tmp_path}/hub.db", busy_timeout=0.0)
    done: list[int] = []

    async def write(number: int) -> None:
        async with writing(engine) as connection:
            await connection.execute(text("SELECT 1"))
            done.append(number)

    async with writing(engine):
        others = [asyncio.create_task(write(number)) for number in range(8)]
        await asyncio.sleep(0.1)
        assert done == []
    await asyncio.gather(*others)
    await engine.dispose()

    assert done == list(range(8))


async def _set_revision(engine: AsyncEngine, revision: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE alembic_version SET version_num = :it"), {"it": revision}
        )
