"""One kept HTTP/1.1 connection: asked one thing at a time, what it answers is read by httptools."""

import asyncio

import aiohttp
import httptools
import msgspec
from aiohttp.connector import Connection

from connectors.contract import Garbled

_MOST_OF_HEADERS = 65_536  # bytes, of one answer
_MOST_OF_CHUNKS = 8  # bytes on the wire for one of the body, where each comes in a chunk of its own
_ANSWERS = 200  # from this status on; below it an answer is yet to come


class Answered(msgspec.Struct, frozen=True):
    """A whole answer as it came; the names of its headers are in small letters."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    def __repr__(self) -> str:
        return f"Answered({self.status})"

    def text(self, name: bytes) -> str | None:
        """A header as text, if there is one."""
        found = self.headers.get(name)
        return None if found is None else found.decode("utf-8", "surrogateescape")


class Unheard(aiohttp.ServerDisconnectedError):
    """The connection ended before a byte of the answer came."""


class Line(asyncio.Protocol):
    """Takes over a connection that aiohttp has opened, until it is closed.

    It is `free` while it may be asked; an answer that is late, odd or cut off ends it.
    """

    def __init__(self, connection: Connection) -> None:
        handler, transport = connection.protocol, connection.transport
        if handler is None or transport is None:
            raise aiohttp.ServerDisconnectedError
        self._connection, self._handler, self._transport = connection, handler, transport
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[Answered] | None = None
        self._most = 0
        self.free = True
        self.idle_since = self._loop.time()
        transport.set_protocol(self)

    async def ask(self, request: bytes, most: int, until: float) -> Answered:
        """The answer, its body of `most` bytes or less, before `until` by the loop's clock.

        Raises what aiohttp does for the same trouble, and `Garbled` for a larger body.
        """
        self.free, self._whole, self._in_body, self._most = False, False, False, most
        self._read = 0
        waiter: asyncio.Future[Answered] = self._loop.create_future()
        self._waiter = waiter
        timer = self._loop.call_at(until, self._fail, TimeoutError())
        try:
            self._transport.write(request)
            return await waiter
        finally:
            timer.cancel()
            self._waiter = None
            self.idle_since = self._loop.time()
            if not self.free:
                self.close()

    def is_open(self) -> bool:
        """Whether it may be asked, by all that is known of the connection at this moment."""
        return self.free and not self._transport.is_closing()

    def close(self) -> None:
        """End the connection, at once where somebody does not even take what was said."""
        self.free = False
        if self._transport.get_write_buffer_size():
            self._transport.abort()
        else:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Read on; what nobody asked for ends the line."""
        if self._waiter is None or self._whole:
            self.close()
            return
        self._read += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.free = False
            self._fail(aiohttp.ClientPayloadError("not HTTP"))
        if not self._whole and self._read > self._most_read():
            self._fail(_too_many_headers())

    def eof_received(self) -> None:
        """Take no more questions; what is lost with the connection is told then."""
        self.free = False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits; a body without a length is whole now."""
        self.free = False
        self._handler.connection_lost(exc)
        self._connection.close()
        if self._waiter is None or self._waiter.done():
            return
        if not self._read:
            self._fail(Unheard())
        elif not self._in_body:
            self._fail(aiohttp.ServerDisconnectedError())
        elif exc is None and self._ends_with_the_connection():
            self._finish()
        else:
            self._fail(aiohttp.ClientPayloadError("cut off"))

    def on_message_begin(self) -> None:
        """An answer begins; one more than was asked for ends the line."""
        if self._whole:
            self.free = False
        self._in_body, self._size = False, 0
        self._headers: dict[bytes, bytes] = {}
        self._parts: list[bytes] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, the first of its name; those after the body are passed over."""
        if self._in_body:
            return
        self._size += len(name) + len(value)
        if self._size > _MOST_OF_HEADERS:
            self._fail(_too_many_headers())
        else:
            self._headers.setdefault(name.lower(), value)

    def on_headers_complete(self) -> None:
        """The body begins."""
        self._status = self._parser.get_status_code()
        self._in_body, self._size = self._status >= _ANSWERS, 0
        self._keep = self._parser.should_keep_alive()

    def on_body(self, part: bytes) -> None:
        """Keep a part of the body, as long as it is not too large."""
        self._size += len(part)
        if self._size > self._most:
            self._fail(too_large(self._most))
        else:
            self._parts.append(part)

    def on_message_complete(self) -> None:
        """The answer is whole, unless it only said that one is yet to come."""
        if self._status >= _ANSWERS and not self._whole:
            # Where the request is not out yet, what is left of it could be taken for the next one.
            self.free = self._keep and not self._transport.get_write_buffer_size()
            self._finish()

    def _most_read(self) -> int:
        """How many bytes an answer may take; a body's own size is looked at part by part."""
        return _MOST_OF_HEADERS + (_MOST_OF_CHUNKS * self._most if self._in_body else 0)

    def _ends_with_the_connection(self) -> bool:
        return not self._headers.keys() & {b"content-length", b"transfer-encoding"}

    def _finish(self) -> None:
        self._whole = True
        if self._waiter is not None and not self._waiter.done():
            body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            self._waiter.set_result(Answered(self._status, self._headers, body))

    def _fail(self, error: Exception) -> None:
        """Let the asker know, whose `ask` then closes the line."""
        if self._waiter is not None and not self._waiter.done():
            self.free = False
            self._waiter.set_exception(error)


def _too_many_headers() -> aiohttp.ClientPayloadError:
    return aiohttp.ClientPayloadError("more headers than anybody needs")


def too_large(most: int) -> Garbled:
    """A body of more bytes than are taken."""
    return Garbled(f"the answer is larger than {most} bytes; raise `max_bytes` if it is right")
