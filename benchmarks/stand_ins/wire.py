"""HTTP as the stand-ins speak it: a protocol over httptools, and nothing in between."""

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Protocol, cast

import httptools
import orjson

from hub.sandbox.dials import DialError, Dials, dials_document, dials_from

_HEAD = (
    b"HTTP/1.1 %d %b\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: %d\r\n\r\n"
)
_REASONS = {200: b"OK", 400: b"Bad Request", 401: b"Unauthorized"}


class Call:
    """One call as it came; made anew for each, so it has no checks."""

    __slots__ = ("body", "headers", "method", "url")

    def __init__(self) -> None:
        self.method, self.url, self.body = b"", b"", b""
        self.headers: dict[bytes, bytes] = {}


@dataclass(frozen=True, slots=True)
class Said:
    """What a platform says; `subjects` is how many it was asked about, none where that is no data call."""

    body: bytes = field(repr=False)
    status: int = 200
    subjects: int = 0


class Stage(Protocol):
    """A dialect spoken from the platform's side."""

    def answer(self, call: Call) -> Said:
        """What is said to one call."""
        ...


class StandIn:
    """One platform: what it says, how long it takes, and how often it was asked."""

    def __init__(self, name: str, stage: Stage) -> None:
        self.name, self._stage = name, stage
        self._dials, self._dice = Dials(), Random(name)
        self._calls = self._subjects = 0

    def ask(self, call: Call, transport: asyncio.Transport) -> None:
        """Answer one call over its connection, when its time has come."""
        if b"/sandbox/" in call.url:
            _write(transport, self._control(call))
            return
        said = self._stage.answer(call)
        if said.subjects:
            self._calls += 1
            self._subjects += said.subjects
        dials = self._dials
        if dials.outage:
            transport.abort()
        elif dials.hang_rate == 0.0:
            self._in_time(dials, transport, said)

    def _in_time(self, dials: Dials, transport: asyncio.Transport, said: Said) -> None:
        if dials.latency.ms > 0:
            seconds = dials.latency.seconds(self._dice)
            asyncio.get_running_loop().call_later(seconds, _write, transport, said)
        else:
            _write(transport, said)

    def _control(self, call: Call) -> Said:
        """Dials are read and turned, counts read and begun anew, as at the sandbox's platforms."""
        if call.url.endswith(b"/counts"):
            if call.method == b"DELETE":
                self._calls = self._subjects = 0
            return Said(orjson.dumps({"total": self._calls, "asked": self._subjects}))
        if call.method == b"PUT":
            try:
                self._dials = dials_from(orjson.loads(call.body))
            except (orjson.JSONDecodeError, DialError) as error:
                return Said(orjson.dumps({"error": str(error)}), 400)
        return Said(orjson.dumps(dials_document(self._dials)))


class Line(asyncio.Protocol):
    """One kept connection; its names are those that httptools calls."""

    def __init__(self, platform: StandIn) -> None:
        self._platform = platform
        self._call = Call()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to read."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        """Read on; who speaks no HTTP is left."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_message_begin(self) -> None:
        """A new call."""
        self._call = Call()

    def on_url(self, url: bytes) -> None:
        """Its target, perhaps in pieces."""
        self._call.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its headers."""
        self._call.headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        """Its body, perhaps in pieces."""
        self._call.body += body

    def on_message_complete(self) -> None:
        """Ask the platform."""
        self._call.method = self._parser.get_method()
        self._platform.ask(self._call, self._transport)


def _write(transport: asyncio.Transport, said: Said) -> None:
    if not transport.is_closing():
        head = _HEAD % (said.status, _REASONS[said.status], len(said.body))
        transport.write(head + said.body)
