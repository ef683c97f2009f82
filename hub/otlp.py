"""Traces in OpenTelemetry, sent over OTLP/HTTP; imported by name, and only where they are wanted.

No attribute tells anything but numbers and the declared names of platforms and interfaces.
"""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from types import TracebackType

import structlog
from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Link, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from hub.evidence import ANSWERED
from hub.routing.search import said_by
from hub.routing.sending import CutOff
from hub.tracing import Sent

log = structlog.get_logger("certhub.traces")
NAME = "certhub"
PATH = "/v1/traces"
EXPORTING = 5.0
"""Seconds that one batch may take; its thread waits, and no lookup does."""
ENDING = 3.0
"""Seconds that the last batches may take when the hub stops."""
_W3C = TraceContextTextMapPropagator()
_ASKER: ContextVar["_Operation | None"] = ContextVar("certhub_operation", default=None)


class _Work:
    """A span that is entered, and ended when it is left."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def __enter__(self) -> "_Work":
        self._before = context.attach(trace.set_span_in_context(self._span))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        context.detach(self._before)
        if kind is not None:
            self._span.set_status(StatusCode.ERROR)
        self._span.end()

    def count(self, name: str, number: int) -> None:
        self._span.set_attribute(f"{NAME}.{name}", number)


class _Operation(_Work):
    """An asker: the calls that it began and that outlive it go on in traces of their own."""

    def __init__(self, span: trace.Span) -> None:
        super().__init__(span)
        self.calls: set[_Call] = set()

    def __enter__(self) -> "_Operation":
        super().__enter__()
        self._asker = _ASKER.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _ASKER.reset(self._asker)
        for call in list(self.calls):
            call.part()
        super().__exit__(kind, error, traceback)


class _Call:
    """A call over a line, part of its asker's trace until it outlives the asker or is shared."""

    def __init__(
        self, tracer: Tracer, facts: Mapping[str, str | int], sent: Sent, all_calls: "Begun"
    ) -> None:
        self._tracer = tracer
        self._facts = facts
        self._sent = sent
        self._all_calls = all_calls
        self.asker = _ASKER.get()
        self.span = tracer.start_span(f"{NAME}.call", None, SpanKind.CLIENT, facts)
        if self.asker is not None:
            self.asker.calls.add(self)
        all_calls[sent] = self

    def __enter__(self) -> "_Call":
        self._before = context.attach(trace.set_span_in_context(self.span))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        context.detach(self._before)

    def part(self) -> None:
        """Go on in a trace of its own, which is linked to the first asker's."""
        if self.asker is None or not self._sent.open:
            return
        self.asker.calls.discard(self)
        self.asker = None
        if not self.span.is_recording():
            return
        asked = self.span
        self.span = self._tracer.start_span(
            f"{NAME}.call",
            Context(),
            SpanKind.CLIENT,
            self._facts,
            [Link(asked.get_span_context())],
        )
        asked.set_attribute(f"{NAME}.parted", True)
        asked.end()

    def end(self, *, bug: bool) -> None:
        """Tell what was said, in numbers; nothing of what ended by a bug."""
        if self.asker is not None:
            self.asker.calls.discard(self)
        del self._all_calls[self._sent]
        said = Counter(_said(self._sent)) if not bug else Counter[str]()
        for word, number in said.items():
            self.span.set_attribute(f"{NAME}.said.{word}", number)
        if bug or not said.keys() <= {one.value for one in ANSWERED}:
            self.span.set_status(StatusCode.ERROR)
        self.span.end()


Begun = dict[Sent, _Call]


def _said(sent: Sent) -> Iterator[str]:
    for reply in sent.replies[: sent.asked]:
        if reply is not None:
            yield "cut_off" if isinstance(reply, CutOff) else said_by(reply).value


