"""Single callers for who takes what comes: one kept-alive connection each, awaited."""

import asyncio
import re
from typing import cast
from urllib.parse import urlsplit

from benchmarks.requests import WrongAnswer

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class Closed(WrongAnswer):
    """The hub closed the connection before it answered."""

    def __init__(self) -> None:
        super().__init__("the hub closed the connection")


class Caller(asyncio.Protocol):
    """One kept-alive HTTP connection with one request on it at a time."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        self._received = bytearray()
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast(asyncio.Transport, transport)  # TCP's; uvloop's is no subclass

    async def ask(self, body: bytes) -> bytes:
        """The body of the answer, which must have status 200."""
        if self.transport.is_closing():
            raise Closed
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(self._head % len(body) + body)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        """Answer whoever waits as soon as the answer is whole."""
        self._received += data
        begin = self._received.find(b"\r\n\r\n") + 4
        if begin < 4 or not (length := _LENGTH.search(self._received, 0, begin)):
            return
        if len(self._received) < begin + int(length[1]):
            return
        status, body = bytes(self._received[9:12]), bytes(self._received[begin:])
        self._received.clear()
        self._settle(body if status == b"200" else WrongAnswer(f"HTTP {status.decode()}"))

    def connection_lost(self, _: Exception | None) -> None:
        """Whoever waits gets no answer."""
        self._settle(Closed())

    def _settle(self, outcome: bytes | WrongAnswer) -> None:
        if self._answer is None or self._answer.done():
            return
        if isinstance(outcome, WrongAnswer):
            self._answer.set_exception(outcome)
        else:
            self._answer.set_result(outcome)


async def connect(url: str, key: str) -> Caller:
    """One caller, connected."""
    host, port = urlsplit(url).netloc.rsplit(":", 1)
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    _, caller = await loop.create_connection(lambda: Caller(head), host, int(port))
    return caller
