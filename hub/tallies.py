"""Counters and histograms for Prometheus that take many equal things at once, for little.

They belong to one thread, so that they need no lock.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

Labelled = tuple[str, ...]
"""A value for each label."""


class Tally(Collector):
    """Counts by labels."""

    def __init__(self, name: str, title: str, labels: Sequence[str]) -> None:
        self._name = name
        self._title = title
        self._labels = labels
        self._counts: dict[Labelled, int] = {}

    def add(self, labelled: Labelled, times: int = 1) -> None:
        """Count so many more."""
        self._counts[labelled] = self._counts.get(labelled, 0) + times

    def collect(self) -> Iterable[Metric]:
        """All of it as one counter."""
        family = CounterMetricFamily(self._name, self._title, labels=self._labels)
        for labelled, count in self._counts.items():
            family.add_metric(labelled, count)
        return [family]


class Spread(Collector):
    """Counts values by labels and bucket; `buckets` are their upper bounds, ascending."""

    def __init__(
        self, name: str, title: str, labels: Sequence[str], buckets: Sequence[float]
    ) -> None:
        self._name = name
        self._title = title
        self._labels = labels
        self._buckets = buckets
        self._counts: dict[Labelled, list[int]] = {}
        self._sums: dict[Labelled, float] = {}
        if not labels:  # there is one, and it is told from the beginning
            self.observe((), 0.0, 0)

    def observe(self, labelled: Labelled, value: float, times: int = 1) -> None:
        """Take in a value so many times."""
        counts = self._counts.get(labelled)
        if counts is None:
            counts = self._counts[labelled] = [0] * (len(self._buckets) + 1)
            self._sums[labelled] = 0.0
        counts[bisect_left(self._buckets, value)] += times
        self._sums[labelled] += value * times

    def collect(self) -> Iterable[Metric]:
        """All of it as one histogram."""
        family = HistogramMetricFamily(self._name, self._title, labels=self._labels)
        bounds = [*map(str, map(float, self._buckets)), "+Inf"]
        for labelled, counts in self._counts.items():
            buckets = list(zip(bounds, accumulate(counts), strict=True))
            family.add_metric(labelled, buckets, self._sums[labelled])
        return [family]
