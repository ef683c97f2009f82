"""What a run must show, what it showed, and whether that is good."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Verdict:
    """One promise: the figure measured and the bound it must keep."""

    promise: str
    measured: str
    bound: str
    kept: bool


def at_most(promise: str, figure: float, bound: float, unit: str) -> Verdict:
    """The figure may not be above the bound."""
    return Verdict(promise, f"{figure:,.1f} {unit}", f"≤ {bound:,.1f} {unit}", figure <= bound)


def verdict_table(verdicts: Sequence[Verdict]) -> Table:
    """The verdicts for a person at a terminal."""
    table = Table("promise", "measured", "bound", "kept")
    for one in verdicts:
        table.add_row(one.promise, one.measured, one.bound, "yes" if one.kept else "NO")
    return table


def verdict_documents(verdicts: Sequence[Verdict]) -> list[dict[str, object]]:
    """The verdicts as JSON."""
    return [asdict(one) for one in verdicts]
