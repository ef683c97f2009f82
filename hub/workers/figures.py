"""The figures of several workers as one text: every sample says which worker it is of."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector


def together(texts: Mapping[str, str]) -> bytes:
    """The text format of Prometheus over all workers' texts, by the name of each worker."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Together(texts))
    return generate_latest(registry)


class _Together(Collector):
    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def collect(self) -> Iterable[Metric]:
        """Every family once, with the samples of all workers."""
        families: dict[str, Metric] = {}
        for worker, text in self._texts.items():
            for told in text_string_to_metric_families(text):
                family = families.setdefault(
                    told.name, Metric(told.name, told.documentation, told.type)
                )
                for sample in told.samples:
                    family.samples.append(
                        sample._replace(labels={**sample.labels, "worker": worker})
                    )
        return families.values()
