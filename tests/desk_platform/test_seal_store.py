"""Seals in the desk's database, and a desk that dies between sealing and keeping."""

import asyncio
import os
import signal
import socket
import time
from datetime import datetime, timedelta

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from hub.desk.sealing import SealRefused
from hub.desk.seals import change_seal, keep_use, register
from hub.desk.serving import desk_answering, open_desk
from hub.desk.store.opening import open_desk_database
from hub.desk.store.seals import add_use, all_seals, record_of, record_of_document
from hub.desk.words import Officer
from hub.notary.ledger import read_registry, write_registry
from hub.notary.registry import Change, Forbidden, Registry, SealEvent, SealRecord
from hub.notary.words import Content, Seal, Sealed, SealKind, SealUse
from hub.workdays.calendar import WorkingDays
from tests.desk_platform.ground import (
    CIVIL,
    KEEPER,
    REGISTRY,
    TEN,
    TYPES,
    Caller,
    Ground,
    PaperSeals,
    paper_seal,
    paper_seals_on_record,
)
from tests.desk_platform.test_kill import PROCESSES

USE = SealUse("seal-1", "keeper", TEN, "HS-1")
WHO = Officer(CIVIL, "keeper")


async def test_seals_come_back_as_they_were(ground: Ground) -> None:
    """Every seal with what was done to it and each use, by number; one by its document."""
    async with ground.desk.database.writing() as connection:
        await add_use(connection, USE)

    async with ground.desk.database.reading() as connection:
        records = await all_seals(connection)
        by_document = await record_of_document(connection, "HS-1")
        nowhere = await record_of_document(connection, "HS-2")
        bare = await record_of(connection, "seal-1")

    permitted = SealEvent(TEN, Change.PERMITTED, "police", "keeper")
    first = SealRecord(paper_seal("seal-1"), (permitted,), (USE,))
    assert [each.seal.id for each in records] == ["seal-1", "seal-2", "seal-3"]
    assert records[0] == by_document == first
    assert bare is not None
    assert (bare.uses, nowhere) == ((), None)
    whole = Registry({each.seal.id: each for each in records})
    assert read_registry(write_registry(whole)) == whole


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM desk_seal_events",
        "UPDATE desk_seal_events SET operator = 'other'",
        "DELETE FROM desk_seal_uses",
        "UPDATE desk_seal_uses SET operator = 'other'",
    ],
)
async def test_what_was_done_stays(ground: Ground, change: str) -> None:
    """The database itself refuses to change what was done to a seal or with it."""
    async with ground.desk.database.writing() as connection:
        await add_use(connection, USE)

    with pytest.raises(DBAPIError, match="only ever added to"):
        async with ground.desk.database.writing() as connection:
            await connection.exec_driver_sql(change)


async def test_a_number_is_used_once(ground: Ground) -> None:
    """No two documents have one number, whatever the seal; a use that repeats it is refused."""
    async with ground.desk.database.writing() as connection:
        await add_use(connection, USE)

    with pytest.raises(IntegrityError):
        async with ground.desk.database.writing() as connection:
            await add_use(connection, SealUse("seal-2", "apprentice", TEN, "HS-1"))
    with pytest.raises(SealRefused, match="bears seal seal-1 already"):
        async with ground.desk.database.writing() as connection:
            await keep_use(connection, USE, SealKind.VERIFICATION, WHO)


async def test_two_changes_at_once(ground: Ground) -> None:
    """Of five who suspend at the same moment one does; the others are told how it stands."""

    def suspended(at: object) -> SealEvent:
        return SealEvent(TEN, Change.SUSPENDED, "police")

    done = await asyncio.gather(
        *(change_seal(ground.desk.database, "seal-1", suspended, ground.clock) for _ in range(5))
    )

    refused = [each for each in done if isinstance(each, Forbidden)]
    assert len(refused) == 4
    assert {each.message for each in refused} == {"the seal is suspended, so it can't be suspended"}


async def test_changes_come_after_the_last_use(ground: Ground) -> None:
    """A clock behind makes nothing undone: what was sealed before stays permitted."""
    async with ground.desk.database.writing() as connection:
        await add_use(connection, SealUse("seal-1", "keeper", TEN + timedelta(hours=1), "HS-1"))

    done = await change_seal(
        ground.desk.database,
        "seal-1",
        lambda at: SealEvent(at, Change.REVOKED, "police"),
        ground.clock,
    )

    assert isinstance(done, SealRecord)
    assert done.events[-1].at == TEN + timedelta(hours=1, microseconds=1)


