"""The trail over real databases: what returned is on disk, what failed left nothing."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.storage.engine import migrate, open_engine
from hub.storage.record_store import SqlRecords
from hub.trail.batches import alone
from hub.trail.records import RecordsUnavailable
from hub.trail.writer import Trail
from tests.commands.test_records_in_trouble import full_disk
from tests.trail.sample import NOON, a_batch, a_record


async def test_a_record_reads_back_as_it_was_written(engine: AsyncEngine) -> None:
    """Every field survives the database, the time with microseconds and zone."""
    store = SqlRecords(engine)

    async with Trail(store) as trail:
        for batch in (a_batch("b"), a_batch("a"), a_batch("z", request_id="r2")):
            await trail.record(batch)

    assert await store.get("a") == a_record("a")
    assert await store.of_request("r1") == (a_record("a"), a_record("b"))
    assert await store.get("nobody") is None


async def test_many_callers_make_one_commit(engine: AsyncEngine) -> None:
    """200 callers of one moment cost the database one commit."""
    commits = []

    async with Trail(SqlRecords(engine), committed=lambda n, _: commits.append(n)) as trail:
        await asyncio.gather(*(trail.record(a_batch(str(n))) for n in range(200)))

    assert commits == [200]
    assert len(await SqlRecords(engine).of_request("r1")) == 200


async def test_the_same_record_twice_is_harmless(engine: AsyncEngine) -> None:
    """A repeated id leaves the first record as it is, in one commit and over two."""
    async with Trail(SqlRecords(engine)) as trail:
        together = (a_batch("a"), a_batch("a", case="C-2"))
        await asyncio.gather(*map(trail.record, together))
        again = (a_batch("a", case="C-3"), a_batch("b"))
        await asyncio.gather(*map(trail.record, again))

    assert await SqlRecords(engine).of_request("r1") == (a_record("a"), a_record("b"))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE disclosure_batches SET unit = 'x'", "DELETE FROM disclosure_batches"],
)
async def test_records_can_not_be_changed(engine: AsyncEngine, statement: str) -> None:
    """The database itself refuses to change or delete a record."""
    await SqlRecords(engine).append([a_batch("a")])

    with pytest.raises(DBAPIError, match="disclosures are only ever added to"):
        async with engine.begin() as connection:
            await connection.execute(text(statement))

    assert await SqlRecords(engine).get("a") == a_record("a")


async def test_records_can_not_be_replaced_or_truncated(engine: AsyncEngine) -> None:
    """Each database's own back door is shut too."""
    await SqlRecords(engine).append([a_batch("a")])

    if engine.dialect.name == "sqlite":
        async with engine.begin() as connection:
            for verb in ("INSERT OR REPLACE", "REPLACE"):
                await connection.execute(
                    text(
                        f"{verb} INTO disclosure_batches "
                        "(id, request_id, at, key, unit, count, entries) "
                        "VALUES ('a', 'r1', '', '', '', 0, '[]')"
                    )
                )
    else:
        with pytest.raises(DBAPIError, match="disclosures are only ever added to"):
            async with engine.begin() as connection:
                await connection.execute(text("TRUNCATE disclosure_batches"))

    assert await SqlRecords(engine).of_request("r1") == (a_record("a"),)


async def test_a_missing_table_is_a_retryable_failure(database: str) -> None:
    """A database without its tables: nothing is taken, the error says what to do."""
    engine = open_engine(database)

    async with Trail(SqlRecords(engine)) as trail:
        with pytest.raises(RecordsUnavailable) as raised:
            await trail.record(a_batch("a"))
        await migrate(engine)
        await trail.record(a_batch("a"))

    kind = {"sqlite": "OperationalError", "postgresql": "ProgrammingError"}[engine.dialect.name]
    assert str(raised.value) == (
        f"the database did not take the records ({kind}): ask again later; "
        "certhub doctor says what is wrong"
    )
    assert await SqlRecords(engine).get("a") == a_record("a")
    await engine.dispose()


