"""HTTP as uvicorn speaks it, at less cost for what comes most: a plain POST that is answered in one piece."""

import re
from asyncio import Event
from functools import lru_cache

from uvicorn._types import ASGISendEvent, HTTPResponseStartEvent
from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

_PLAIN = re.compile(rb"/[\w/.~-]*", re.ASCII)
"""A target that is a path and nothing else, and stands for itself."""
_FRAMING = {b"connection", b"content-length", b"transfer-encoding"}
_LONGEST = 100
"""Characters of a header's value that is remembered."""


class Exchange(RequestResponseCycle):
    """A plain request and its reply. A head that ends with its length leaves together with the body.

    Whatever is not given whole uvicorn sends; who fails between head and body answers 500.
    """

    _held: HTTPResponseStartEvent | None = None
    _head = b""

    async def send(self, message: ASGISendEvent) -> None:
        """Send over ASGI."""
        held, self._held = self._held, None
        if held is not None:
            if self._sent_whole(message):
                return
            await super().send(held)
        elif message["type"] == "http.response.start" and self._holds(message):
            return
        await super().send(message)

    async def send_500_response(self) -> None:
        """Answer for an application that failed."""
        self._held = None
        await super().send_500_response()

    def _holds(self, start: HTTPResponseStartEvent) -> bool:
        headers = start.get("headers")
        if not isinstance(headers, list) or not headers or self.response_started:
            return False
        *others, (name, value) = headers
        if name != b"content-length":
            return False
        for _, said in others:
            if len(said) > _LONGEST:
                return False
        try:
            head = _head(start["status"], *self.default_headers, *others)
        except TypeError:  # not pairs of bytes: nothing to remember
            return False
        if head is None:
            return False
        self._held, self._head, self._length = start, head, value
        return True

    def _sent_whole(self, message: ASGISendEvent) -> bool:
        if message["type"] != "http.response.body" or message.get("more_body", False):
            return False
        body = message.get("body", b"")
        free = self.keep_alive and not (self.disconnected or self.flow.write_paused)
        if not free or self._length != b"%d" % len(body):
            return False
        self.response_started = self.response_complete = True
        self.transport.write(b"%b%b\r\n\r\n%b" % (self._head, self._length, body))
        self.message_event.set()
        self.on_response()
        return True


class Connection(HttpToolsProtocol):
    """A connection of uvicorn's, on which plain requests are exchanges, and one timer sees whether it idles."""

    _idle_until: float | None = None

    def on_headers_complete(self) -> None:
        """Begin what was asked for."""
        if self._is_plain():
            self._begin()
        else:
            super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Go on to the next request, or wait for it."""
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._idle_until = self.loop.time() + self.timeout_keep_alive
        if self.timeout_keep_alive_task is None:
            self._watch(self._idle_until)

    def timeout_keep_alive_handler(self) -> None:
        """Close it where nothing came in time, else look again when that time is over."""
        self.timeout_keep_alive_task = None
        if self._idle_until is None:
            return
        if self.loop.time() < self._idle_until:
            self._watch(self._idle_until)
        else:
            super().timeout_keep_alive_handler()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of everything."""
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None

    def _unset_keepalive_if_required(self) -> None:
        """It idles no more; the timer finds out."""
        self._idle_until = None

    def _watch(self, until: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_at(until, self.timeout_keep_alive_handler)

    def _is_plain(self) -> bool:
        parser, cycle = self.parser, self.cycle
        return (
            parser.get_method() == b"POST"
            and _PLAIN.fullmatch(self.url) is not None
            and (cycle is None or cycle.response_complete)
            and not self.expect_100_continue
            and not parser.should_upgrade()
            and parser.should_keep_alive()
            and parser.get_http_version() == "1.1"
            and not (self.access_log or self.root_path or self.limit_concurrency)
        )

    def _begin(self) -> None:
        scope = self.scope
        scope["method"], scope["query_string"] = "POST", b""
        scope["path"], scope["raw_path"] = self.url.decode("ascii"), self.url
        self.cycle = Exchange(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=Event(),
            expect_100_continue=False,
            keep_alive=True,
            on_response=self.on_response_complete,
        )
        self._start_asgi_task(self.cycle, self.app)


@lru_cache(maxsize=64)
def _head(status: int, *headers: tuple[bytes, bytes]) -> bytes | None:
    """A head up to its length; nothing where uvicorn has to look at it."""
    lines = [STATUS_LINE[status]]
    for given, value in headers:
        name = given.lower()
        if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value) or name in _FRAMING:
            return None
        lines.append(b"%b: %b\r\n" % (name, value))
    return b"".join([*lines, b"content-length: "])
