"""A whole hub and its collector: what arrives, what never does, and what happens without one."""

import asyncio
import json
import logging
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from hub.declarations.words import ConfigurationError
from hub.evidence import Tier
from hub.exporting import open_tracing
from hub.otlp import ENDING, open_otlp
from hub.routing.sending import Sending
from hub.sandbox.dials import Dials
from hub.tracing import UNTRACED
from tests.connectors.scripted_server import nobody_listening
from tests.face.asking import DOSSIER, MANY, ONE
from tests.routing.scripted import Scripted, source
from tests.stack import DOSSIER_ITEM, ITEM, OPERATOR, PURPOSE, UNIT, Stack, open_stack
from tests.tracing.ground import CALLER, PARENT, TRACE, Collector, collecting

CASE = "办-追踪-1"


async def over_events(stack: Stack, query: object) -> None:
    """One operation over SSE, whose request names a trace."""
    headers = {
        "Authorization": f"Bearer {stack.key}",
        "Accept": "text/event-stream",
        "traceparent": CALLER,
    }
    async with stack.session.post(f"{stack.url}/graphql", json=query, headers=headers) as reply:
        assert "event: complete" in await reply.text()


async def over_websocket(stack: Stack, query: str, variables: object) -> None:
    """One operation over a socket whose handshake names a trace."""
    url = stack.url.replace("http", "ws") + "/graphql"
    protocol = Subprotocol("graphql-transport-ws")
    async with connect(
        url, subprotocols=[protocol], additional_headers={"traceparent": CALLER}
    ) as one:
        key = {"Authorization": f"Bearer {stack.key}"}
        await one.send(json.dumps({"type": "connection_init", "payload": key}))
        payload = {"query": query, "variables": variables}
        await one.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
        answers = [json.loads(await one.recv()) for _ in range(3)]
        assert [answer["type"] for answer in answers] == ["connection_ack", "next", "complete"]
        assert "errors" not in answers[1]["payload"]


async def test_a_hub_tells_a_collector_of_each_operation(tmp_path: Path) -> None:
    """What is found at the second tier is one tree in the caller's trace, flushed at the end."""
    async with collecting() as collector:
        async with open_stack(tmp_path, environ=[("CERTHUB_OTLP", collector.url)]) as stack:
            held_at = {"province": False, "municipality": True}
            person = stack.sandbox.examples.person_with("resident_id_card", held_at)
            subject = {"person": {"residentId": person.identifier, "name": person.name}}
            variables = {"type": "resident_id_card", "subject": subject, "purpose": PURPOSE}
            query = {"query": ONE, "variables": variables}
            _, answer = await stack.post(query, traceparent=CALLER)
            assert answer["data"]["certificate"]["source"]["name"] == "municipality"
            await over_events(stack, query)
            await over_websocket(stack, ONE, variables)
        spans = collector.spans

    http, events, socket_ = spans.of("query")
    assert spans.tree(http) == {
        "query": [
            {"certhub.wave": ["province"]},
            {"certhub.wave": ["municipality"]},
            "certhub.commit",
        ]
    }
    assert (http.trace, http.parent, http.kind) == (TRACE, PARENT, "SERVER")
    assert http.facts == {"graphql.operation.type": "query", "certhub.errors": 0}
    assert (events.trace, events.parent) == (TRACE, PARENT)
    assert socket_.parent == ""
    assert socket_.trace != TRACE
    (resource,) = {
        tuple((one.key, one.value.string_value) for one in span.resource.attributes)
        for request in collector.requests
        for span in request.resource_spans
    }
    assert dict(resource)["service.name"] == "certhub"


async def ask_everything(stack: Stack) -> list[str]:
    """Lookups, dossiers, denials, wrong requests; the texts that nobody else may see."""
    person = stack.sandbox.examples.person_with("resident_id_card", {"province": True})
    subject = {"person": {"residentId": person.identifier, "name": person.name}}
    lookup = {"type": "resident_id_card", "subject": subject}
    purpose = {**PURPOSE, "case": CASE}
    for query, variables in [
        (ONE, {**lookup, "purpose": purpose}),
        (ONE, {**lookup, "purpose": {**purpose, "operator": "stranger"}}),
        (ONE, {**lookup, "type": person.identifier, "purpose": purpose}),
        (ONE, {"type": subject, "subject": lookup, "purpose": person.identifier}),
        (MANY, {"lookups": [lookup, lookup], "purpose": purpose}),
        (DOSSIER, {"subject": subject, "purpose": {**purpose, "item": DOSSIER_ITEM}}),
        (f'query N{person.identifier} {{ node(id: "{person.identifier}") {{ id }} }}', {}),
    ]:
        headers = {"tracestate": f"x={person.identifier}", "baggage": f"x={person.identifier}"}
        await stack.post({"query": query, "variables": variables}, traceparent=CALLER, **headers)
    return [person.identifier, person.identifier[6:14], person.name, CASE, UNIT, ITEM, OPERATOR]


def texts(collector: Collector) -> str:
    """Everything that was sent, ids of spans apart."""
    return "\n".join(str(request) for request in collector.requests)


async def test_no_person_is_in_any_trace(tmp_path: Path) -> None:
    """No identifier, name, case, unit, item, operator or text of a query is in what was sent."""
    async with collecting() as collector:
        async with open_stack(tmp_path, environ=[("CERTHUB_OTLP", collector.url)]) as stack:
            secrets = [*await ask_everything(stack), stack.key, "residentId", "certificate("]
            for name in stack.sandbox.urls:
                stack.sandbox.platform(name).turn(Dials(wrong_person_rate=1.0))
            secrets += await ask_everything(stack)
        spans = collector.spans

    sent = texts(collector)
    assert '"certhub.platform"' in sent
    for secret in secrets:
        assert secret not in sent
        assert secret.encode("unicode_escape").decode() not in sent
    known = {"graphql.operation.type"}
    plain = {"certhub.platform", "certhub.interface"}
    for span in spans.seen:
        assert span.texts == ("",)
        for name, value in span.facts.items():
            assert name in known | plain or isinstance(value, int), name
    assert {one.told("platform") for one in spans.of("certhub.call")} <= set(stack.sandbox.urls)


