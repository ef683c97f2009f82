"""Killed at random moments under load, the desk loses nothing and does nothing twice."""

import asyncio
import random
import secrets
import socket
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

import aiohttp
from sqlalchemy import text

from hub.desk.clocks import TimerKind
from hub.desk.store.opening import open_desk_database
from tests.desk_platform.ground import (
    CLERK,
    KEEPER,
    VALUES,
    VERA,
    Caller,
    paper_seals_on_record,
    submission,
)
from tests.desk_platform.victim import live

KILLS = 20
CALLERS = 6
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.desk_platform.victim"])
ESCALATED = (
    TimerKind.HALF_TIME,
    TimerKind.LAST_CALL,
    TimerKind.TIME_UP,
    TimerKind.OVERDUE,
    TimerKind.COORDINATOR,
    TimerKind.SUPERVISION,
)


@dataclass
class Load:
    """Callers who repeat each write under its key until they are answered."""

    caller: Caller
    accepted: dict[str, str] = field(default_factory=dict)  # key to request
    sent: set[str] = field(default_factory=set)
    repeated: int = 0
    over: bool = False

    async def answered(self) -> None:
        """Wait until the desk of the day answers anybody."""
        while True:
            try:
                async with asyncio.timeout(1):
                    await self.caller.get("health")
                    return
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.01)

    async def insist(self, path: str, body: object, key: str) -> Mapping[str, Any]:
        """The answer, however often the desk dies before it comes."""
        while True:
            try:
                async with asyncio.timeout(3):
                    reply = await self.caller.post(path, body, key)
            except (aiohttp.ClientError, TimeoutError):
                self.repeated += 1
                await asyncio.sleep(0.02)
                continue
            if reply.status == 503:
                await asyncio.sleep(0.02)
                continue
            assert reply.status in (200, 201), (path, reply.body)
            answered: Mapping[str, Any] = reply.body
            return answered

    async def ask(self) -> None:
        """Open requests one after the other; half of them are answered at once."""
        while not self.over:
            key = secrets.token_hex(8)
            opened = await self.insist("requests", submission(immediate=True), key)
            request = str(opened["id"])
            assert self.accepted.setdefault(key, request) == request
            if len(self.accepted) % 2:
                await self.answer(request)

    async def answer(self, request: str) -> None:
        """Everything from claiming to confirming."""
        for name, by, parts in (
            ("claim", VERA, {}),
            ("begin", VERA, {}),
            ("make", VERA, {"findings": {"verified": VALUES}}),
            ("seal", KEEPER, {}),
            ("send", KEEPER, {}),
            ("receipt", CLERK, {}),
        ):
            await self.insist(
                f"requests/{request}/{name}", {"by": by, **parts}, secrets.token_hex(8)
            )
        self.sent.add(request)


@dataclass
class Murders:
    """Starts desks over one database and one socket, and kills them."""

    database: str
    listener: socket.socket
    began: float

    @contextmanager
    def victim(self) -> Iterator[None]:
        """A desk that is killed with SIGKILL at the end."""
        arguments = (self.database, self.listener, self.began)
        process = PROCESSES.Process(target=live, args=arguments)
        process.start()
        try:
            yield
        finally:
            process.kill()
            process.join()
            process.close()


async def test_nothing_is_lost_or_done_twice(database: str) -> None:
    """After twenty kills every accepted request and proof is there once, every timer fired once.

    So is every use of a seal, with its document.
    """
    async with open_desk_database(database) as opened:
        await paper_seals_on_record(opened)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        murders = Murders(database, listener, time.time())
        async with aiohttp.ClientSession() as session:
            load = Load(Caller(session, f"http://127.0.0.1:{listener.getsockname()[1]}"))
            callers = [asyncio.create_task(load.ask()) for _ in range(CALLERS)]
            await _kill_again_and_again(load, murders)
            with murders.victim():
                load.over = True
                await asyncio.gather(*callers)
                await _all_fired(database)

    assert load.repeated > KILLS
    assert load.sent
    assert set(load.accepted.values()) > load.sent
    await _all_there_once(database, load)


async def _kill_again_and_again(load: Load, murders: Murders) -> None:
    """Kill most while they answer, every fourth while it starts."""
    chance = random.Random(3)
    for number in range(KILLS):
        with murders.victim():
            if number % 4:
                await load.answered()
            await asyncio.sleep(chance.uniform(0.01, 0.2))


async def _all_fired(database: str) -> None:
    """Wait until no request is with its issuer and has a timer left."""
    query = text(
        "SELECT count(*) FROM desk_timers t JOIN desk_requests r ON r.id = t.request"
        " WHERE r.state = 'delivered'"
    )
    async with open_desk_database(database) as opened, asyncio.timeout(20):
        while True:
            async with opened.reading() as connection:
                if (await connection.execute(query)).scalar_one() == 0:
                    return
            await asyncio.sleep(0.1)


async def _all_there_once(database: str, load: Load) -> None:
    accepted = sorted(load.accepted.values())
    async with open_desk_database(database) as opened, opened.reading() as connection:
        kept = await connection.execute(text("SELECT id FROM desk_requests ORDER BY id"))
        proven = await connection.execute(text("SELECT request FROM desk_proofs"))
        documents = await connection.execute(text("SELECT request FROM desk_documents"))
        numbers = await connection.execute(text("SELECT number FROM desk_documents"))
        uses = await connection.execute(text("SELECT document_number FROM desk_seal_uses"))
        events = await connection.execute(
            text("SELECT request, event, count(*) AS times FROM desk_entries GROUP BY 1, 2")
        )
        said = await connection.execute(text("SELECT request, kind FROM desk_reminders"))
        assert kept.scalars().all() == accepted
        assert sorted(numbers.scalars()) == sorted(uses.scalars())
        assert sorted(proven.scalars()) == sorted(documents.scalars()) == sorted(load.sent)
        assert {row.times for row in events} == {1}
        fired = Counter((row.request, TimerKind(row.kind)) for row in said)
    assert set(fired.values()) == {1}
    for request in set(accepted) - load.sent:
        assert {kind for of, kind in fired if of == request} == set(ESCALATED)
