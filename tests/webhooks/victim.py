"""A hub's webhooks in a process of their own, to be killed at any moment."""

import asyncio
import random
from dataclasses import replace

from connectors.assisted_words import Change
from hub.storage.engine import open_engine
from tests.webhooks.ground import QUICK, Told, a_change, telling

COUNT, REQUESTS = 400, 15
SHORT = replace(QUICK, lease=1.5, timeout=1.0)
"""Who is killed keeps the next one waiting for a second and a half."""


def the_changes() -> list[Change]:
    """The same in every process."""
    dice = random.Random(7)
    return [a_change(n, f"r-{dice.randrange(REQUESTS)}") for n in range(1, COUNT + 1)]


def live(database: str) -> None:
    """Tell until killed."""
    asyncio.run(_live(database))


async def _live(database: str) -> None:
    engine = open_engine(database)
    async with telling(engine, Told(the_changes()), SHORT):
        await asyncio.Event().wait()