@pytest.mark.parametrize("given", ["", "/", "/v1/traces"])
async def test_the_path_of_traces_may_be_left_out(given: str) -> None:
    """A collector's URL with or without /v1/traces is the same one."""
    async with collecting() as collector:
        async with open_tracing(collector.url + given) as tracing:
            with tracing.operation("query", None):
                pass

        assert [one.name for one in collector.spans.seen] == ["query"]


async def test_a_collector_behind_a_path_is_reached() -> None:
    """What stands before /v1/traces stays."""
    async with collecting("/otel/v1/traces") as collector:
        async with open_tracing(f"{collector.url}/otel") as tracing:
            with tracing.operation("query", None):
                pass

        assert len(collector.spans.seen) == 1


async def test_a_collector_that_is_down_slows_nothing(tmp_path: Path) -> None:
    """Every lookup is answered, as fast as without; the log says once that traces are lost."""
    async with (
        nobody_listening() as dead,
        open_stack(tmp_path, environ=[("CERTHUB_OTLP", dead)]) as stack,
    ):
        person = stack.sandbox.examples.person_with("resident_id_card", {"province": True})
        subject = {"person": {"residentId": person.identifier, "name": person.name}}
        variables = {"type": "resident_id_card", "subject": subject, "purpose": PURPOSE}
        took = []
        for _ in range(30):
            began = time.perf_counter()
            data = await stack.ask(ONE, **variables)
            took.append(time.perf_counter() - began)
            assert data["certificate"]["__typename"] == "Found"
        began = time.perf_counter()
    ended = time.perf_counter() - began

    assert sorted(took)[15] < 0.5
    assert ended < ENDING + 5


def _exported() -> None:
    """Wait until no thread exports any more."""
    for thread in threading.enumerate():
        if thread.name.startswith(("Otel", "traces")):
            thread.join(10)


async def test_a_collector_that_hangs_is_left_in_time(caplog: pytest.LogCaptureFixture) -> None:
    """The end waits for the last batches a few seconds and no longer, and says that they are lost."""
    released = asyncio.Event()

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()
        await writer.wait_closed()

    hanging = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = hanging.sockets[0].getsockname()[1]
    caplog.set_level(logging.DEBUG)
    began = time.perf_counter()
    with capture_logs() as logs:
        async with open_otlp(f"http://127.0.0.1:{port}") as tracing:
            for _ in range(3000):  # more than are kept
                with tracing.operation("query", None):
                    pass
            assert time.perf_counter() - began < ENDING
            began = time.perf_counter()
        took = time.perf_counter() - began
    released.set()
    hanging.close()
    await hanging.wait_closed()
    await asyncio.to_thread(_exported)

    assert ENDING <= took < 2 * ENDING
    assert [one["event"] for one in logs] == ["the last traces are lost"]
    assert "opentelemetry" not in caplog.text


async def test_a_collector_that_comes_back_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost batches are said once, and once that they are taken again."""
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
    async with collecting() as collector:
        collector.refuses = 2
        with capture_logs() as logs:
            async with open_otlp(collector.url) as tracing:
                for number in range(4):
                    with tracing.operation("query", None):
                        pass
                    await asyncio.wait_for(collector.answered(number + 1), 5)

    assert [one["event"] for one in logs] == ["traces are not taken", "traces are taken again"]
    assert "CERTHUB_OTLP" in logs[0]["mend"]


OFF = """
import asyncio, sys
from hub.exporting import open_tracing
import resolvers.app

async def opened():
    async with open_tracing(None) as tracing:
        return tracing

tracing = asyncio.run(opened())
print(type(tracing).__name__, [one for one in sys.modules if "opentelemetry" in one], "hub.otlp" in sys.modules)
"""


def test_nothing_is_imported_where_nothing_is_traced() -> None:
    """Without a collector no library of traces is loaded."""
    ran = subprocess.run([sys.executable, "-c", OFF], capture_output=True, text=True, check=True)

    assert ran.stdout == "_Untraced [] False\n"


async def test_a_collector_without_the_libraries_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub does not start, and says what to install."""
    monkeypatch.delitem(sys.modules, "hub.otlp", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)

    with pytest.raises(ConfigurationError) as raised:
        async with open_tracing("http://127.0.0.1:4318"):
            pass

    assert str(raised.value) == (
        "environment: CERTHUB_OTLP is set, and there is no module opentelemetry. Install the "
        "libraries with `pip install certhub[otel]`, or leave the variable out."
    )


async def test_what_nobody_traces_is_one_object_without_any_state() -> None:
    """All such work is the same nothing, which lets every error through."""
    sending = Sending(source("province", Tier.PROVINCIAL, Scripted()), 1.0)
    call = UNTRACED.call("p", "i", sending)
    spans = [UNTRACED.operation("query", None), UNTRACED.wave([]), call, UNTRACED.commit(1)]
    UNTRACED.joined(sending)
    call.end(bug=True)

    with pytest.raises(ValueError, match="through"), spans[0] as span:
        span.count("errors", 1)
        raise ValueError("through")
    assert len(set(map(id, spans))) == 1
    assert not hasattr(call, "__dict__")
    assert UNTRACED.traceparent() is None
