"""`python -m benchmarks`: put the product up, measure it in rounds, and report."""

import gc
import signal
import sys
from asyncio import Runner
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from benchmarks.ground import Ground, lay_ground, lay_platforms
from benchmarks.machine import Cores, cores, description, pin
from benchmarks.measuring import Measured, Measuring, Site
from benchmarks.processes import Child, NotStarted, serve_hub, serve_platforms, started
from benchmarks.report import Run, markdown, raw, terminal_table
from benchmarks.requests import Request, WrongAnswer, people_of, requests_of
from benchmarks.wanted import Wanted, wanted_of

REQUESTS = {1: 1000, 100: 8}
"""Requests made for a shape of so many lookups; they are sent in turn, over and over."""

Requests = dict[str, tuple[Request, ...]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report; what went wrong is told in words, and nothing is left running."""
    wanted = wanted_of(arguments)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        run = _run(wanted)
    except KeyboardInterrupt:
        sys.exit("benchmarks: stopped; nothing is left running.")
    except (NotStarted, WrongAnswer) as trouble:
        sys.exit(f"benchmarks: {trouble}.")
    Console(width=None if sys.stdout.isatty() else 140).print(terminal_table(run))
    if wanted.json:
        wanted.json.write_bytes(raw(run))
    if wanted.markdown:
        wanted.markdown.write_text(markdown(run), "utf-8")


def _run(wanted: Wanted) -> Run:
    where = cores()
    with (
        TemporaryDirectory(prefix="certhub-benchmarks-") as folder,
        Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        machine = description(Path(folder))
        platforms = lay_platforms(Path(folder))
        requests = _requests(wanted, platforms)
        pin(where.platforms)
        with _up(runner, Path(folder), platforms, where) as (ground, hub, stand_ins):
            measured = runner.run(_measure(wanted, requests, where, ground, hub, stand_ins))
    return Run(machine, where, wanted.rounds, wanted.seconds, measured)


@contextmanager
def _up(
    runner: Runner, folder: Path, platforms: Path, where: Cores
) -> Iterator[tuple[Ground, Child, Child]]:
    with started("the sandbox", where.platforms, serve_platforms, platforms) as stand_ins:
        ground = runner.run(lay_ground(folder, platforms, stand_ins.said))
        with started("the hub", where.hub, serve_hub, ground.environ) as hub:
            yield ground, hub, stand_ins


def _requests(wanted: Wanted, platforms: Path) -> Requests:
    people = people_of(platforms)
    made = {
        (one.shape, one.way): requests_of(people, one.shape, one.way, REQUESTS[one.shape.lookups])
        for one in wanted.scenarios
    }
    return {one.name: made[one.shape, one.way] for one in wanted.scenarios}


async def _measure(
    wanted: Wanted, requests: Requests, where: Cores, ground: Ground, hub: Child, stand_ins: Child
) -> list[Measured]:
    async with aiohttp.ClientSession(trust_env=False) as control:
        site = Site(where, ground, hub, stand_ins, control)
        for checked in {id(each): each for each in requests.values()}.values():
            await site.check(checked)
        gc.freeze()  # the driver's own full collections are no part of what is measured
        measuring = [Measuring(site, one, requests[one.name]) for one in wanted.scenarios]
        await _rounds(wanted, measuring)
    return [each.measured for each in measuring]


async def _rounds(wanted: Wanted, measuring: Sequence[Measuring]) -> None:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    console = Console(stderr=True)
    with Progress(
        *columns, TimeRemainingColumn(), console=console, refresh_per_second=1, transient=True
    ) as progress:
        bar = progress.add_task("", total=2 * wanted.rounds * len(measuring))
        for number in range(1, wanted.rounds + 1):
            for each in measuring:
                told = f"round {number}: {each.measured.scenario.name}"
                for window in (each.alone, each.crowded):
                    progress.update(bar, description=told)
                    await window(wanted.seconds / 2)
                    progress.advance(bar)


if __name__ == "__main__":
    main()
