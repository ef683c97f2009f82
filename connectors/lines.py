"""Kept connections to every host: aiohttp opens them, a `Line` each asks and reads."""

import asyncio
import zlib
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote

import aiohttp
import msgspec
from yarl import URL

from connectors.line import Answered, Line, Unheard, too_large

_IDLE = 15.0  # seconds after which a kept connection is not used again
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})
_VISIBLE = "".join(map(chr, range(ord("!"), ord("~") + 1)))
_AS_GZIP, _AS_ZLIB, _AS_DEFLATE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_USUAL = "Accept: */*\r\nAccept-Encoding: gzip, deflate\r\nUser-Agent: certhub\r\n"


class Wanted(msgspec.Struct, frozen=True):
    """What is sent where, and what is taken for an answer.

    A connection may take `connect_timeout` seconds, all of it may last `until`, by the loop's clock.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    most: int
    connect_timeout: float
    until: float

    def __repr__(self) -> str:
        return f"Wanted({self.method})"


class Lines:
    """Asks over kept connections, as many as are asked at once; no redirect is followed."""

    def __init__(self, session: aiohttp.ClientSession, idle: float = _IDLE) -> None:
        self._session = session
        self._idle = idle
        self._kept: defaultdict[str, list[Line]] = defaultdict(list)
        self._all: set[Line] = set()
        self._looking: asyncio.TimerHandle | None = None

    async def ask(self, wanted: Wanted) -> Answered:
        """The whole answer, unpacked, in time; raises what aiohttp does, and `Garbled`.

        A kept connection may be stale: what may be repeated is asked once more where nothing came.
        """
        until = wanted.until
        origin, target = _parted(wanted.url)
        request = _request(wanted, origin, target)
        line = self._kept_line(origin) or await self._opened(origin, wanted, until)
        try:
            return await self._asked(line, origin, request, wanted.most, until)
        except Unheard:
            if wanted.method not in _REPEATABLE:
                raise
        line = await self._opened(origin, wanted, until)
        return await self._asked(line, origin, request, wanted.most, until)

    def close(self) -> None:
        """End every connection."""
        if self._looking is not None:
            self._looking.cancel()
        for line in self._all:
            line.close()

    async def _asked(
        self, line: Line, origin: str, request: bytes, most: int, until: float
    ) -> Answered:
        try:
            answered = await line.ask(request, most, until)
        finally:
            if line.free:
                self._keep(origin, line)
            else:
                self._all.discard(line)
        coding = answered.headers.get(b"content-encoding")
        return _unpacked(answered, coding.lower(), most) if coding else answered

    def _kept_line(self, origin: str) -> Line | None:
        """The connection used last, as the others may rest; those that rested too long are ended."""
        kept = self._kept[origin]
        self._end_rested(kept)
        while kept:
            if (line := kept.pop()).is_open():
                return line
            self._end(line)
        return None

    def _keep(self, origin: str, line: Line) -> None:
        """Keep a connection until it is asked again, or has rested too long."""
        self._kept[origin].append(line)
        if self._looking is None:
            self._look_later()

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._looking = loop.call_later(max(self._idle, 0.0), self._look)

    def _look(self) -> None:
        """End what rested too long, also of hosts that nobody asks any more."""
        self._looking = None
        for kept in self._kept.values():
            self._end_rested(kept)
        if any(self._kept.values()):
            self._look_later()

    def _end_rested(self, kept: list[Line]) -> None:
        oldest = asyncio.get_running_loop().time() - self._idle
        while kept and (not kept[0].free or kept[0].idle_since < oldest):
            self._end(kept.pop(0))

    def _end(self, line: Line) -> None:
        line.close()
        self._all.discard(line)

    async def _opened(self, origin: str, wanted: Wanted, until: float) -> Line:
        connector = self._session.connector
        if connector is None:
            raise aiohttp.ClientConnectionError("the session is closed")
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=wanted.connect_timeout)
        request = aiohttp.ClientRequest("GET", URL(origin), loop=asyncio.get_running_loop())
        async with asyncio.timeout_at(until):
            try:
                connection = await connector.connect(request, [], timeout)
            except TimeoutError as error:
                raise aiohttp.ConnectionTimeoutError from error
        line = Line(connection)
        self._all.add(line)
        return line


@lru_cache(maxsize=1024)
def _host(origin: str) -> str:
    """The `Host` header; `InvalidURL` where the origin is none."""
    url = URL(origin)
    bare = not url.query_string and not url.fragment and url.user is None
    if url.scheme not in ("http", "https") or not url.host_port_subcomponent or not bare:
        raise aiohttp.InvalidURL("not of the form http://host or https://host")
    return url.host_port_subcomponent


def _parted(url: str) -> tuple[str, str]:
    """The origin, and the path with its query."""
    start = url.find("/", url.find("://") + len("://"))
    if start < 0:
        return url, "/"
    target = url[start:]
    visible = target.isascii() and target.isprintable() and " " not in target
    return url[:start], target if visible else quote(target, safe=_VISIBLE)


def _request(wanted: Wanted, origin: str, target: str) -> bytes:
    """The whole request; a header that would break out of its line is a bug."""
    headers = "".join([f"{name}: {text}\r\n" for name, text in wanted.headers.items()])
    if headers.count("\r") + headers.count("\n") != 2 * len(wanted.headers):
        raise ValueError("a line break in a header")
    length = "" if wanted.body is None else f"Content-Length: {len(wanted.body)}\r\n"
    start = f"{wanted.method} {target} HTTP/1.1\r\nHost: {_host(origin)}\r\n"
    return f"{start}{_USUAL}{headers}{length}\r\n".encode() + (wanted.body or b"")


def _unpacked(answered: Answered, coding: bytes, most: int) -> Answered:
    """The same answer, its body unpacked; what is coded in a way we did not offer stays as it is."""
    if coding in (b"gzip", b"x-gzip"):
        way = _AS_GZIP
    elif coding == b"deflate":
        way = (
            _AS_ZLIB
            if answered.body[:1] and answered.body[0] & 0xF == zlib.DEFLATED
            else _AS_DEFLATE
        )
    else:
        return answered
    unpacking = zlib.decompressobj(way)
    try:
        body = unpacking.decompress(answered.body, most + 1)
    except zlib.error:
        raise aiohttp.ClientPayloadError("the body can't be unpacked") from None
    if len(body) > most:
        raise too_large(most)
    if answered.body and not unpacking.eof:
        raise aiohttp.ClientPayloadError("cut off")
    return Answered(answered.status, answered.headers, body)
