"""Killed at random moments under load, the desk loses nothing and does nothing twice.

CERTHUB_KILLS says how often; `make chaos` kills it two hundred times.
"""

import asyncio
import os
import random
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context

import aiohttp
import pytest
import structlog
from sqlalchemy import text

from hub.desk.store.opening import open_desk_database
from tests.desk_platform.accounts import everything_once
from tests.desk_platform.ground import Caller, paper_seals_on_record
from tests.desk_platform.load import Follower, Load
from tests.desk_platform.victim import live

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("CERTHUB_KILLS", "10"))
CALLERS = 6
LIVES = (0.05, 0.2, 0.4, 1.5)
"""Seconds that a desk has at most: from hardly any, to enough for whole requests."""
PATIENCE = 30 + KILLS
_log = structlog.get_logger()
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.desk_platform.victim"])


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
    """After all kills each request, step, proof, use, extraction and change is there once.

    Every timer fired or stands, once; who followed the feed of changes saw each change once.
    """
    async with open_desk_database(database) as opened:
        await paper_seals_on_record(opened)
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        murders = Murders(database, listener, time.time())
        async with aiohttp.ClientSession() as session:
            caller = Caller(session, f"http://127.0.0.1:{listener.getsockname()[1]}")
            load, follower = Load(caller), Follower(caller)
            following = asyncio.create_task(follower.follow())
            callers = [asyncio.create_task(load.ask()) for _ in range(CALLERS)]
            await _kill_again_and_again(load, murders)
            with murders.victim():
                load.over = True
                await asyncio.gather(*callers)
                await _all_fired(database)
                await _all_read(database, follower)
                following.cancel()

    async with open_desk_database(database) as opened:
        figures = await everything_once(opened, load, follower)
    assert load.repeated > KILLS
    assert load.sent
    assert figures.recalls
    passed = round(time.monotonic() - began)
    _log.info("killed", times=KILLS, seconds=passed, cut_off=load.repeated, **asdict(figures))


async def _kill_again_and_again(load: Load, murders: Murders) -> None:
    """Kill most while they answer, soon or later, every fourth while it starts."""
    chance = random.Random(3)
    for number in range(KILLS):
        with murders.victim():
            if number % 4:
                await load.answered()
            await asyncio.sleep(chance.choice(LIVES) * chance.random())


async def _all_fired(database: str) -> None:
    """Wait until no request is with its issuer and has a timer left."""
    query = text(
        "SELECT count(*) FROM desk_timers t JOIN desk_requests r ON r.id = t.request"
        " WHERE r.state = 'delivered'"
    )
    async with open_desk_database(database) as opened, asyncio.timeout(PATIENCE):
        while True:
            async with opened.reading() as connection:
                if (await connection.execute(query)).scalar_one() == 0:
                    return
            await asyncio.sleep(0.1)


async def _all_read(database: str, follower: Follower) -> None:
    """Wait until the follower is at the end."""
    query = text("SELECT last FROM desk_change_count")
    async with open_desk_database(database) as opened, asyncio.timeout(PATIENCE):
        while True:
            async with opened.reading() as connection:
                if (await connection.execute(query)).scalar_one() == follower.last:
                    return
            await asyncio.sleep(0.1)
