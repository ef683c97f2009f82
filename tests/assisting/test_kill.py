"""Killed at random moments under load, the hub asks for each case exactly once.

CERTHUB_KILLS says how often.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from multiprocessing import get_context
from pathlib import Path

import pytest
import structlog
from sqlalchemy import func, select

from connectors.assisted_words import RequestView
from hub.compose import Hub
from hub.storage.tables import conclusions, intents
from tests.assisting.ground import ASKING, UNIT, DeskGround, ask, open_asking, opened
from tests.assisting.victim import live

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("CERTHUB_KILLS", "4"))
LIVES = (0.3, 0.8, 1.2, 2.0)
"""Seconds that a hub has at most: from not yet open, to enough for many cases."""
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.assisting.victim"])
_log = structlog.get_logger()


@asynccontextmanager
async def victim(environ: Mapping[str, str], accepted: Path, first: int) -> AsyncIterator[None]:
    """A hub that is killed with SIGKILL at the end."""
    process = PROCESSES.Process(target=live, args=(dict(environ), accepted, first))
    process.start()
    try:
        yield
    finally:
        process.kill()
        await asyncio.to_thread(process.join)
        process.close()


def size_of(file: Path) -> int:
    """Bytes that a file holds; none where there is no file yet."""
    return file.stat().st_size if file.exists() else 0


async def grown(file: Path, before: int) -> None:
    """Wait until a file has grown beyond what it was, for a minute at most."""
    for _ in range(3000):
        if size_of(file) > before:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the hub has told nothing")


async def outbox(ground: DeskGround) -> list[RequestView]:
    """All that the unit has asked for."""
    found, after = list[RequestView](), None
    while True:
        page = await ground.issuer.calls.outbox(UNIT, after, 100)
        found += page.requests
        after = page.next
        if after is None:
            return found


async def test_each_case_is_asked_for_once(ground: DeskGround, tmp_path: Path) -> None:
    """Every request told before a kill is there; no case has two, and every case can be asked again."""
    accepted = tmp_path / "accepted"
    for number in range(KILLS):
        before = size_of(accepted)
        async with victim(ground.settings.environ, accepted, number * 1000):
            if number % 2:  # this one does something before it dies, however slow the machine is
                await grown(accepted, before)
            await asyncio.sleep(random.choice(LIVES) * random.uniform(0.5, 1))

    told = dict(line.split() for line in accepted.read_text("utf-8").splitlines())
    asked = {view.purpose.case: view.id for view in await outbox(ground)}
    async with open_asking(ground) as hub:
        begun = await cases_of(hub)
        again = {
            case: opened(await hub.assisting.asking.ask(ASKING, ask(case=case), "r")).id
            for case in begun
        }
        unsettled = await turns_beyond_the_first(hub)
    views = await outbox(ground)

    _log.info("hubs were killed", kills=KILLS, cases=len(begun), told=len(told))
    assert told
    assert Counter(view.purpose.case for view in views) == Counter(begun)
    assert {case: asked[case] for case in told} == told
    assert again == {view.purpose.case: view.id for view in views}
    assert unsettled == 0


async def cases_of(hub: Hub) -> list[str]:
    """Every case an intent is on record for."""
    async with hub.engine.connect() as connection:
        found = await connection.execute(select(intents.c.case).distinct())
        return [row.case for row in found]


async def turns_beyond_the_first(hub: Hub) -> int:
    """Second turns of any matter, and openings without a conclusion that they were taken."""
    taken = select(conclusions.c.intent).where(conclusions.c.came == "taken")
    wrong = (intents.c.turn > 1) | intents.c.id.not_in(taken)
    async with hub.engine.connect() as connection:
        counted = select(func.count()).select_from(intents).where(wrong)
        return int((await connection.execute(counted)).scalar_one())
