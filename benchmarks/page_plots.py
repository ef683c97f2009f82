"""What is plotted of a run: which measurements, on which axes."""

from collections.abc import Callable, Iterable, Sequence
from math import log10

from benchmarks.page_charts import Axis, Band, Chart, Line, linear, logarithmic, number
from benchmarks.results import Measurement, Moment, OutageTold, Results, ScenarioTold

_KNOWN = (
    *("certhub", "certhub-unrecorded", "mercurius", "apollo", "yoga", "hive"),
    *("strawberry", "naive", "ariadne", "floor", "bare", "direct"),
)
_SHARES = ((0.5, "50"), (0.9, "90"), (0.99, "99"), (0.999, "99.9"), (0.9999, "99.99"))
_WIDE = 20.0
"""Where the most is more than so many times the least, a scale is logarithmic."""


_SHAPES = {
    "one": "one lookup",
    "list": "100 in a list",
    "aliases": "100 aliases",
    "half": "100, half fall through",
    "verified": "a verification hit",
    "dossier": "a dossier of 12",
    "hot": "100 reusable answers",
    "same": "one question from all",
    "city": "a city's mixture",
}
_WAYS = {"batch": "batch call", "gateway": "sharing gateway"}


def in_words(told: ScenarioTold) -> str:
    """A scenario for people."""
    shape = _SHAPES.get(told.shape, f"{told.lookups:,} lookups")
    latency = "heavy-tailed latency" if told.latency == "tail" else f"{told.latency} ms"
    loads = {"alone": "one caller", "open": f"open loop at {told.rate or 0:.0%} of capacity"}
    load = loads.get(told.load, f"{told.callers} callers")
    return f"{shape} · {_WAYS.get(told.way, told.way)} · {latency} · {load}"


def look(contender: str) -> str:
    """The class of a contender in the style sheet."""
    return f"of-{contender}" if contender in _KNOWN else "of-other"


def short(contender: str) -> str:
    """A name as there is room for at the end of a line."""
    return "unrecorded" if contender == "certhub-unrecorded" else contender


def distributions(results: Results) -> list[Chart]:
    """How long requests took, percentile by percentile; a chart for each scenario."""
    return [
        _distribution(measured)
        for measured in by_scenario(results).values()
        if not measured[0].scenario.shape.startswith(("list-of", "one-by"))
    ]


def by_scenario(results: Results) -> dict[str, list[Measurement]]:
    """What was measured in each scenario, in order."""
    found: dict[str, list[Measurement]] = {}
    for one in results.measurements:
        if one.windows:
            found.setdefault(one.scenario.name, []).append(one)
    return found


def _distribution(measured: Sequence[Measurement]) -> Chart:
    lines = [_percentiles(one) for one in measured]
    deepest = max(x for line in lines for x, _ in line.points)
    ticks = [(_depth(share), told) for share, told in _SHARES if _depth(share) <= deepest]
    times = [ms for line in lines for _, ms in line.points]
    across = Axis("percentile of requests", 0.0, max(deepest, 1.0), ticks=[(0.0, "0"), *ticks])
    title = in_words(measured[0].scenario)
    return Chart(title, across, logarithmic("ms", times), lines)


def _percentiles(one: Measurement) -> Line:
    """The middle of the rounds, as far as there were requests enough to tell."""
    fewest = min(window.requests for window in one.windows)
    shares = [share for share, _ in one.windows[0].latencies_ms if (1 - share) * fewest >= 0.999]
    points = [(_depth(share), _ms(one, share)) for share in shares or [0.5]]
    told = ", ".join(f"p{100 * share:g} {_ms(one, share):,.2f} ms" for share in (0.5, 0.9, 0.99))
    name = one.contender
    return Line(short(name), look(name), points, f"{name}: {told}")


def _ms(one: Measurement, share: float) -> float:
    return one.middle(lambda window: window.ms(share))


def _depth(share: float) -> float:
    """Percentiles are spread by how few requests lie above: 90, 99 and 99.9 are as far apart."""
    return -log10(1 - share)


