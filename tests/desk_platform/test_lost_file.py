"""A desk's SQLite file that was deleted, moved or replaced takes no write and gives no answer."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from hub.desk.store.opening import open_desk_database
from hub.storage.sqlite_file import DatabaseGone
from tests.desk_platform.ground import (
    CIVIL,
    HOUSING,
    KEEPER,
    MINUTE,
    VALUES,
    VERA,
    Ground,
    Reply,
    open_ground,
    submission,
)


@pytest.fixture(autouse=True)
async def connections_end() -> AsyncIterator[None]:
    """A connection that can't be made ends its thread a moment later, which needs the loop."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        if "_connection_worker" in thread.name:
            await asyncio.to_thread(thread.join, 5)


def _files(file: Path) -> list[Path]:
    """The database with its side files."""
    return sorted(file.parent.glob(f"{file.name}*"))


def _delete(file: Path) -> None:
    for one in _files(file):
        one.unlink()


def _move(source: Path, target: Path) -> None:
    for one in _files(source):
        one.rename(target.with_name(one.name.replace(source.name, target.name)))


def _away(file: Path) -> None:
    _move(file, file.with_name("away.db"))


def _only_itself(file: Path) -> None:
    file.unlink()


def _empty(file: Path) -> None:
    _delete(file)
    file.touch()


def _garbage(file: Path) -> None:
    _delete(file)
    file.write_bytes(b"no database" * 1000)


def _folder(file: Path) -> None:
    _delete(file)
    file.mkdir()


LOSSES = pytest.mark.parametrize("lose", [_delete, _away, _only_itself, _empty, _garbage, _folder])


async def _another(file: Path) -> Path:
    """A migrated database without a request."""
    async with open_desk_database(f"sqlite+aiosqlite:///{file}"):
        return file


def _later(reply: Reply) -> None:
    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    assert "repeat the same call" in reply.body["message"]


@LOSSES
async def test_no_write_is_accepted(
    small: Ground, tmp_path: Path, lose: Callable[[Path], None]
) -> None:
    """Opening, stepping and sealing answer 503, once and as often as they are repeated."""
    request, made = await small.hub.open(), await small.hub.open()
    for name, parts in (("claim", {}), ("begin", {}), ("make", {"findings": {"verified": VALUES}})):
        await small.hub.step(made, name, VERA, **parts)
    lose(tmp_path / "desk.db")

    for _ in range(3):
        _later(await small.hub.post("requests", submission(), "key-1"))
        _later(await small.hub.step(request, "claim", VERA))
        _later(await small.hub.step(made, "seal", KEEPER))


@LOSSES
async def test_an_answer_that_is_lost_is_not_repeated(
    small: Ground, tmp_path: Path, lose: Callable[[Path], None]
) -> None:
    """What was accepted before is gone with its file: the same key isn't told otherwise."""
    assert (await small.hub.post("requests", submission(), "key-1")).status == 201
    lose(tmp_path / "desk.db")

    _later(await small.hub.post("requests", submission(), "key-1"))


@LOSSES
async def test_nothing_is_read(small: Ground, tmp_path: Path, lose: Callable[[Path], None]) -> None:
    """Neither a request, nor a page, nor the feed, waiting or not."""
    request = await small.hub.open()
    lose(tmp_path / "desk.db")

    for path in (
        f"requests/{request}?unit={HOUSING}",
        f"requests/inbox?unit={CIVIL}",
        "changes",
        "changes?after=0",
        "changes?after=2&wait=5",
    ):
        _later(await small.hub.get(path))


async def test_put_back_it_goes_on(small: Ground, tmp_path: Path) -> None:
    """A file that was away for a while has what was accepted, and one request per key."""
    file, away = tmp_path / "desk.db", tmp_path / "away.db"
    before = await small.hub.open()
    _move(file, away)
    _later(await small.hub.post("requests", submission(), "key-1"))

    _move(away, file)
    first = await small.hub.post("requests", submission(), "key-1")
    again = await small.hub.post("requests", submission(), "key-1")

    assert (first.status, first.raw) == (201, again.raw)
    outbox = await small.hub.get(f"requests/outbox?unit={HOUSING}")
    assert {each["id"] for each in outbox.body["requests"]} == {before, first.body["id"]}


async def test_a_migrated_one_is_taken_up(small: Ground, tmp_path: Path) -> None:
    """Replaced by an earlier state, the next call is accepted there, and is there for good."""
    file = tmp_path / "desk.db"
    await small.hub.open()
    other = await _another(tmp_path / "other.db")

    _delete(file)
    other.rename(file)
    reply = await small.hub.post("requests", submission(), "key-1")

    assert reply.status == 201
    async with open_ground(f"sqlite+aiosqlite:///{file}") as fresh:
        outbox = await fresh.hub.get(f"requests/outbox?unit={HOUSING}")
        assert [each["id"] for each in outbox.body["requests"]] == [reply.body["id"]]


