"""The promises of speed, each as one figure of a run: ratios, so that the machine matters little."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks.results import Measurement, Results, Window
from benchmarks.scenarios import SCENARIOS

HUB, OFF, FLOOR, BARE, DIRECT = "certhub", "certhub-unrecorded", "floor", "bare", "direct"
LIST, ALIASES, ONE = "list-batch-0", "aliases-batch-0", "one-batch-0"
ONE_GATEWAY = "one-gateway-0"
ONE_ALONE, LIST_ALONE = "one-batch-20-alone", "list-batch-20-alone"
ONE_OPEN = "one-batch-20-open"
SMALL, LARGE = "list-batch-0-alone", "list-of-10000-batch-0-alone"


class Missing(Exception):
    """A ratio can't be told; the text says why."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """One promise: its name in JSON, what it says, its bound, and how it is reckoned."""

    name: str
    what: str
    bound: float
    at_least: bool
    reckon: Callable[[Results], float]
    by_cpu: Callable[[Results], float] | None = None
    """Of speeds: the same by scaled CPU time, which other processes on the core move less."""

    @property
    def target(self) -> str:
        """The bound in words."""
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}"

    def reached(self, value: float) -> bool:
        """Whether the promise is kept; told as it is shown, to three digits after the point."""
        shown = round(value, 3)
        return shown >= self.bound if self.at_least else shown <= self.bound


def reckoned(results: Results) -> tuple[Mapping[str, float | None], Mapping[str, str]]:
    """Every ratio by name, none where it can't be told; and then why."""
    values: dict[str, float | None] = {}
    reasons: dict[str, str] = {}
    for ratio in RATIOS:
        try:
            values[ratio.name] = round(ratio.reckon(results), 4)
        except Missing as missing:
            values[ratio.name], reasons[ratio.name] = None, str(missing)
    return values, reasons


def by_cpu(results: Results) -> Mapping[str, float]:
    """Every speed that can be told by CPU time, too."""
    told = [one for one in RATIOS if one.by_cpu and results.ratios.get(one.name) is not None]
    return {one.name: round(one.by_cpu(results), 4) for one in told if one.by_cpu}


def _speed(scenario: str, other: str) -> Callable[[Results], float]:
    """The hub's lookups in a second by another's, round by round: the median."""

    def reckon(results: Results) -> float:
        return _by_rounds(
            _measured(results, HUB, scenario),
            _measured(results, other, scenario),
            lambda ours, theirs: ours.lookups_per_second / theirs.lookups_per_second,
        )

    return reckon


def _cost(scenario: str, other: str) -> Callable[[Results], float]:
    """The other's scaled CPU time for a lookup by the hub's, round by round: the median."""

    def reckon(results: Results) -> float:
        return _by_rounds(
            _measured(results, HUB, scenario),
            _measured(results, other, scenario),
            lambda ours, theirs: theirs.norm_us / ours.norm_us,
        )

    return reckon


def _faster(name: str, what: str, bound: float, scenario: str, other: str) -> Ratio:
    """The hub's speed by another's, at least so much."""
    return Ratio(name, what, bound, True, _speed(scenario, other), _cost(scenario, other))


def _added(scenario: str) -> Callable[[Results], float]:
    """Milliseconds between the middle answer through the hub and that of the platform itself."""

    def reckon(results: Results) -> float:
        return _by_rounds(
            _measured(results, HUB, scenario),
            _measured(results, DIRECT, scenario),
            lambda ours, theirs: ours.ms(0.5) - theirs.ms(0.5),
        )

    return reckon


def _tail(results: Results) -> float:
    measured = _measured(results, HUB, ONE_OPEN)
    if turned_away := sum(one.turned_away for one in measured.windows):
        raise Missing(f"{turned_away} requests of the open loop were turned away")
    return measured.middle(lambda one: one.ms(0.99) / one.ms(0.5))


def _growth(results: Results) -> float:
    return _by_rounds(
        _measured(results, HUB, LARGE),
        _measured(results, HUB, SMALL),
        lambda large, small: large.norm_us / small.norm_us,
    )


def _calls(results: Results) -> float:
    """The most calls that any window made, by the least that its batches allow."""
    made = [
        max(window.calls for window in one.windows) / least
        for one in results.measurements
        if one.contender == HUB and (least := SCENARIOS[one.scenario.name].least_calls())
    ]
    if not made:
        raise Missing("no scenario was measured whose calls can be foretold")
    return max(made)


def _memory(results: Results) -> float:
    """In the first round: later ones come after requests of 10,000 lookups."""
    return _measured(results, HUB, ONE).windows[0].resident_mb


def _record(results: Results) -> float:
    """The share of throughput that is lost by recording."""
    return 1 - _by_rounds(
        _measured(results, HUB, LIST),
        _measured(results, OFF, LIST),
        lambda on, off: on.lookups_per_second / off.lookups_per_second,
    )


def _record_by_cpu(results: Results) -> float:
    """The share of the hub's CPU time for a lookup that goes into its record."""
    return 1 - _cost(LIST, OFF)(results)


def _measured(results: Results, contender: str, scenario: str) -> Measurement:
    if (found := results.measured(contender, scenario)) and found.windows:
        return found
    for name in (f"{contender} {scenario}", contender):
        if name in results.skipped:
            raise Missing(results.skipped[name])
    if contender not in (HUB, OFF, FLOOR, BARE, DIRECT, *results.contenders):
        raise Missing(f"{contender} was not run; it is with --peers")
    raise Missing(f"{contender} was not measured in {scenario}")


def _by_rounds(
    ours: Measurement, theirs: Measurement, figure: Callable[[Window, Window], float]
) -> float:
    return median(map(figure, ours.windows, theirs.windows))


RATIOS = (
    _faster("list_vs_mercurius", "100 in a list by Mercurius", 1.0, LIST, "mercurius"),
    _faster("alias_vs_mercurius", "100 aliases by Mercurius", 1.2, ALIASES, "mercurius"),
    _faster("list_vs_apollo", "100 in a list by Apollo Server", 2, LIST, "apollo"),
    _faster("list_vs_hive", "100 in a list by Hive Gateway", 7, LIST, "hive"),
    _faster("list_vs_naive", "100 in a list by naive Strawberry", 40, LIST, "naive"),
    _faster("one_vs_mercurius", "one lookup by Mercurius", 1.0, ONE, "mercurius"),
    _faster("one_vs_hive", "one lookup by Hive Gateway", 25, ONE, "hive"),
    _faster("one_vs_bare", "one gateway lookup by a bare one", 0.7, ONE_GATEWAY, BARE),
    _faster("list_vs_floor", "100 in a list by the bare floor", 0.6, LIST, FLOOR),
    Ratio("added_ms_one", "ms added to 20 ms, one lookup", 1.5, False, _added(ONE_ALONE)),
    Ratio("added_ms_100", "ms added to 20 ms, 100 lookups", 4, False, _added(LIST_ALONE)),
    Ratio("tail", "p99 by p50 at 70 % of capacity, 20 ms", 2, False, _tail),
    Ratio("cost_growth", "cost at 10,000 by cost at 100 in a request", 1.1, False, _growth),
    Ratio("calls_over_least", "upstream calls by the least possible", 1.0, False, _calls),
    Ratio("rss_mb", "MB at 64 callers", 150, False, _memory),
    Ratio(
        "record_cost", "share of throughput that records cost", 0.2, False, _record, _record_by_cpu
    ),
)
"""All promises, in the order of the table."""