class OtlpTracing:
    """Makes spans; see `Tracing`."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._calls: Begun = {}

    @property
    def awaited(self) -> int:
        """Calls that have not ended."""
        return len(self._calls)

    def operation(self, kind: str, headers: Mapping[str, str] | None) -> _Operation:
        """A span of the server, named by the kind; of the headers only `traceparent` is read."""
        given = headers.get("traceparent") if headers else None
        parent = _W3C.extract({"traceparent": given} if given else {}, Context())
        facts = {"graphql.operation.type": kind}
        return _Operation(self._tracer.start_span(kind, parent, SpanKind.SERVER, facts))

    def wave(self, batches: Collection[Collection[object]]) -> _Work:
        """A span with the numbers of sources and questions."""
        facts = {f"{NAME}.sources": len(batches), f"{NAME}.questions": sum(map(len, batches))}
        return _Work(self._tracer.start_span(f"{NAME}.wave", attributes=facts))

    def call(self, platform: str, interface: str, sent: Sent) -> _Call:
        """A span of a client, with what was said in numbers."""
        facts: dict[str, str | int] = {
            f"{NAME}.platform": platform,
            f"{NAME}.interface": interface,
            f"{NAME}.questions": sent.asked,
        }
        return _Call(self._tracer, facts, sent, self._calls)

    def joined(self, sent: Sent) -> None:
        """The call goes on in a trace of its own, and who joined is linked to it."""
        call = self._calls.get(sent)
        if call is None or (call.asker is not None and call.asker is _ASKER.get()):
            return
        call.part()
        trace.get_current_span().add_link(call.span.get_span_context())

    def commit(self, records: int) -> _Work:
        """A span with the number of records, as long as who asked waits for their commit."""
        return _Work(
            self._tracer.start_span(f"{NAME}.commit", attributes={f"{NAME}.records": records})
        )

    def traceparent(self) -> str | None:
        """The present span, without any state that others put beside it."""
        carrier: dict[str, str] = {}
        _W3C.inject(carrier)
        return carrier.get("traceparent")


class Outbox(SpanExporter):
    """Hands batches to an exporter; says once that they are not taken, and once that they are again."""

    def __init__(self, exporter: SpanExporter, endpoint: str) -> None:
        self._exporter = exporter
        self._endpoint = endpoint
        self._taken = True
        self._closed = threading.Lock()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Whether the batch was taken."""
        if self._closed.locked():
            return SpanExportResult.FAILURE
        result = self._exporter.export(spans)
        taken = result is SpanExportResult.SUCCESS
        if taken != self._taken and not self._closed.locked():
            self._taken = taken
            _tell(taken, self._endpoint)
        return result

    def shutdown(self) -> None:
        """End what is being sent, once."""
        if self._closed.acquire(blocking=False):
            self._exporter.shutdown()


def _tell(taken: bool, endpoint: str) -> None:
    if taken:
        log.info("traces are taken again", collector=endpoint)
    else:
        mend = "check CERTHUB_OTLP and the collector; lookups go on, these traces are lost"
        log.warning("traces are not taken", collector=endpoint, mend=mend)


def tracing_to(*exporters: SpanExporter) -> tuple[OtlpTracing, TracerProvider]:
    """Tracing whose spans go to those exporters in batches, and what ends it."""
    provider = TracerProvider(
        resource=Resource.create({"service.name": NAME}), shutdown_on_exit=False
    )
    for exporter in exporters:
        provider.add_span_processor(BatchSpanProcessor(exporter))
    return OtlpTracing(provider.get_tracer(NAME)), provider


@asynccontextmanager
async def open_otlp(endpoint: str) -> AsyncIterator[OtlpTracing]:
    """Tracing to a collector; at the end what is left is sent, in a few seconds or never."""
    url = endpoint if endpoint.endswith(PATH) else endpoint.rstrip("/") + PATH
    # The library's own complaints of a collector that is down come every second, threads' last ones late.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL + 1)
    outbox = Outbox(OTLPSpanExporter(url, timeout=EXPORTING), url)
    tracing, provider = tracing_to(outbox)
    try:
        yield tracing
    finally:
        await _ended(provider)
        outbox.shutdown()


async def _ended(provider: TracerProvider) -> None:
    """Wait for the last batches; their thread is a daemon, so that it holds up no process."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def end() -> None:
        provider.shutdown()
        with suppress(RuntimeError):  # the loop has not waited and is closed
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=end, name="traces end", daemon=True).start()
    try:
        async with asyncio.timeout(ENDING):
            await ended.wait()
    except TimeoutError:
        log.warning("the last traces are lost", waited=ENDING)
