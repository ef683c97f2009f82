"""The figures of a run as tables: for the terminal, and as Markdown for a page."""

from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table

from benchmarks.ratios import RATIOS, by_cpu
from benchmarks.results import Measurement, Results

Rows = Sequence[Sequence[str]]
"""A table: its head, then its rows."""

HEAD = (
    "scenario",
    "server",
    "callers",
    "lookups/s",
    "from – to",
    "p50 ms",
    "p99 ms",
    "CPU µs",
    "norm µs",
    "busy",
    "others",
    "platforms + driver",
    "calls",
    "RSS MB",
)
LEGEND = (
    "Medians of the rounds; from – to are the least and the most lookups/s of a round. Times are "
    "of a whole request. CPU, norm (CPU scaled by the calibration loop) and calls to platforms are "
    "for one lookup. Busy: the server's share of its core; others: that of other processes. "
    "Platforms + driver: their shares of the other core; near 100 % together, they are the limit. "
    "By CPU: a ratio of speeds told by norm µs, for when others had the core. "
    "direct is the platform asked by the load driver itself: the ceiling of both."
)
_WORDS = ("scenario", "server", "promise", "name", "what", "ratio")


def measurements(results: Results) -> Rows:
    """A line for each server in each scenario."""
    return [HEAD, *map(_cells, _in_order(results))]


def promises(results: Results) -> Rows:
    """A line for each ratio: its target, what was measured, and whether it is reached."""
    cpu = by_cpu(results)
    lines = [("ratio", "what", "target", "measured", "by CPU", "reached")]
    for ratio in RATIOS:
        value = results.ratios.get(ratio.name)
        if value is None:
            told = results.reasons.get(ratio.name, "not measured")
            lines.append((ratio.name, ratio.what, ratio.target, f"– ({told})", "", "–"))
        else:
            also = f"{cpu[ratio.name]:,.3f}" if ratio.name in cpu else ""
            reached = "yes" if ratio.reached(value) else "no"
            lines.append((ratio.name, ratio.what, ratio.target, f"{value:,.3f}", also, reached))
    return lines


def terminal(rows: Rows, caption: str = "") -> Table:
    """A table for a person at a terminal."""
    table = Table(caption=caption, caption_justify="left")
    for name in rows[0]:
        left = name in _WORDS
        table.add_column(name, justify="left" if left else "right", no_wrap=left)
    for cells in rows[1:]:
        table.add_row(*cells)
    return table


def markdown(results: Results) -> str:
    """The whole run for a page."""
    parts = [
        machine(results),
        circumstances(results),
        as_markdown(promises(results)),
        as_markdown(measurements(results)),
        LEGEND,
        *skipped(results),
    ]
    return "\n\n".join(parts) + "\n"


def as_markdown(rows: Rows) -> str:
    """A table in Markdown."""
    aligned = ["---" if name in _WORDS else "--:" for name in rows[0]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (rows[0], aligned, *rows[1:]))


def machine(results: Results) -> str:
    """The machine in a sentence."""
    return f"Machine: {'; '.join(f'{name}: {told}' for name, told in results.machine.items())}."


def circumstances(results: Results) -> str:
    """How it was measured, in a sentence or two."""
    where = (
        "One core for everything: nothing here is comparable."
        if results.shared_core
        else "The server has a core to itself; platforms and load driver share the other."
    )
    return f"{where} {results.rounds} rounds in turn, {results.seconds:g} s for each window."


def skipped(results: Results) -> Iterator[str]:
    """What was not measured, and why."""
    if results.skipped:
        told = (f"- {name}: {why}" for name, why in results.skipped.items())
        yield "Not measured:\n\n" + "\n".join(told)


def _in_order(results: Results) -> Iterable[Measurement]:
    """By scenario as they were measured, in each as the contenders stand."""
    scenarios = list(dict.fromkeys(one.scenario.name for one in results.measurements))
    contenders = list(results.contenders)
    return sorted(
        (one for one in results.measurements if one.windows),
        key=lambda one: (scenarios.index(one.scenario.name), contenders.index(one.contender)),
    )


def _callers(one: Measurement) -> str:
    notes = [
        f"{count:,} {what}"
        for what, count in (
            ("turned away", sum(window.turned_away for window in one.windows)),
            ("unanswered", sum(window.unanswered for window in one.windows)),
        )
        if count
    ]
    callers = str(one.scenario.callers)
    return f"{callers} ({', '.join(notes)})" if notes else callers


def _cells(one: Measurement) -> tuple[str, ...]:
    least, most = one.spread(lambda window: window.lookups_per_second)
    other_core = one.middle(lambda window: window.platforms_busy + window.driver_busy)
    return (
        one.scenario.name,
        one.contender,
        _callers(one),
        f"{one.middle(lambda window: window.lookups_per_second):,.0f}",
        f"{least:,.0f} – {most:,.0f}",
        f"{one.middle(lambda window: window.ms(0.5)):,.2f}",
        f"{one.middle(lambda window: window.ms(0.99)):,.2f}",
        f"{one.middle(lambda window: window.cpu_us):,.1f}",
        f"{one.middle(lambda window: window.norm_us):,.1f}",
        f"{one.middle(lambda window: window.busy):.0%}",
        f"{one.middle(lambda window: window.others):.0%}",
        f"{other_core:.0%}",
        f"{one.middle(lambda window: window.calls):.3f}",
        f"{max(window.resident_mb for window in one.windows):.0f}",
    )
