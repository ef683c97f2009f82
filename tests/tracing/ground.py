"""Spans, kept in memory or taken by a collector, as a test reads them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as WireSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from connectors.contract import Inquiry
from hub.china import CHINA
from hub.declarations.words import Freshness
from hub.evidence import HolderKind, Subject
from hub.otlp import OtlpTracing, tracing_to
from hub.routing.kept import Asker, Kept
from hub.routing.lines import Lines
from hub.routing.observation import Observatory
from hub.routing.retries import RetryRules
from hub.routing.route import Source
from hub.routing.router import Router
from hub.routing.rules import LineRules
from hub.routing.search import Search

NOW = datetime(2026, 11, 23, 9, tzinfo=CHINA)
RULES = LineRules(retries=RetryRules(share=0.0))
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE, PARENT = CALLER.split("-")[1:3]


@dataclass(frozen=True, slots=True)
class Seen:
    """One span: what it is part of, what it is linked to, and all that it tells."""

    name: str
    kind: str
    trace: str
    id: str
    parent: str
    links: tuple[str, ...]
    facts: Mapping[str, str | int | bool]
    failed: bool
    texts: tuple[str, ...]  # every text that may say something: of its status and its events

    def told(self, name: str) -> str | int | bool | None:
        return self.facts.get(f"certhub.{name}")


@dataclass
class Spans:
    """Every span that has ended."""

    seen: Sequence[Seen]

    def of(self, name: str) -> list[Seen]:
        return [one for one in self.seen if one.name == name]

    def the(self, name: str) -> Seen:
        (found,) = self.of(name)
        return found

    def below(self, parent: Seen) -> list[Seen]:
        return [one for one in self.seen if one.parent == parent.id]

    def tree(self, root: Seen) -> object:
        """Names, nested; calls by their platform."""
        name = root.facts.get("certhub.platform", root.name)
        below = [self.tree(one) for one in self.below(root)]
        return {name: below} if below else name


class Remembered:
    """Tracing whose spans are kept in memory."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.tracing, self._provider = tracing_to(self._exporter)

    def close(self) -> None:
        self._provider.shutdown()

    def spans(self) -> Spans:
        self._provider.force_flush()
        finished = sorted(self._exporter.get_finished_spans(), key=lambda one: one.start_time or 0)
        seen = []
        for one in finished:
            assert one.context is not None
            events = [str((event.name, event.attributes)) for event in one.events]
            seen.append(
                Seen(
                    one.name,
                    one.kind.name,
                    f"{one.context.trace_id:032x}",
                    f"{one.context.span_id:016x}",
                    f"{one.parent.span_id:016x}" if one.parent else "",
                    tuple(f"{link.context.span_id:016x}" for link in one.links),
                    dict(one.attributes or {}),  # type: ignore[arg-type]  # we tell no sequences
                    one.status.status_code.name == "ERROR",
                    (one.status.description or "", *events),
                )
            )
        return Spans(seen)


@dataclass
class Collector:
    """Takes OTLP over HTTP, as a collector does."""

    url: str = ""
    requests: list[ExportTraceServiceRequest] = field(default_factory=list)
    refuses: int = 0  # requests that it will not take
    statuses: list[int] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def spans(self) -> Spans:
        wires = sorted(self._wires(), key=lambda one: one.start_time_unix_nano)
        return Spans([_seen(one) for one in wires])

    def _wires(self) -> list[WireSpan]:
        return [
            span
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    async def answered(self, count: int) -> None:
        """Return once it has answered so many requests."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.statuses) >= count)

    async def take(self, request: web.Request) -> web.Response:
        assert request.content_type == "application/x-protobuf"
        body = await request.read()
        self.statuses.append(500 if len(self.statuses) < self.refuses else 200)
        if self.statuses[-1] == 200:
            self.requests.append(ExportTraceServiceRequest.FromString(body))
        async with self._news:
            self._news.notify_all()
        return web.Response(status=self.statuses[-1], content_type="application/x-protobuf")


def _seen(span: WireSpan) -> Seen:
    return Seen(
        span.name,
        SpanKind(span.kind - 1).name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        tuple(link.span_id.hex() for link in span.links),
        {one.key: _value(one) for one in span.attributes},
        span.status.code == span.status.STATUS_CODE_ERROR,
        (span.status.message, *(str(event) for event in span.events)),
    )


def _value(one: KeyValue) -> str | int | bool:
    given: str | int | bool = getattr(one.value, one.value.WhichOneof("value") or "string_value")
    return given


@asynccontextmanager
async def collecting(path: str = "/v1/traces") -> AsyncIterator[Collector]:
    """A collector on an ephemeral port of 127.0.0.1."""
    collector = Collector()
    app = web.Application()
    app.router.add_post(path, collector.take)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    collector.url = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        yield collector
    finally:
        await runner.cleanup()


@dataclass
class Ground:
    """A router over lines that are traced."""

    lines: Lines
    tracing: OtlpTracing
    spans: Callable[[], Spans]

    def router(self) -> Router:
        return Router(self.lines, Kept(1000, lambda: 0.0), lambda: NOW, self.tracing)

    async def ask(
        self, *questions: Search, within: float = 5.0, headers: Mapping[str, str] | None = None
    ) -> list[Search]:
        """One operation that asks for all of them together."""
        with self.tracing.operation("query", headers):
            return await self.router().find([copy(one) for one in questions], within)


@asynccontextmanager
async def grounded() -> AsyncIterator[Ground]:
    """Lines whose spans are kept in memory."""
    remembered = Remembered()
    try:
        async with Lines(Observatory(), RULES, tracing=remembered.tracing) as lines:
            yield Ground(lines, remembered.tracing, remembered.spans)
    finally:
        remembered.close()


def question(subject: str, *route: Source, key: object = None) -> Search:
    """A question about a subject along a route."""
    asker = Asker("U1", Subject(HolderKind.PERSON, subject), Freshness(), None)
    return Search(key or subject, route, Inquiry({"subject.id": subject}), asker)


async def settled() -> None:
    """A few turns of the loop, in which what has ended tells so."""
    for _ in range(5):
        await asyncio.sleep(0)
