"""What was asked for on the command line."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scenarios import SCENARIOS, Scenario


@dataclass(frozen=True, slots=True)
class Wanted:
    """How long to measure what, and where to write it besides the terminal."""

    rounds: int
    seconds: float
    scenarios: tuple[Scenario, ...]
    json: Path | None
    markdown: Path | None


def wanted_of(arguments: Sequence[str] | None) -> Wanted:
    """The wishes in these arguments, or the process's own; wrong ones end it and say why."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="What a lookup costs, measured on this machine with the sandbox platforms.",
    )
    parser.add_argument("--rounds", type=_rounds, default=3, help="default 3")
    parser.add_argument(
        "--seconds",
        type=_seconds,
        default=3.0,
        help="of each scenario in each round, default 3: half with one caller, half with many",
    )
    parser.add_argument(
        "--scenario",
        nargs="+",
        choices=SCENARIOS,
        default=list(SCENARIOS),
        metavar="NAME",
        help=f"only these; {', '.join(SCENARIOS)}",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="every figure of every window")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="the table for a page")
    given = parser.parse_args(arguments)
    scenarios = tuple(SCENARIOS[name] for name in dict.fromkeys(given.scenario))
    return Wanted(given.rounds, given.seconds, scenarios, given.json, given.markdown)


def _rounds(text: str) -> int:
    rounds = int(text)
    if rounds < 1:
        raise argparse.ArgumentTypeError("give 1 or more")
    return rounds


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.1 <= seconds <= 600:
        raise argparse.ArgumentTypeError("give 0.1 to 600")
    return seconds
