"""Plays the whole matrix and prints it: `make faults`."""

import asyncio
import sys

from rich.console import Console
from rich.progress import track
from rich.table import Table

from connectors.http import open_http
from tests.faults.cases import CASES
from tests.faults.matrix import NAMES, play


async def main() -> int:
    """The number of cases that did not come out as stated."""
    console = Console()
    console.width = max(console.width, 132)
    async with open_http() as http:
        shown = track(CASES, "playing faults", console=console)
        played = [(case, await play(case, http)) for case in shown]
    table = Table("dialect", "fault", "tier", "held below", "outcome", "trail", "ms", "as stated")
    wrong = 0
    for case, came in played:
        right = (came.outcome, came.trail) == case.expected
        wrong += not right
        trail = " → ".join(said.value for _, said in came.trail)
        below = "yes" if case.held_below else ""
        row = (case.speaker.dialect, case.fault.name, NAMES[case.tier], below, came.outcome, trail)
        table.add_row(*row, f"{came.seconds * 1000:.0f}", "yes" if right else "NO")
    console.print(table)
    console.print(f"{len(played)} cases, {wrong} not as stated.")
    return wrong


if __name__ == "__main__":
    sys.exit(1 if asyncio.run(main()) else 0)
