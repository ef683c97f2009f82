"""Runs made by hand, for tests of what is made of them."""

from collections.abc import Sequence

from benchmarks.results import Measurement, Results, Window, percentiles
from benchmarks.scenarios import SCENARIOS


def window(
    lookups_per_second: float = 1000.0,
    norm_us: float = 10.0,
    took_ms: Sequence[float] = (1.0, 2.0, 3.0),
    calls: float = 0.01,
    resident_mb: float = 100.0,
    turned_away: int = 0,
) -> Window:
    """One window with these figures; the others are of no interest."""
    return Window(
        seconds=1.0,
        requests=len(took_ms),
        lookups=100,
        lookups_per_second=lookups_per_second,
        cpu_us=2 * norm_us,
        norm_us=norm_us,
        busy=0.9,
        others=0.0,
        platforms_busy=0.2,
        driver_busy=0.3,
        calls=calls,
        resident_mb=resident_mb,
        turned_away=turned_away,
        latencies_ms=percentiles(took_ms),
    )


def measured(contender: str, scenario: str, *windows: Window) -> Measurement:
    """A contender in a scenario, a window for each round."""
    return Measurement(contender, SCENARIOS[scenario].told(), windows)


def run(*measurements: Measurement, **skipped: str) -> Results:
    """A run of those."""
    return Results(
        began="2026-11-23T18:00:00Z",
        machine={"cores": "2"},
        shared_core=False,
        rounds=3,
        seconds=1.5,
        contenders={one.contender: one.contender for one in measurements},
        skipped=skipped,
        measurements=measurements,
    )