def concurrency(results: Results) -> list[Chart]:
    """Lookups in a second with more and more callers, one lookup in a request."""

    def chosen(one: Measurement) -> bool:
        told = one.scenario
        usual = told.way == "batch" and told.latency == "0" and told.load == "crowd"
        return usual and (told.shape == "one" or told.shape.startswith("one-by"))

    lines = _curves(
        filter(chosen, results.measurements),
        lambda one: one.scenario.callers,
        lambda one: one.middle(lambda window: window.lookups_per_second),
    )
    return _chart("Throughput against concurrency", "callers at once", "lookups/s", lines)


def cost(results: Results) -> list[Chart]:
    """What a lookup costs in larger and larger requests."""

    def chosen(one: Measurement) -> bool:
        told = one.scenario
        usual = told.way == "batch" and told.latency == "0" and told.load == "alone"
        return usual and (told.shape == "list" or told.shape.startswith("list-of"))

    lines = _curves(
        filter(chosen, results.measurements),
        lambda one: one.scenario.lookups,
        lambda one: one.middle(lambda window: window.norm_us),
    )
    return _chart("Cost against size", "lookups in one request", "CPU µs per lookup", lines)


def _curves(
    measured: Iterable[Measurement],
    across: Callable[[Measurement], float],
    figure: Callable[[Measurement], float],
) -> list[Line]:
    points: dict[str, list[tuple[float, float]]] = {}
    for one in measured:
        if one.windows:
            points.setdefault(one.contender, []).append((across(one), figure(one)))
    return [
        Line(short(name), look(name), sorted(each), dots=True)
        for name, each in points.items()
        if len(each) > 1
    ]


def _chart(title: str, across: str, up: str, lines: Sequence[Line]) -> list[Chart]:
    """No chart where there is no line."""
    if not lines:
        return []
    xs = sorted({x for line in lines for x, _ in line.points})
    ys = [y for line in lines for _, y in line.points]
    scale = logarithmic(across, xs)
    x = Axis(across, scale.low, scale.high, log=True, ticks=[(x, number(x)) for x in xs])
    wide = max(ys) > _WIDE * max(min(ys), 1e-9)
    return [Chart(title, x, logarithmic(up, ys) if wide else linear(up, max(ys)), lines)]


def timeline(outage: OutageTold) -> list[Chart]:
    """Latency through the outage, of those who need the platform and of those who don't."""
    return [
        _latency("Lookups that begin at the platform that hangs", outage, outage.needing),
        _latency("Lookups that do not need it", outage, outage.healthy),
        _answers(outage),
    ]


def _latency(title: str, outage: OutageTold, moments: Sequence[Moment]) -> Chart:
    p50 = [(one.at, one.p50_ms) for one in moments if one.p50_ms is not None]
    p99 = [(one.at, one.p99_ms) for one in moments if one.p99_ms is not None]
    every = [one.p50_ms for one in (*outage.needing, *outage.healthy) if one.p50_ms]
    every += [one.p99_ms for one in (*outage.needing, *outage.healthy) if one.p99_ms]
    lines = [Line("p99", "second", p99), Line("p50", "first", p50)]
    drawn = [line for line in lines if line.points]
    return Chart(title, _seconds(outage), logarithmic("ms", every), drawn, [_hanging(outage)])


def _answers(outage: OutageTold) -> Chart:
    """Of those who need it: what became of their lookups."""
    width = outage.seconds / max(len(outage.needing), 1)
    found = [(one.at, one.found / width) for one in outage.needing]
    without = [(one.at, one.unavailable / width) for one in outage.needing]
    lines = [Line("found", "first", found), Line("unavailable", "second", without)]
    most = max(rate for _, rate in (*found, *without, (0.0, 1e-9)))
    title = "What became of those that begin there"
    drawn = [line for line in lines if line.points]
    return Chart(title, _seconds(outage), linear("lookups/s", most), drawn, [_hanging(outage)])


def _seconds(outage: OutageTold) -> Axis:
    axis = linear("seconds", outage.seconds)
    return Axis(
        axis.title, 0.0, outage.seconds, ticks=[t for t in axis.ticks if t[0] <= outage.seconds]
    )


def _hanging(outage: OutageTold) -> Band:
    return Band(outage.fell, outage.healed, "hangs")
