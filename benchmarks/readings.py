"""What the hub's own /metrics say, and what the system says of its process."""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

ANSWERED = frozenset({"held", "not_held"})


@dataclass(frozen=True, slots=True)
class Reading:
    """The hub at one moment; counters are totals since it began."""

    resident_mb: float
    descriptors: int
    sockets: int
    tasks: int
    in_flight: int
    resting: int  # breakers that are open or on trial
    lookups: Mapping[str, int]  # by outcome
    answered: Mapping[str, int]  # replies that were answers, by source
    replies: Mapping[str, int]  # all replies, by source
    shed: int


async def read_hub(session: aiohttp.ClientSession, url: str, pid: int) -> Reading:
    """Fetch the metrics once."""
    async with session.get(f"{url}/metrics", raise_for_status=True) as reply:
        text = await reply.text()
    return reading_of(text, sockets_of(pid))


def reading_of(text: str, sockets: int) -> Reading:
    """A reading from metrics in the text format of Prometheus."""
    samples = [one for family in text_string_to_metric_families(text) for one in family.samples]
    return Reading(
        resident_mb=_total(samples, "process_resident_memory_bytes") / 2**20,
        descriptors=int(_total(samples, "process_open_fds")),
        sockets=sockets,
        tasks=int(_total(samples, "certhub_tasks")),
        in_flight=int(_total(samples, "certhub_in_flight")),
        resting=sum(one.name == "certhub_breaker_state" and one.value > 0 for one in samples),
        lookups=_by(samples, "certhub_lookups_total", "outcome"),
        answered=_by(samples, "certhub_replies_total", "source", _answered),
        replies=_by(samples, "certhub_replies_total", "source"),
        shed=int(_total(samples, "certhub_shed_total")),
    )


def sockets_of(pid: int) -> int:
    """How many sockets a process has open."""
    count, folder = 0, f"/proc/{pid}/fd"
    for descriptor in os.listdir(folder):  # noqa: PTH208  # a Path for each would cost more
        with suppress(FileNotFoundError):  # closed meanwhile
            count += os.readlink(f"{folder}/{descriptor}").startswith("socket:")  # noqa: PTH115
    return count


def _answered(sample: Sample) -> bool:
    return sample.labels["said"] in ANSWERED


def _always(_: Sample) -> bool:
    return True


def _by(
    samples: list[Sample], name: str, label: str, wanted: Callable[[Sample], bool] = _always
) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for one in samples:
        if one.name == name and wanted(one):
            counts[one.labels[label]] += int(one.value)
    return dict(counts)


def _total(samples: list[Sample], name: str) -> float:
    return sum(one.value for one in samples if one.name == name)