async def test_another_is_not_mixed_with_the_lost_one(
    small: Ground, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Put where the lost one's -wal still is, it takes nothing until that is gone, too."""
    file = tmp_path / "desk.db"
    before = await small.hub.open()
    other = await _another(tmp_path / "other.db")
    size = other.stat().st_size

    file.rename(tmp_path / "old.db")
    other.rename(file)
    for _ in range(3):
        _later(await small.hub.post("requests", submission(), "key-1"))
        _later(await small.hub.get(f"requests/{before}?unit={HOUSING}"))
    assert file.stat().st_size == size
    assert (
        "put the old one back, or take desk.db-wal and desk.db-shm away" in capsys.readouterr().out
    )
    (tmp_path / "desk.db-wal").unlink()
    (tmp_path / "desk.db-shm").unlink()

    reply = await small.hub.post("requests", submission(), "key-1")
    outbox = await small.hub.get(f"requests/outbox?unit={HOUSING}")
    assert [each["id"] for each in outbox.body["requests"]] == [reply.body["id"]]


async def test_the_lost_one_is_put_back_beside_its_wal(small: Ground, tmp_path: Path) -> None:
    """Exchanged and changed back, it has everything, what was only in its -wal included."""
    file, old = tmp_path / "desk.db", tmp_path / "old.db"
    before = await small.hub.open()
    other = await _another(tmp_path / "other.db")
    file.rename(old)
    other.rename(file)
    _later(await small.hub.post("requests", submission(), "key-1"))

    old.replace(file)

    after = (await small.hub.post("requests", submission(), "key-1")).body["id"]
    outbox = await small.hub.get(f"requests/outbox?unit={HOUSING}")
    assert {each["id"] for each in outbox.body["requests"]} == {before, after}


async def test_a_reader_past_the_end_is_told(small: Ground, tmp_path: Path) -> None:
    """The feed of an earlier database is shorter: 409 says where it ends, and nobody waits."""
    await small.hub.open()
    other = await _another(tmp_path / "other.db")
    _delete(tmp_path / "desk.db")
    other.rename(tmp_path / "desk.db")

    reply = await small.hub.get("changes?after=2&wait=20")

    assert reply.status == 409
    assert "past the end, 0" in reply.body["message"]


async def test_a_timer_waits_for_its_file(small: Ground, tmp_path: Path) -> None:
    """What was due while the file was away is said once when it is back."""
    file, away = tmp_path / "desk.db", tmp_path / "away.db"
    await small.hub.open(immediate=True)
    _move(file, away)
    small.clock.moment += 16 * MINUTE
    for _ in range(3):
        with pytest.raises((DatabaseGone, OperationalError)):
            await small.desk.alarm.fire_due()

    _move(away, file)
    await small.desk.alarm.fire_due()
    await small.desk.alarm.fire_due()

    reply = await small.hub.get(f"reminders?unit={CIVIL}")
    assert [each["kind"] for each in reply.body["reminders"]] == ["half_time"]


async def test_calls_side_by_side(small: Ground, tmp_path: Path) -> None:
    """Of twenty at once around the loss, each that was accepted is in the file that was lost."""
    file, away = tmp_path / "desk.db", tmp_path / "away.db"
    calls = [
        asyncio.create_task(small.hub.post("requests", submission(), f"key-{n}")) for n in range(20)
    ]
    await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
    _move(file, away)
    replies = await asyncio.gather(*calls)
    _move(away, file)

    accepted = {each.body["id"] for each in replies if each.status == 201}
    assert {each.status for each in replies} == {201, 503}
    async with small.desk.database.reading() as connection:
        kept = await connection.execute(text("SELECT id FROM desk_requests"))
        assert accepted <= set(kept.scalars())


async def test_a_file_replaced_while_it_is_opened(tmp_path: Path) -> None:
    """A connection is only made where one file was at the path before and after."""
    file = tmp_path / "desk.db"
    other = await _another(tmp_path / "other.db")
    async with open_desk_database(f"sqlite+aiosqlite:///{file}") as opened:
        await opened.engine.dispose()

        def exchange(*_: object) -> None:
            if other.exists():
                other.replace(file)

        event.listen(opened.engine.sync_engine, "connect", exchange, insert=True)
        with pytest.raises(DatabaseGone, match="replaced"):
            async with opened.writing():
                pytest.fail("it was opened")
        async with opened.writing() as connection:
            found = await connection.execute(text("SELECT count(*) FROM desk_requests"))

    assert found.scalar_one() == 0


@pytest.mark.parametrize("lose", [_delete, _away, _only_itself])
async def test_lost_amid_a_transaction(tmp_path: Path, lose: Callable[[Path], None]) -> None:
    """What SQLite commits into a file nobody finds counts as not written; so does what it reads."""
    file = tmp_path / "desk.db"
    async with open_desk_database(f"sqlite+aiosqlite:///{file}") as opened:
        with pytest.raises(DatabaseGone):
            async with opened.writing() as connection:
                await connection.execute(text("UPDATE desk_change_count SET last = 7"))
                lose(file)
        (await _another(tmp_path / "other.db")).rename(file)
        with pytest.raises(DatabaseGone):
            async with opened.reading() as connection:
                await connection.execute(text("SELECT 1"))
                lose(file)
