"""What was asked for on the command line."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.results import OtherResults, Results, read_results
from benchmarks.scenarios import SCENARIOS, USUAL, Scenario


@dataclass(frozen=True, slots=True)
class Wanted:
    """How long to measure what, against whom, and where to write it besides the terminal."""

    rounds: int
    seconds: float
    warm_up: float  # most seconds that a server is warmed before the first round
    scenarios: tuple[Scenario, ...]
    peers: bool
    outage: float  # seconds of the timeline; 0 leaves it out
    json: Path | None
    markdown: Path | None
    page: Path | None
    old: Results | None


def wanted_of(arguments: Sequence[str] | None) -> Wanted:
    """The wishes in these arguments, or the process's own; wrong ones end it and say why."""
    given = _parser().parse_args(arguments)
    names: Sequence[str] = list(SCENARIOS) if given.all else given.scenario or USUAL
    outage = 10.0 if not given.scenario and given.outage is None else given.outage or 0.0
    return Wanted(
        rounds=given.rounds,
        seconds=given.seconds,
        warm_up=given.warm_up,
        scenarios=tuple(SCENARIOS[name] for name in dict.fromkeys(names)),
        peers=given.peers,
        outage=outage,
        json=given.json,
        markdown=given.markdown,
        page=given.page,
        old=given.compare,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="What a lookup costs, measured on this machine in rounds, beside the floor.",
        epilog=f"Scenarios: {', '.join(SCENARIOS)}.",
    )
    add = parser.add_argument
    add("--rounds", type=_rounds, default=3, help="default 3")
    add("--seconds", type=_seconds, default=1.0, help="of each window, default 1")
    add("--peers", action="store_true", help="also servers that one would take instead")
    add("--warm-up", type=_seconds, default=60.0, help="most seconds for a peer, default 60")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--scenario", nargs="+", choices=SCENARIOS, metavar="NAME", help="only these, see below"
    )
    which.add_argument("--all", action="store_true", help="all of them; takes long")
    add("--outage", type=_outage, metavar="SECONDS", help="of the timeline, default 10; 0: none")
    add("--json", type=Path, metavar="FILE", help="every figure of every window, and the ratios")
    add("--markdown", type=Path, metavar="FILE", help="the tables for a page")
    add("--html", dest="page", type=Path, metavar="FILE", help="one HTML file with plots")
    add("--compare", type=_old, metavar="OLD.json", help="what changed since that run")
    return parser


def _rounds(text: str) -> int:
    rounds = int(text)
    if not 1 <= rounds <= 100:
        raise argparse.ArgumentTypeError("give 1 to 100")
    return rounds


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.1 <= seconds <= 600:
        raise argparse.ArgumentTypeError("give 0.1 to 600")
    return seconds


def _outage(text: str) -> float:
    seconds = float(text)
    if not (seconds == 0 or 1 <= seconds <= 600):
        raise argparse.ArgumentTypeError("give 1 to 600, or 0 for none")
    return seconds


def _old(text: str) -> Results:
    try:
        return read_results(Path(text))
    except OtherResults as trouble:
        raise argparse.ArgumentTypeError(str(trouble)) from None
