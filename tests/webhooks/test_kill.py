"""kill -9 of the sender at random moments: nothing is lost, nothing comes out of order."""

import asyncio
import multiprocessing
import random
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

import pytest
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.webhooks.ground import (
    Got,
    in_order,
    none_waits,
    receiving,
    registered,
    taken,
    the_webhook,
    until,
)
from tests.webhooks.victim import COUNT, live, the_changes

pytestmark = pytest.mark.slow

KILLS = 5


async def test_nothing_is_lost_or_out_of_order(database: str, engine: AsyncEngine) -> None:
    """400 changes of 15 requests, a moody receiver, five kills: each is taken, each in its turn."""
    dice = random.Random(3)

    async def moody(got: Got) -> web.StreamResponse:
        await asyncio.sleep(dice.random() / 10)
        return web.Response(status=503) if dice.randrange(8) == 0 else await taken(got)

    async with receiving(moody) as receiver:
        await registered(engine, receiver)
        for _ in range(KILLS):
            before = len(receiver.got)
            with process(database) as victim:
                await receiver.got_so_many(before + dice.randrange(1, 30))
                victim.kill()  # SIGKILL
        with process(database):
            await until(lambda: all_taken(receiver.took), 60)
            await until(lambda: none_waits(engine))

    changes = the_changes()
    assert {one.place for one in receiver.took} == {(c.request, c.sequence) for c in changes}
    assert in_order(receiver.log, changes)
    assert len({one.message for one in receiver.got}) == COUNT
    assert (await the_webhook(engine)).given_up == 0


async def all_taken(took: list[Got]) -> bool:
    """Whether every change has been taken at least once."""
    return len({one.place for one in took}) == COUNT


@contextmanager
def process(database: str) -> Iterator[BaseProcess]:
    """A sender of its own, killed in the end."""
    victim = multiprocessing.get_context("spawn").Process(target=live, args=(database,))
    victim.start()
    try:
        yield victim
    finally:
        victim.kill()
        victim.join(10)
