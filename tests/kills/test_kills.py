"""Killed together at random moments under load, hub and desk lose nothing and do nothing twice.

CERTHUB_HUB_KILLS says how often; `make chaos` kills them two hundred times.
"""

import asyncio
import os
import random
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path

import aiohttp
import pytest
import structlog

from tests.kills.ground import Ground, lay_ground
from tests.kills.load import Load
from tests.kills.victim import live

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("CERTHUB_HUB_KILLS", "3"))
YOUNG, OLD = 0.2, 0.7
"""Below the first a hub may be killed before it has answered, above the second it has proven."""
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.kills.victim", "resolvers.app"])
PATIENCE = 90.0
_log = structlog.get_logger()


@contextmanager
def victim(ground: Ground, listener: socket.socket) -> Iterator[None]:
    """A hub that is killed with SIGKILL at the end."""
    process = PROCESSES.Process(target=live, args=(ground.environ, listener))
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()
        process.close()


async def test_hub_and_desk_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    """Each answer has its record, each request and each sealed proof is there exactly once."""
    ground = await lay_ground(tmp_path)
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/graphql"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as session:
            load = Load(ground, url, session)
            asking = [
                asyncio.create_task(one) for one in (*(load.ask() for _ in range(4)), load.look())
            ]
            issuing = [asyncio.create_task(load.issue(role)) for role in ("vera", "keeper")]
            for _ in range(KILLS):
                with victim(ground, listener):
                    age = random.random()
                    if age > YOUNG:
                        await load.something(load.proven if age > OLD else load.answered)
                    await asyncio.sleep(random.uniform(0, 1.5))
                    assert not [one for one in (*asking, *issuing) if one.done()]
            with victim(ground, listener):
                load.over = True
                async with asyncio.timeout(PATIENCE):
                    await asyncio.gather(*asking)
                for one in issuing:
                    one.cancel()
    figures = held_against(ground, load)
    _log.info("killed hub and desk", kills=KILLS, lost_answers=load.lost, **figures)


def held_against(ground: Ground, load: Load) -> dict[str, int]:
    """What is kept against what was told, and how much of each there is."""
    data = ground.settings.data
    recorded = column(data / "certhub.db", "SELECT id FROM disclosures")
    requests = column(data / "desk.db", "SELECT id FROM desk_requests")
    documents = column(data / "desk.db", "SELECT request FROM desk_documents")
    uses = column(data / "desk.db", "SELECT document_number FROM desk_seal_uses")
    sent = column(data / "desk.db", "SELECT request FROM desk_proofs")

    assert len(load.records) == len(set(load.records))
    assert set(load.records) <= set(recorded)
    assert sorted(requests) == sorted(load.accepted.values())
    assert sorted(documents) == sorted(sent) == sorted(load.delivered)
    assert sorted(uses) == sorted(load.delivered.values())
    assert set(load.delivered) == set(requests)
    return {
        "answers": len(load.records),
        "records": len(recorded),
        "requests": len(requests),
        "proofs": len(sent),
    }


def column(file: Path, query: str) -> list[str]:
    """The first column of what is found."""
    with closing(sqlite3.connect(file)) as database:
        return [row[0] for row in database.execute(query)]
