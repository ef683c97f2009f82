"""What a run showed, as values and as JSON: the page, the tables and --compare read nothing else."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from statistics import median

import msgspec
import orjson

SHARES = (
    *(share / 100 for share in range(1, 99)),
    *(0.99, 0.992, 0.995, 0.997, 0.999, 0.9995, 0.9999, 1.0),
)
"""Of the latencies of a window, the percentiles that are kept."""

FORMAT = 1
"""Of the JSON; another one is not read."""


@dataclass(frozen=True, slots=True)
class ScenarioTold:
    """A scenario by its parts; `rate` is the share of capacity that an open loop offers."""

    name: str
    shape: str  # "one", "list", "aliases", "half", "verified", "dossier", "hot", "same", "city" …
    way: str  # "batch" or "gateway"
    latency: str  # "0", "20" or "tail": of the platforms
    load: str  # "alone" (one caller), "crowd" (closed loop) or "open"
    lookups: int  # in one request; of the city, on the average
    callers: int  # connections that ask in a closed loop
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """One window of one scenario with one contender; cost and calls are for one lookup."""

    seconds: float
    requests: int
    lookups: int
    lookups_per_second: float
    cpu_us: float  # of the server, all of its processes and threads
    norm_us: float  # the same by the calibration loop beside it: compare this one
    busy: float  # share of the time that the server was at work
    others: float  # share of the time that others had its core
    platforms_busy: float  # share of the other core that the platforms had …
    driver_busy: float  # … and the load driver: together at 1, they are the limit
    calls: float  # to platforms
    resident_mb: float
    turned_away: int  # requests that the server had no room for; they are in no other figure
    latencies_ms: tuple[tuple[float, float], ...]  # (share, ms): see SHARES
    offered: float | None = None  # requests in a second, of an open loop
    unanswered: int = 0  # lookups, of the lookups, whose source was too slow or silent

    def ms(self, share: float) -> float:
        """A percentile of the times that requests took."""
        return next(ms for kept, ms in self.latencies_ms if kept >= share - 1e-9)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One contender in one scenario: a window for each round."""

    contender: str
    scenario: ScenarioTold
    windows: tuple[Window, ...]

    def middle(self, figure: Callable[[Window], float]) -> float:
        """The median of the rounds."""
        return median(figure(window) for window in self.windows)

    def spread(self, figure: Callable[[Window], float]) -> tuple[float, float]:
        """The least and the most of the rounds."""
        figures = [figure(window) for window in self.windows]
        return min(figures), max(figures)


@dataclass(frozen=True, slots=True)
class Moment:
    """A slice of the time through an outage; requests belong to when they were due."""

    at: float  # seconds from the beginning, its middle
    requests: int
    found: int
    unavailable: int
    p50_ms: float | None  # none where nothing was due
    p99_ms: float | None


@dataclass(frozen=True, slots=True)
class OutageTold:
    """Latency over time: the first gateway hangs from `fell` to `healed` and asks of both go on."""

    scenario: str
    seconds: float
    fell: float
    healed: float
    offered: float  # requests in a second
    needing: tuple[Moment, ...]  # those whose first source hangs
    healthy: tuple[Moment, ...]  # those who don't need it


@dataclass(frozen=True, slots=True)
class Results:
    """A whole run."""

    began: str  # ISO 8601, UTC
    machine: Mapping[str, str]
    shared_core: bool  # one core for everything: nothing is comparable
    rounds: int
    seconds: float  # of a window
    contenders: Mapping[str, str]  # name → title, in order
    skipped: Mapping[str, str]  # name → why
    measurements: tuple[Measurement, ...]
    outage: OutageTold | None = None
    ratios: Mapping[str, float | None] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)  # of ratios that are not there
    command: str = ""  # what made it
    format: int = FORMAT

    def measured(self, contender: str, scenario: str) -> Measurement | None:
        """That contender in that scenario, if it was measured."""
        for one in self.measurements:
            if one.contender == contender and one.scenario.name == scenario:
                return one
        return None


class OtherResults(ValueError):
    """A file that is no run of this format; the text says what to do."""


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least this share of all values does not exceed."""
    return _ranked(sorted(values), share)


def percentiles(values: Iterable[float]) -> tuple[tuple[float, float], ...]:
    """What is kept of many latencies."""
    ordered = sorted(values)
    return tuple((share, _ranked(ordered, share)) for share in SHARES)


def _ranked(ordered: Sequence[float], share: float) -> float:
    return ordered[max(ceil(share * len(ordered)) - 1, 0)]


def to_json(results: Results) -> bytes:
    """The run as JSON, every figure of every window."""
    return orjson.dumps(msgspec.to_builtins(results))


def from_json(data: bytes) -> Results:
    """A run from its JSON; another document raises `OtherResults`."""
    try:
        results = msgspec.json.decode(data, type=Results)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise OtherResults(f"it is no run of these benchmarks ({error})") from None
    if results.format != FORMAT:
        raise OtherResults(f"it has format {results.format}, not {FORMAT}; measure anew")
    return results


def read_results(file: Path) -> Results:
    """A run from a file; what can't be read raises `OtherResults`, naming the file."""
    try:
        return from_json(file.read_bytes())
    except OSError as error:
        raise OtherResults(f"{file}: {error.strerror}; give a file that --json wrote") from None
    except OtherResults as error:
        raise OtherResults(f"{file}: {error}; give a file that --json wrote") from None
