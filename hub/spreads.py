"""How values spread over buckets, for Prometheus: as a histogram that takes many equal ones at once."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector


class Spread(Collector):
    """Counts values by label and bucket; `buckets` are their upper bounds, ascending."""

    def __init__(self, name: str, title: str, label: str, buckets: Sequence[float]) -> None:
        self._name = name
        self._title = title
        self._label = label
        self._buckets = buckets
        self._counts: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}

    def observe(self, labelled: str, value: float, times: int = 1) -> None:
        """Take in a value so many times."""
        counts = self._counts.get(labelled)
        if counts is None:
            counts = self._counts[labelled] = [0] * (len(self._buckets) + 1)
        counts[bisect_left(self._buckets, value)] += times
        self._sums[labelled] = self._sums.get(labelled, 0.0) + value * times

    def collect(self) -> Iterable[Metric]:
        """All of it as one histogram."""
        family = HistogramMetricFamily(self._name, self._title, labels=[self._label])
        bounds = [*map(str, map(float, self._buckets)), "+Inf"]
        for labelled, counts in self._counts.items():
            buckets = list(zip(bounds, accumulate(counts), strict=True))
            family.add_metric([labelled], buckets, self._sums[labelled])
        return [family]
