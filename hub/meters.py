"""What is counted and timed, for Prometheus to fetch; no label names a person, a unit or a case."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from connectors.replicas import Reach
from hub.counting import counted
from hub.evidence import Found, Outcome
from hub.routing.breaker import BreakerState
from hub.routing.lines import LineState
from hub.routing.observation import Observatory
from hub.routing.route import Source
from hub.routing.search import said_in
from hub.routing.sending import Reply
from hub.tallies import Spread, Tally

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_SOURCE = ["source"]


class Meters:
    """One hub's meters; it also passes on to the observatory what it sees of the sources."""

    def __init__(self, observatory: Observatory) -> None:
        self.registry = registry = CollectorRegistry()
        self._observatory = observatory
        self._lookups = Tally("certhub_lookups", "Lookups by outcome (查询结果)", ["outcome"])
        self._found = Tally(
            "certhub_found", "Lookups found, by tier and source (命中层级)", ["tier", "source"]
        )
        self._spent = Spread(
            "certhub_disclosure_seconds",
            "From admission to the committed record of a batch of lookups (查询用时)",
            (),
            SECONDS,
        )
        self._sent = Spread(
            "certhub_batch_questions",
            "Questions sent to a source together (批量大小)",
            _SOURCE,
            SIZES,
        )
        self._replies = Tally("certhub_replies", "What sources said (来源应答)", ["source", "said"])
        self._seconds = Spread(
            "certhub_reply_seconds", "From a question to its reply (来源用时)", _SOURCE, SECONDS
        )
        self._joined = Tally(
            "certhub_coalesced",
            "Questions that joined an equal one on its way (合并查询)",
            _SOURCE,
        )
        for one in (
            self._lookups,
            self._found,
            self._spent,
            self._sent,
            self._replies,
            self._seconds,
            self._joined,
        ):
            registry.register(one)
        self._commits = Histogram(
            "certhub_record_commit_seconds",
            "One commit of records (留痕提交用时)",
            buckets=SECONDS,
            registry=registry,
        )
        self._records = Counter(
            "certhub_records", "Records committed (留痕条数)", registry=registry
        )
        self._uncommitted = Counter(
            "certhub_record_failures",
            "Commits of records that failed (留痕失败)",
            registry=registry,
        )
        self._shed = Counter(
            "certhub_shed", "Requests turned away, by reason (限流)", ["reason"], registry=registry
        )

        # Memory, descriptors and CPU time of the process, where the system tells them.
        ProcessCollector(registry=registry)
        tasks = Gauge("certhub_tasks", "Tasks of the event loop (任务数)", registry=registry)
        tasks.set_function(_tasks)

    def disclosed(self, outcomes: Sequence[Outcome], seconds: float) -> None:
        """A batch of lookups was answered."""
        self._spent.observe((), seconds)
        for kind, lookups in counted(map(type, outcomes)).items():
            self._lookups.add((kind.__name__,), lookups)
        holdings = [outcome.holding for outcome in outcomes if isinstance(outcome, Found)]
        tiers = {holding.source: holding.tier for holding in holdings}
        for source, found in counted([holding.source for holding in holdings]).items():
            self._found.add((tiers[source].value, source), found)

    def sent(self, source: Source, questions: int) -> None:
        """So many questions were sent together."""
        self._sent.observe((source.name,), questions)

    def joined(self, source: Source, questions: int) -> None:
        """So many questions joined equal ones that were on their way."""
        self._joined.add((source.name,), questions)

    def heard(self, source: Source, seconds: float, replies: Sequence[Reply]) -> None:
        """Questions were replied to, all of them after so long."""
        self._observatory.heard(source, seconds, replies)
        for said, questions in said_in(replies).items():
            self._replies.add((source.name, said.value), questions)
        self._seconds.observe((source.name,), seconds, len(replies))

    def committed(self, records: int, seconds: float) -> None:
        """A commit of records ended; none where it failed."""
        self._commits.observe(seconds)
        if records:
            self._records.inc(records)
        else:
            self._uncommitted.inc()

    def shed(self, reason: str) -> None:
        """A request was turned away at the door."""
        self._shed.labels(reason).inc()

    def tell_lateness(self, seconds: Callable[[], float]) -> None:
        """Tell at each fetch how late the event loop is."""
        late = Gauge(
            "certhub_loop_late_seconds",
            "How late the event loop is (事件循环延迟)",
            registry=self.registry,
        )
        late.set_function(seconds)

    def watch(self, lines: Callable[[], Iterable[LineState]]) -> None:
        """Tell the state of the lines at each fetch."""
        self.registry.register(_LinesNow(lines))

    def watch_addresses(self, reaches: Callable[[], Mapping[str, Reach]]) -> None:
        """Tell at each fetch how platforms with several addresses are reached."""
        self.registry.register(_AddressesNow(reaches))

    def text(self) -> bytes:
        """All of it in the text format of Prometheus."""
        return generate_latest(self.registry)


class _LinesNow(Collector):
    """The state of every line, looked at when asked."""

    def __init__(self, lines: Callable[[], Iterable[LineState]]) -> None:
        self._lines = lines

    def collect(self) -> Iterable[Metric]:
        """A breaker's state and what is in flight, by source and interface."""
        names = ["source", "interface"]
        states = GaugeMetricFamily(
            "certhub_breaker_state",
            "0 closed, 1 half open, 2 open (熔断状态)",
            labels=names,
        )
        flights = GaugeMetricFamily(
            "certhub_in_flight", "Questions on their way (在途查询)", labels=names
        )
        for line in self._lines():
            labels = [line.platform, line.interface]
            states.add_metric(labels, _LEVELS[line.state])
            flights.add_metric(labels, line.in_flight)
        return states, flights


class _AddressesNow(Collector):
    """The addresses of every platform that has several, looked at when asked."""

    def __init__(self, reaches: Callable[[], Mapping[str, Reach]]) -> None:
        self._reaches = reaches

    def collect(self) -> Iterable[Metric]:
        """Calls to further addresses, and addresses that are passed over, by source."""
        hedged = CounterMetricFamily(
            "certhub_hedged", "Late lookups asked of a second address (对冲请求)", labels=_SOURCE
        )
        failed_over = CounterMetricFamily(
            "certhub_failed_over",
            "Calls that got no connection and went to the next address (切换地址)",
            labels=_SOURCE,
        )
        resting = GaugeMetricFamily(
            "certhub_addresses_passed_over",
            "Addresses passed over, as they did not answer of late (暂停地址)",
            labels=_SOURCE,
        )
        for source, reach in self._reaches().items():
            hedged.add_metric([source], reach.hedged)
            failed_over.add_metric([source], reach.failed_over)
            resting.add_metric([source], reach.passed_over)
        return hedged, failed_over, resting


def _tasks() -> float:
    return float(len(asyncio.all_tasks()))


_LEVELS = {BreakerState.CLOSED: 0, BreakerState.HALF_OPEN: 1, BreakerState.OPEN: 2}