async def test_lost_connections_are_replaced(engine: AsyncEngine) -> None:
    """A database that restarted, or cut us off, is written to again without our restart."""
    async with Trail(SqlRecords(engine)) as trail:
        await trail.record(a_batch("a"))
        if engine.dialect.name == "postgresql":
            other = open_engine(engine.url.render_as_string(hide_password=False))
            async with other.connect() as connection:
                cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                all_but_mine = "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                await connection.execute(text(cut + all_but_mine))
            await other.dispose()
        else:
            await engine.dispose()
        await trail.record(a_batch("b"))

    assert await SqlRecords(engine).of_request("r1") == (a_record("a"), a_record("b"))


async def test_a_locked_database_fails_and_recovers(tmp_path: Path) -> None:
    """While another holds SQLite nothing is taken; afterwards commits work by themselves."""
    engine = open_engine(f"sqlite:///{tmp_path}/hub.db", busy_timeout=0.05)
    await migrate(engine)
    other = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async with Trail(SqlRecords(engine)) as trail:
        told = await asyncio.gather(
            *(trail.record(a_batch(name)) for name in "abc"), return_exceptions=True
        )
        other.execute("ROLLBACK")
        await trail.record(a_batch("d"))

    other.close()
    assert [type(one) for one in told] == [RecordsUnavailable] * 3
    assert await SqlRecords(engine).of_request("r1") == (a_record("d"),)
    await engine.dispose()


async def test_a_read_only_file_takes_nothing(tmp_path: Path) -> None:
    """SQLite opened for reading only: the error is the retryable one, nothing is written."""
    writable = open_engine(f"sqlite:///{tmp_path}/hub.db")
    await migrate(writable)
    await writable.dispose()
    engine = open_engine(f"sqlite:///file:{tmp_path}/hub.db?mode=ro&uri=true")

    async with Trail(SqlRecords(engine)) as trail:
        with pytest.raises(RecordsUnavailable, match="OperationalError"):
            await trail.record(a_batch("a"))

    assert await SqlRecords(engine).get("a") is None
    await engine.dispose()


async def test_a_full_disk_fails_and_recovers(tmp_path: Path) -> None:
    """A database that may not grow takes nothing of a commit; with room again it does."""
    engine = open_engine(f"sqlite:///{tmp_path}/hub.db")
    await migrate(engine)
    big = a_batch("a", case="C" * 1_000_000)

    async with Trail(SqlRecords(engine)) as trail:
        with full_disk(os.getpid(), 500_000):
            with pytest.raises(RecordsUnavailable, match="OperationalError"):
                await trail.record(big)
            assert await SqlRecords(engine).of_request("r1") == ()
        await trail.record(big)

    assert len(await SqlRecords(engine).of_request("r1")) == 1
    await engine.dispose()


async def test_a_commit_that_failed_holds_nobody_up(tmp_path: Path) -> None:
    """What it began is rolled back before its callers are told: others may write at once."""
    engine = open_engine(f"sqlite:///{tmp_path}/hub.db")
    await migrate(engine)

    async with Trail(SqlRecords(engine)) as trail:
        await trail.record(a_batch("a"))
        with closing(sqlite3.connect(tmp_path / "hub.db", isolation_level=None)) as other:
            other.execute(_ONLY_ONE)
            with pytest.raises(RecordsUnavailable, match="IntegrityError"):
                await asyncio.gather(*map(trail.record, (a_batch("b"), a_batch("c"))))
            other.execute("PRAGMA busy_timeout = 0")
            other.execute("DROP TRIGGER only_one")
        await trail.record(a_batch("d"))

    assert await SqlRecords(engine).of_request("r1") == (a_record("a"), a_record("d"))
    await engine.dispose()


_ONLY_ONE = """CREATE TRIGGER only_one BEFORE INSERT ON disclosure_batches WHEN NEW.id = 'c'
BEGIN SELECT RAISE(ABORT, 'no more'); END"""


async def test_a_deleted_database_takes_nothing_until_one_is_back(tmp_path: Path) -> None:
    """Nothing counts as written to a file nobody finds; a migrated one put there is taken up."""
    file, spare = tmp_path / "hub.db", tmp_path / "spare.db"
    engine, other = (open_engine(f"sqlite:///{one}") for one in (file, spare))
    await migrate(engine)
    await migrate(other)
    await other.dispose()

    async with Trail(SqlRecords(engine)) as trail:
        await trail.record(a_batch("a"))
        _delete(file)
        for why in ("the database file was deleted: put it back", r"\(OperationalError\)"):
            with pytest.raises(RecordsUnavailable, match=why):
                await trail.record(a_batch("b"))
        assert not file.exists()
        spare.rename(file)
        await trail.record(a_batch("c"))

    assert await SqlRecords(engine).of_request("r1") == (a_record("c"),)
    await engine.dispose()


