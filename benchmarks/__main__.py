"""`python -m benchmarks`: put the room up, measure everybody in rounds, and report."""

import gc
import shlex
import signal
import sys
from asyncio import Runner
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import report
from benchmarks.comparing import changes, ratio_changes
from benchmarks.machine import Cores, cores, description, pin
from benchmarks.opened import Opened, no_peers, opened
from benchmarks.page import page
from benchmarks.peers.peers import peers
from benchmarks.processes import NotStarted
from benchmarks.ratios import reckoned
from benchmarks.requests import WrongAnswer
from benchmarks.results import OutageTold, Results, to_json
from benchmarks.rounds import Case, Tell, cases_of, measure, prepare
from benchmarks.timeline import outage
from benchmarks.wanted import Wanted, wanted_of


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report; what went wrong is told in words, and nothing is left running."""
    wanted = wanted_of(arguments)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        results = _run(wanted)
    except KeyboardInterrupt:
        sys.exit("benchmarks: stopped; nothing is left running.")
    except (NotStarted, WrongAnswer) as trouble:
        sys.exit(f"benchmarks: {trouble}.")
    _show(wanted, results)
    _write(wanted, results)


def _run(wanted: Wanted) -> Results:
    where = cores()
    with (
        TemporaryDirectory(prefix="certhub-benchmarks-") as folder,
        Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        machine = description(Path(folder))
        pin(where.platforms)
        make = peers if wanted.peers else no_peers
        with opened(runner, Path(folder), where, make) as room:
            results = runner.run(_measure(wanted, where, room))
    results = replace(results, machine=machine)
    ratios, reasons = reckoned(results)
    return replace(results, ratios=ratios, reasons=reasons)


async def _measure(wanted: Wanted, where: Cores, room: Opened) -> Results:
    cases = cases_of(room.servers, wanted.scenarios)
    servers = len({id(case.server) for case in cases})
    with _progress(2 * servers + wanted.rounds * len(cases) + (wanted.outage > 0)) as tell:
        wrong = await prepare(room.room, cases, wanted.warm_up, tell)
        cases = [case for case in cases if case.server.contender.name not in wrong]
        gc.collect()
        gc.freeze()  # the driver's own full collections are no part of what is measured
        lost = await measure(room.room, cases, wanted.rounds, wanted.seconds, tell)
        through = await _outage(wanted, room, tell)
    return _results(wanted, where, room, cases, {**room.skipped, **wrong, **lost}, through)


async def _outage(wanted: Wanted, room: Opened, tell: Tell) -> OutageTold | None:
    if not wanted.outage:
        return None
    tell("an outage of the first gateway")
    return await outage(room.room, room.servers[0], room.ground.key, wanted.outage)


def _results(
    wanted: Wanted,
    where: Cores,
    room: Opened,
    cases: Sequence[Case],
    skipped: dict[str, str],
    through: OutageTold | None,
) -> Results:
    contenders = [server.contender for server in room.servers]
    return Results(
        began=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        machine={},
        shared_core=where.shared,
        rounds=wanted.rounds,
        seconds=wanted.seconds,
        contenders={one.name: one.title for one in contenders},
        skipped=skipped,
        measurements=tuple(case.measured() for case in cases if case.windows),
        outage=through,
        command=shlex.join(("python", "-m", "benchmarks", *sys.argv[1:])),
    )


@contextmanager
def _progress(steps: int) -> Iterator[Callable[[str], None]]:
    """A bar that is drawn between windows only, never while one is measured."""
    columns = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    console = Console(stderr=True)
    with Progress(
        *columns,
        TextColumn("{task.description}"),
        console=console,
        auto_refresh=False,
        transient=True,
    ) as progress:
        bar = progress.add_task("", total=steps)

        def tell(told: str) -> None:
            progress.update(bar, description=told, refresh=True)
            progress.advance(bar)

        yield tell


def _show(wanted: Wanted, results: Results) -> None:
    console = Console(width=None if sys.stdout.isatty() else 200)
    caption = f"{report.machine(results)}\n{report.circumstances(results)} {report.LEGEND}"
    console.print(report.terminal(report.measurements(results), caption))
    console.print(report.terminal(report.promises(results)))
    for line in report.skipped(results):
        console.print(line)
    if wanted.old is not None:
        console.print(report.terminal(changes(wanted.old, results)))
        console.print(report.terminal(ratio_changes(wanted.old, results)))


def _write(wanted: Wanted, results: Results) -> None:
    if wanted.json:
        wanted.json.write_bytes(to_json(results))
    if wanted.markdown:
        wanted.markdown.write_text(report.markdown(results), "utf-8")
    if wanted.page:
        wanted.page.write_text(page(results), "utf-8")


if __name__ == "__main__":
    main()
