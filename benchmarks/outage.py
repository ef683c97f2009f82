"""`python -m benchmarks.outage`: many callers while the provincial platform hangs, and after it heals."""

import argparse
import asyncio
import os
import sys
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter

from rich.console import Console

from benchmarks.crowd import Crowd
from benchmarks.machine import core_seconds, cpu_seconds
from benchmarks.mixture import MUNICIPAL, PROVINCIAL, people, singles
from benchmarks.outage_report import HEALTHY, NEEDING, Outage, Seen, phases_table, raw, verdicts_of
from benchmarks.readings import read_hub
from benchmarks.room import measured
from benchmarks.site import Site
from benchmarks.verdicts import verdict_table

PLATFORM = "province"
SEED = 2026
_EVERY = 0.25
"""Seconds between two looks at the hub."""
_WARM_UP = 0.5
"""Share of the calm time that goes unwatched before it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How long the platform hangs, how long before and after are watched, and how many call."""

    seconds: float
    calm: float
    callers: int
    check: bool
    json: Path | None


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report; with `--check` a promise that was not kept ends it with 1."""
    wanted = wanted_of(arguments)
    outage = measured("outage", partial(_outage, wanted))
    verdicts = verdicts_of(outage)
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(phases_table(outage), verdict_table(verdicts))
    if wanted.json:
        wanted.json.write_bytes(raw(outage, verdicts))
    if wanted.check and not all(one.kept for one in verdicts):
        sys.exit(1)


def wanted_of(arguments: Sequence[str] | None) -> Wanted:
    """The wishes in these arguments, or the process's own."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.outage",
        description="The provincial platform hangs while many callers ask; what do they notice?",
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="it hangs; default 60")
    parser.add_argument("--calm", type=float, default=20.0, help="before and after; default 20")
    parser.add_argument("--callers", type=int, default=200, help="default 200")
    parser.add_argument("--check", action="store_true", help="exit 1 where a promise is not kept")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every figure")
    given = parser.parse_args(arguments)
    if not (1 <= given.seconds <= 3600 and 1 <= given.calm <= 600 and 2 <= given.callers <= 500):
        parser.error("give 1 to 3600 seconds, 1 to 600 calm, and 2 to 500 callers")
    return Wanted(given.seconds, given.calm, given.callers, given.check, given.json)


async def _outage(wanted: Wanted, site: Site) -> Outage:
    crowd = Crowd(site.hub.said, site.ground.key)
    seen: list[Seen] = []
    try:
        async with asyncio.TaskGroup() as group:
            for call in _calls(wanted, crowd):
                group.create_task(call)
            looking = group.create_task(_look_on(site, seen))
            times = await _times(wanted, site)
            crowd.leaving.set()
            looking.cancel()
    finally:
        crowd.leave()
    load = os.getloadavg()[0]
    return Outage(wanted.callers, *times, load=load, seen=seen, answers=crowd.answers)


async def _times(wanted: Wanted, site: Site) -> tuple[float, float, float, float]:
    """Let the time pass; when it was calm, when the platform fell, when it healed, and the end."""
    await asyncio.sleep(wanted.calm * _WARM_UP)
    began = perf_counter()
    await asyncio.sleep(wanted.calm)
    await site.turn(PLATFORM, {"hang_rate": 1.0})
    fell = perf_counter()
    await asyncio.sleep(wanted.seconds)
    await site.turn(PLATFORM, {})
    healed = perf_counter()
    await asyncio.sleep(wanted.calm)
    return began, fell, healed, perf_counter()


def _calls(wanted: Wanted, crowd: Crowd) -> list[Coroutine[None, None, None]]:
    """Half of the callers need only healthy platforms; the others' lookups begin at the hanging one."""
    who, dice = people(), Random(SEED)
    healthy, needing = singles(MUNICIPAL, who, dice), singles(PROVINCIAL, who, dice)
    calls = [crowd.ask_on(HEALTHY, healthy) for _ in range(wanted.callers // 2)]
    return calls + [crowd.ask_on(NEEDING, needing) for _ in range(wanted.callers - len(calls))]


async def _look_on(site: Site, seen: list[Seen]) -> None:
    while True:
        reading = await read_hub(site.control, site.hub.said, site.hub.pid)
        asked = await site.asked(PLATFORM)
        worked, core = cpu_seconds(site.hub.pid), core_seconds(site.cores.hub)
        seen.append(Seen(perf_counter(), reading, asked, worked, core))
        await asyncio.sleep(_EVERY)


if __name__ == "__main__":
    main()