async def test_a_replaced_database_is_taken_up(tmp_path: Path) -> None:
    """Only the commit that met the exchange fails; the next one is in the new file."""
    file, spare = tmp_path / "hub.db", tmp_path / "spare.db"
    engine, other = (open_engine(f"sqlite:///{one}") for one in (file, spare))
    await migrate(engine)
    await migrate(other)
    await other.dispose()

    async with Trail(SqlRecords(engine)) as trail:
        await trail.record(a_batch("a"))
        _delete(file)
        spare.rename(file)
        with pytest.raises(RecordsUnavailable, match="the database file was replaced"):
            await trail.record(a_batch("b"))
        await asyncio.gather(*map(trail.record, (a_batch("b"), a_batch("c"))))

    assert await SqlRecords(engine).of_request("r1") == (a_record("b"), a_record("c"))
    await engine.dispose()


def _delete(file: Path) -> None:
    for one in file.parent.glob(f"{file.name}*"):
        one.unlink()


async def test_a_server_that_is_away_is_a_retryable_failure(unused_tcp_port: int) -> None:
    """No PostgreSQL at the address: the caller may ask again later."""
    engine = open_engine(f"postgresql://nobody@127.0.0.1:{unused_tcp_port}/hub")

    async with Trail(SqlRecords(engine)) as trail:
        with pytest.raises(RecordsUnavailable, match=r"ConnectionRefusedError|OSError"):
            await trail.record(a_batch("a"))

    await engine.dispose()


async def test_a_database_in_memory_takes_records_too() -> None:
    """It has no file that a second connection could open: records go over the only one there is."""
    engine = open_engine("sqlite+aiosqlite:///:memory:")
    await migrate(engine)

    async with Trail(SqlRecords(engine)) as trail:
        await trail.record(a_batch("a"))

    assert await SqlRecords(engine).get("a") == a_record("a")
    await engine.dispose()


async def test_a_commit_is_seen_by_who_reads_at_once(tmp_path: Path) -> None:
    """Once `record` returned, another process finds it in the file."""
    engine = open_engine(f"sqlite:///{tmp_path}/hub.db")
    await migrate(engine)

    async with Trail(SqlRecords(engine)) as trail:
        await trail.record(a_batch("a"))
        with closing(sqlite3.connect(tmp_path / "hub.db")) as other:
            (found,) = other.execute('SELECT id, "case", at FROM disclosures').fetchall()

    await engine.dispose()
    assert found == ("a", "C-1", "2026-05-06 12:00:00.123456")


async def test_a_moment_of_another_zone_is_kept_in_utc(engine: AsyncEngine) -> None:
    """It reads back as the same moment, and texts of moments sort by time."""
    china = NOON.astimezone(timezone(timedelta(hours=8)))
    batch = alone(replace(a_record("a"), at=china))

    async with Trail(SqlRecords(engine)) as trail:
        await trail.record(batch)

    assert await SqlRecords(engine).get("a") == a_record("a")
    async with engine.connect() as connection:
        told = (await connection.execute(text("SELECT at FROM disclosure_batches"))).scalar_one()
    if engine.dialect.name == "sqlite":  # which knows no moments, only texts
        assert told == "2026-05-06 12:00:00.123456"


async def test_what_is_disposed_is_closed_and_opened_anew(tmp_path: Path) -> None:
    """The connection of the records is closed with the engine; the next commit opens another."""
    engine = open_engine(f"sqlite:///{tmp_path}/hub.db")
    await migrate(engine)
    log = tmp_path / "hub.db-wal"

    async with Trail(SqlRecords(engine)) as trail:
        await trail.record(a_batch("a"))
        assert log.exists()
        await engine.dispose()
        await until(lambda: not log.exists())  # the last one to close takes the log into the file
        await trail.record(a_batch("b"))
        assert log.exists()

    assert await SqlRecords(engine).of_request("r1") == (a_record("a"), a_record("b"))
    await engine.dispose()


async def until(true: Callable[[], bool]) -> None:
    """Return as soon as it is so; give up after five seconds."""
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come about within five seconds")
