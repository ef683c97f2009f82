"""The figures of a run: as a table on the terminal, as Markdown, and raw as JSON."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from statistics import median

import orjson
from rich.table import Table

from benchmarks.machine import Cores
from benchmarks.measuring import Measured, Window

COLUMNS = (
    "scenario",
    "alone: p50 ms",
    "p99 ms",
    "callers",
    "lookups/s",
    "p50 ms",
    "p99 ms",
    "CPU µs",
    "norm µs",
    "hub busy",
    "others",
    "upstream",
    "RSS MB",
)
LEGEND = (
    "Times are of a whole request. CPU, norm (CPU scaled by the calibration loop) and upstream "
    "calls are for one lookup, with that many callers. Others: how much of the hub's core other "
    "processes had. Medians of the rounds."
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the benchmarks and what it was run on."""

    machine: Mapping[str, str]
    cores: Cores
    rounds: int
    seconds: float
    measured: Sequence[Measured]


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[max(ceil(share * len(ordered)) - 1, 0)]


def terminal_table(run: Run) -> Table:
    """The figures for a person at a terminal."""
    caption = f"{_machine(run)}\n{_circumstances(run)} {LEGEND}"
    table = Table(caption=caption, caption_justify="left")
    for number, column in enumerate(COLUMNS):
        table.add_column(column, justify="right" if number else "left", no_wrap=not number)
    for measured in run.measured:
        table.add_row(*_cells(measured))
    return table


def markdown(run: Run) -> str:
    """The figures for a page."""
    rows = [
        COLUMNS,
        ("---", *["--:"] * (len(COLUMNS) - 1)),
        *(_cells(measured) for measured in run.measured),
    ]
    lines = (f"| {' | '.join(cells)} |" for cells in rows)
    return "\n".join([_machine(run), "", _circumstances(run), "", *lines, "", LEGEND, ""])


def raw(run: Run) -> bytes:
    """Every figure of every window as JSON."""
    document = {
        "machine": run.machine,
        "cores": asdict(run.cores),
        "rounds": run.rounds,
        "seconds": run.seconds,
        "scenarios": {
            measured.scenario.name: {
                "alone": [_window(window) for window in measured.alone],
                "crowd": [_window(window) for window in measured.crowd],
            }
            for measured in run.measured
        },
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _machine(run: Run) -> str:
    return f"Machine: {'; '.join(f'{name}: {value}' for name, value in run.machine.items())}."


def _circumstances(run: Run) -> str:
    if run.cores.shared:
        where = "One core for everything: nothing here is comparable."
    else:
        where = "The hub has a core to itself; platforms and load driver share the other."
    length = f"{run.rounds} rounds in turn, {run.seconds:g} s for each scenario in each."
    return f"{where} {length}"


def _cells(measured: Measured) -> tuple[str, ...]:
    alone, crowd = measured.alone, measured.crowd
    return (
        measured.scenario.name,
        _ms(alone, 0.50),
        _ms(alone, 0.99),
        str(measured.scenario.shape.crowd),
        f"{_median(crowd, lambda one: one.lookups_per_second):,.0f}",
        _ms(crowd, 0.50),
        _ms(crowd, 0.99),
        f"{_median(crowd, lambda one: one.cpu_us):,.0f}",
        f"{_median(crowd, lambda one: one.cpu_us / one.slowness):,.0f}",
        f"{_median(crowd, lambda one: one.busy):.0%}",
        f"{_median(crowd, lambda one: one.others):.0%}",
        f"{_median(crowd, lambda one: one.calls):.3f}",
        f"{max(one.resident_mb for one in crowd):.0f}",
    )


def _ms(windows: Sequence[Window], share: float) -> str:
    return f"{_median(windows, lambda one: percentile(one.latencies_ms, share)):,.2f}"


def _median(windows: Sequence[Window], figure: Callable[[Window], float]) -> float:
    return median(figure(window) for window in windows)


def _window(window: Window) -> dict[str, object]:
    figures = asdict(window)
    latencies = figures.pop("latencies_ms")
    shares = {"p50_ms": 0.50, "p90_ms": 0.90, "p99_ms": 0.99, "slowest_ms": 1.0}
    figures["answers"] = len(latencies)
    return figures | {name: percentile(latencies, share) for name, share in shares.items()}
