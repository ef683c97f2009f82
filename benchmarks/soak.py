"""`python -m benchmarks.soak`: minutes under load while faults come and go; does anything grow?"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from random import Random
from time import perf_counter

from rich.console import Console

from benchmarks.crowd import Crowd
from benchmarks.machine import core_seconds, cpu_seconds
from benchmarks.mixture import Mixed, mixture, people
from benchmarks.readings import Reading, read_hub
from benchmarks.room import measured
from benchmarks.site import Site
from benchmarks.soak_report import Seen, Soak, picture, raw, summary, verdicts_of
from benchmarks.verdicts import verdict_table
from benchmarks.weather import Spell, weather

SHARE = 0.8
"""Of what the hub can carry."""
_CALLERS = 32
_REQUESTS = 4000
"""Requests made before anything is timed; they are sent in turn, over and over."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How long, by which seed, and where to write it; times in seconds."""

    seconds: float
    warm: float
    rest: float
    seed: int
    svg: Path
    json: Path


def main(arguments: Sequence[str] | None = None) -> None:
    """Soak and report; 1 where something grew."""
    wanted = wanted_of(arguments)
    soak = measured("soak", partial(_soak, wanted))
    verdicts = verdicts_of(soak)
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(summary(soak), verdict_table(verdicts))
    wanted.json.write_bytes(raw(soak, verdicts))
    wanted.svg.write_text(picture(soak).svg(), "utf-8")
    console.print(f"{wanted.svg} and {wanted.json} are written.", soft_wrap=True)
    if not all(one.kept for one in verdicts):
        sys.exit(1)


def wanted_of(arguments: Sequence[str] | None) -> Wanted:
    """The wishes in these arguments, or the process's own."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.soak",
        description="The hub at 80 % of its capacity while faults come and go; does anything grow?",
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="default 10")
    parser.add_argument("--warm", type=float, default=10.0, help="seconds of warm-up, default 10")
    parser.add_argument(
        "--rest", type=float, default=35.0, help="seconds of silence before and after, default 35"
    )
    parser.add_argument("--seed", type=int, default=2026, help="of weather and requests")
    parser.add_argument("--svg", type=Path, default=Path("soak.svg"), help="default soak.svg")
    parser.add_argument("--json", type=Path, default=Path("soak.json"), help="default soak.json")
    given = parser.parse_args(arguments)
    if not (0.05 <= given.minutes <= 240 and 0.5 <= given.warm <= 600 and 0 <= given.rest <= 600):
        parser.error("give 0.05 to 240 minutes, 0.5 to 600 seconds to warm up, 0 to 600 to rest")
    seconds = given.minutes * 60
    return Wanted(seconds, given.warm, given.rest, given.seed, given.svg, given.json)


async def _soak(wanted: Wanted, site: Site) -> Soak:
    requests = list(islice(mixture(people(), Random(wanted.seed)), _REQUESTS))
    crowd = Crowd(site.hub.said, site.ground.key)
    capacity = await _capacity(crowd, requests, wanted.warm)
    before = await _at_rest(crowd, site, wanted.rest)
    spells = weather(list(site.platforms.said), wanted.seconds, wanted.seed)
    began, seen, worked = perf_counter(), list[Seen](), _worked(site)
    async with asyncio.TaskGroup() as group:
        around = [
            group.create_task(_look_on(site, seen)),
            group.create_task(_blow(site, spells, began)),
        ]
        await crowd.come("mixed", cycle(requests), SHARE * capacity, wanted.seconds)
        for task in around:
            task.cancel()
    ended = perf_counter()
    busy = {name: (now - worked[name]) / (ended - began) for name, now in _worked(site).items()}
    for platform in site.platforms.said:
        await site.turn(platform, {})
    after = await _at_rest(crowd, site, wanted.rest)
    return Soak(
        wanted.seed,
        capacity,
        SHARE * capacity,
        began,
        ended,
        os.getloadavg()[0],
        busy,
        before,
        after,
        site.ground.records(),
        seen,
        spells,
        crowd.answers,
    )


async def _capacity(crowd: Crowd, requests: Sequence[Mixed], seconds: float) -> float:
    """Requests in a second that the hub answers to callers who ask on and on, once it is warm."""
    supply = cycle(requests)
    async with asyncio.TaskGroup() as group:
        for _ in range(_CALLERS):
            group.create_task(crowd.ask_on("warm", supply))
        await asyncio.sleep(seconds / 2)
        answered, began = len(crowd.answers), perf_counter()
        await asyncio.sleep(seconds / 2)
        rate = (len(crowd.answers) - answered) / (perf_counter() - began)
        crowd.leaving.set()
    return rate


def _worked(site: Site) -> dict[str, float]:
    """CPU seconds so far: of the three processes, and of everybody on the two cores."""
    return {
        "hub": cpu_seconds(site.hub.pid),
        "platforms": cpu_seconds(site.platforms.pid),
        "driver": cpu_seconds(os.getpid()),
        "hub's core": core_seconds(site.cores.hub),
        "other core": core_seconds(site.cores.platforms),
    }


async def _at_rest(crowd: Crowd, site: Site, seconds: float) -> Reading:
    """The hub when nobody has asked it for so long."""
    crowd.leave()
    await asyncio.sleep(seconds)
    return await read_hub(site.control, site.hub.said, site.hub.pid)


async def _blow(site: Site, spells: Sequence[Spell], began: float) -> None:
    """Turn every dial when its spell begins, and back when it ends."""
    turns = [(one.begins, one.platform, one.dials) for one in spells]
    turns += [(one.ends, one.platform, {}) for one in spells]
    for at, platform, dials in sorted(turns, key=lambda turn: turn[0]):
        await asyncio.sleep(max(began + at - perf_counter(), 0))
        await site.turn(platform, dials)


async def _look_on(site: Site, seen: list[Seen]) -> None:
    """Read the metrics each second."""
    while True:
        at = perf_counter()
        seen.append(Seen(at, await read_hub(site.control, site.hub.said, site.hub.pid)))
        await asyncio.sleep(max(at + 1 - perf_counter(), 0))


if __name__ == "__main__":
    main()
