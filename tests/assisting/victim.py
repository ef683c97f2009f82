"""A hub in a process of its own that asks for one case after another, to be killed at any moment."""

import asyncio
import random
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import TextIO

from hub.assisting.words import Pending
from hub.compose import Hub, open_hub
from hub.settings import read_settings
from tests.assisting.ground import ASKING, ask

ASKERS = 4


def live(environ: Mapping[str, str], accepted: Path, first: int) -> None:
    """Ask until killed; each line of `accepted` is a case and the request it was told."""
    asyncio.run(_live(environ, accepted, first))


async def _live(environ: Mapping[str, str], accepted: Path, first: int) -> None:
    cases = count(first)
    with accepted.open("a", buffering=1, encoding="utf-8") as told:
        async with open_hub(read_settings(environ)) as hub, asyncio.TaskGroup() as askers:
            for _ in range(ASKERS):
                askers.create_task(_ask(hub, cases, told))


async def _ask(hub: Hub, cases: Iterator[int], told: TextIO) -> None:
    known: list[str] = []
    while True:
        if known and random.random() < 0.3:
            case = random.choice(known)
        else:
            case = f"办-{next(cases)}"
            known.append(case)
        came = await hub.assisting.asking.ask(ASKING, ask(case=case), "r")
        if isinstance(came, Pending):
            told.write(f"{case} {came.request.id}\n")