async def test_a_clock_behind_uses_nothing_that_was_withdrawn(ground: Ground) -> None:
    """What was withdrawn by a clock ahead is withdrawn at once, whatever this desk's clock says."""
    request = await ground.hub.to_made()

    def withdrawn(at: datetime) -> SealEvent:
        return SealEvent(at + timedelta(hours=1), Change.WITHDRAWN, "police", "keeper")

    await change_seal(ground.desk.database, "seal-1", withdrawn, ground.clock)

    named = await ground.hub.step(request, "seal", KEEPER, seal="seal-1")
    unnamed = await ground.hub.step(request, "seal", KEEPER)

    assert (named.status, unnamed.status) == (409, 409)
    assert "permitted to nobody" in named.body["message"]


async def test_withdrawn_amid_sealing(ground: Ground) -> None:
    """Of eight sealed while the permission is withdrawn, those on record were permitted: no others."""
    requests = [await ground.hub.to_made() for _ in range(8)]

    async def withdraw() -> None:
        await asyncio.sleep(0.02)
        await change_seal(
            ground.desk.database,
            "seal-1",
            lambda at: SealEvent(at, Change.WITHDRAWN, "police", "keeper"),
            ground.clock,
        )

    withdrawing = asyncio.create_task(withdraw())
    replies = await asyncio.gather(
        *(ground.hub.step(each, "seal", KEEPER, seal="seal-1") for each in requests)
    )
    await withdrawing

    async with ground.desk.database.reading() as connection:
        record = (await all_seals(connection))[0]
    assert all(record.standing(use.at).operators == {"keeper"} for use in record.uses)
    assert [each.status for each in replies].count(200) == len(record.uses)
    assert {each.status for each in replies} <= {200, 409}
    late = await ground.hub.step(await ground.hub.to_made(), "seal", KEEPER)
    assert late.status == 409


async def test_numbers_of_seals(ground: Ground) -> None:
    """A second seal of the same number isn't kept, and nothing is done to one that isn't there."""
    again = await register(ground.desk.database, paper_seal("seal-1"))
    nowhere = await change_seal(
        ground.desk.database, "9", lambda at: SealEvent(at, Change.REVOKED, "x"), ground.clock
    )

    assert isinstance(again, Forbidden)
    assert again.message == "seal seal-1 is in the registry already: give another number"
    assert isinstance(nowhere, Forbidden)
    assert nowhere.message == "no seal 9 is in the registry: see `certhub seals list`"


class Deadly(PaperSeals):
    """A sealer with which the process is killed as soon as the document is sealed."""

    async def seal(self, content: Content, seal: Seal, use: SealUse) -> Sealed:
        """The last thing this process does."""
        await super().seal(content, seal, use)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def serve(database: str, listener: socket.socket, deadly: bool) -> None:
    """A desk in a process of its own, until it is killed."""
    asyncio.run(_serve(database, listener, Deadly() if deadly else PaperSeals()))


async def _serve(database: str, listener: socket.socket, sealer: PaperSeals) -> None:
    async with (
        open_desk(database, REGISTRY, sealer, WorkingDays(), lambda: TEN, types=TYPES) as desk,
        desk_answering(desk, listener),
    ):
        await asyncio.Event().wait()


async def _answered(caller: Caller) -> None:
    """Wait until the desk of the day answers anybody."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            async with asyncio.timeout(1):
                await caller.get("health")
                return
        except (aiohttp.ClientError, TimeoutError):
            await asyncio.sleep(0.02)
    raise AssertionError("the desk never answered")


async def test_death_between_sealing_and_keeping(database: str) -> None:
    """The sealed document that nobody kept never was; the same call repeated is one use."""
    async with open_desk_database(database) as opened:
        await paper_seals_on_record(opened)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with aiohttp.ClientSession() as session:
            caller = Caller(session, f"http://127.0.0.1:{listener.getsockname()[1]}")
            dying = PROCESSES.Process(target=serve, args=(database, listener, True))
            dying.start()
            await _answered(caller)
            request = await caller.to_made()
            path, body = f"requests/{request}/seal", {"by": KEEPER}

            with pytest.raises(aiohttp.ClientError):
                await caller.post(path, body, "k")
            dying.join()
            assert dying.exitcode == -signal.SIGKILL
            assert await _kept(database) == (0, 0)

            living = PROCESSES.Process(target=serve, args=(database, listener, False))
            living.start()
            try:
                await _answered(caller)
                replies = [await caller.post(path, body, "k") for _ in range(2)]
            finally:
                living.kill()
                living.join()
    assert [each.status for each in replies] == [200, 200]
    assert replies[0].raw == replies[1].raw
    assert await _kept(database) == (1, 1)


async def _kept(database: str) -> tuple[int, int]:
    async with open_desk_database(database) as opened, opened.reading() as connection:
        uses = await connection.execute(text("SELECT count(*) FROM desk_seal_uses"))
        documents = await connection.execute(text("SELECT count(*) FROM desk_documents"))
        return uses.scalar_one(), documents.scalar_one()
