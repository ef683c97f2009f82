"""What changed since an older run: each figure then and now, and by how much."""

from collections.abc import Callable, Iterator

from benchmarks.ratios import RATIOS
from benchmarks.report import Rows
from benchmarks.results import Measurement, Results, Window

_NOTICED = 0.05
"""Share of change from which on it is called better or worse, where the rounds don't overlap."""

Figure = Callable[[Window], float]


def changes(old: Results, new: Results) -> Rows:
    """A line for each server and scenario that both runs measured."""
    head = ("scenario", "server", "lookups/s", "norm µs", "p50 ms", "p99 ms", "told by norm µs")
    return [head, *_changed(old, new)]


def ratio_changes(old: Results, new: Results) -> Rows:
    """A line for each ratio that either run has."""
    lines = [("ratio", "then", "now")]
    for ratio in RATIOS:
        then, now = old.ratios.get(ratio.name), new.ratios.get(ratio.name)
        if then is not None or now is not None:
            lines.append((ratio.name, _told(then), _told(now)))
    return lines


def _told(value: float | None) -> str:
    return "–" if value is None else f"{value:,.3f}"


def _changed(old: Results, new: Results) -> Iterator[tuple[str, ...]]:
    for now in new.measurements:
        then = old.measured(now.contender, now.scenario.name)
        if then is not None and then.windows and now.windows:
            yield (
                now.scenario.name,
                now.contender,
                _change(then, now, lambda one: one.lookups_per_second, 0),
                _change(then, now, lambda one: one.norm_us, 1),
                _change(then, now, lambda one: one.ms(0.5), 2),
                _change(then, now, lambda one: one.ms(0.99), 2),
                verdict(then, now),
            )


def _change(then: Measurement, now: Measurement, figure: Figure, digits: int) -> str:
    before, after = then.middle(figure), now.middle(figure)
    share = f" ({after / before - 1:+.0%})" if before else ""
    return f"{before:,.{digits}f} → {after:,.{digits}f}{share}"


def verdict(then: Measurement, now: Measurement) -> str:
    """Better or worse where the cost of every round lies beyond that of every old one, else same."""
    before, after = then.spread(lambda one: one.norm_us), now.spread(lambda one: one.norm_us)
    if after[1] < before[0] * (1 - _NOTICED):
        return "better"
    if after[0] > before[1] * (1 + _NOTICED):
        return "worse"
    return "same"
