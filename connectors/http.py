"""The one HTTP session of the process; every failure on the wire leaves it as a `ConnectorError`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from email.utils import parsedate_to_datetime
from functools import lru_cache, partial
from typing import TypeVar

import aiohttp
import msgspec
from msgspec.structs import replace
from yarl import URL

from connectors.contract import ConnectorError, Endpoint, Garbled, TimedOut, Unreachable
from connectors.decoding import Json, json_document
from connectors.lines import Lines, Wanted
from connectors.replicas import Reach, Replicas

T = TypeVar("T")

FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
TRACEPARENT = "traceparent"
JSON = {"Content-Type": "application/json; charset=UTF-8"}
_NOBODY_ASKED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class Call(msgspec.Struct, frozen=True):
    """One wire call; `url` comes whole and percent-encoded, `timeout` is in seconds.

    The timeout begins as the call is made, unless `until` tells when it ends, by the loop's clock.
    A `lookup` only reads, so that a replica of the platform may be asked the same.
    """

    endpoint: Endpoint
    method: str
    url: str
    timeout: float
    headers: Mapping[str, str] = {}
    body: bytes | None = None
    lookup: bool = False
    until: float | None = None

    def __repr__(self) -> str:
        return f"Call({self.endpoint.platform}, {self.method})"


class Reply(msgspec.Struct, frozen=True):
    """A whole answer, whatever its status."""

    status: int
    body: bytes
    charset: str | None
    date: str | None

    def __repr__(self) -> str:
        return f"Reply({self.status})"

    def document(self) -> Json:
        """The body as JSON; `Garbled` where it is none."""
        return json_document(self.body, self.charset)

    def server_time(self) -> float | None:
        """The server's time by its Date header, in epoch seconds."""
        try:
            # Whole seconds, cut off: on average it is half a second later.
            return parsedate_to_datetime(self.date).timestamp() + 0.5 if self.date else None
        except (ValueError, OverflowError):
            return None


def _untraced() -> None:
    return None


class Http:
    """Kept-alive connections to all platforms; redirects are refused and proxies not looked for."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        traceparent: Callable[[], str | None] = _untraced,
    ) -> None:
        self._session = session
        self._lines = Lines(session)
        self._traceparent = traceparent
        self._works: set[asyncio.Task[object]] = set()
        self._replicas: dict[tuple[str, ...], Replicas] = {}

    async def ask(self, call: Call) -> Reply:
        """The reply within the call's timeout and its endpoint's `max_bytes`."""
        if call.endpoint.replicas:
            return await self._by_any(call)
        try:
            return await self._reply(call)
        except (aiohttp.ClientError, OSError) as error:
            failure = _failure(error, call)
        # Raised out here so that no context is kept: aiohttp's texts hold the URL, and so people.
        raise failure

    def reach(self, endpoint: Endpoint) -> Reach:
        """How an endpoint with replicas is reached."""
        return self._replicas_of(endpoint).reach

    def _replicas_of(self, endpoint: Endpoint) -> Replicas:
        addresses = endpoint.url.rstrip("/"), *endpoint.replicas
        known = (endpoint.platform, *addresses)
        found = self._replicas.get(known)
        if found is None:
            found = self._replicas[known] = Replicas(addresses)
        return found

    async def _by_any(self, call: Call) -> Reply:
        replicas, slots = self._replicas_of(call.endpoint), call.endpoint.slots
        send = partial(self._sent_to, call)
        try:
            async with asyncio.timeout_at(_end_of(call)):
                if call.lookup and slots is not None:
                    return await replicas.look_up(send, slots)
                return await replicas.ask(send)
        except TimeoutError:
            raise timed_out(call.timeout) from None

    async def _sent_to(self, call: Call, address: str) -> Reply | Unreachable:
        """The reply from one address, or why no connection to it came about."""
        at = len(call.endpoint.url.rstrip("/"))
        try:
            return await self._reply(replace(call, url=address + call.url[at:]))
        except (aiohttp.ClientError, OSError) as error:
            asked = not isinstance(error, _NOBODY_ASKED)
            failure = _failure(error, call)
        if asked or not isinstance(failure, Unreachable):
            raise failure
        return failure

    async def tell(self, call: Call) -> int:
        """The status of the answer, whose body is not read; a redirect is one and not followed."""
        try:
            async with self._asked(call) as response:
                return response.status
        except (aiohttp.ClientError, OSError) as error:
            failure = _failure(error, call)
        raise failure  # out here, too

    async def _reply(self, call: Call) -> Reply:
        endpoint, headers = call.endpoint, self._headers(call)
        limits = endpoint.max_bytes, endpoint.connect_timeout, _end_of(call)
        answered = await self._lines.ask(Wanted(call.method, call.url, headers, call.body, *limits))
        kind, date = answered.text(b"content-type"), answered.text(b"date")
        return Reply(answered.status, answered.body, kind and charset_in(kind), date)

    def _asked(self, call: Call) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        timeout = aiohttp.ClientTimeout(
            total=call.timeout, sock_connect=call.endpoint.connect_timeout
        )
        return self._session.request(
            call.method,
            URL(call.url, encoded=True),
            headers=self._headers(call),
            data=call.body,
            timeout=timeout,
            allow_redirects=False,
        )

    def _headers(self, call: Call) -> Mapping[str, str]:
        traceparent = self._traceparent() if call.endpoint.trace else None
        return call.headers if traceparent is None else {**call.headers, TRACEPARENT: traceparent}

    def own(self, work: Coroutine[object, None, T]) -> asyncio.Task[T]:
        """Run work that outlives whoever asked for it, but never the session."""
        task = asyncio.create_task(work)
        self._works.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[T]) -> None:
        self._works.discard(task)
        if not task.cancelled():
            task.exception()  # seen by whoever still waits; not a loss where nobody does

    async def end(self) -> None:
        """Cancel what still runs, wait until it has ended, and let go of all connections."""
        works = list(self._works)
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)
        self._lines.close()


@asynccontextmanager
async def open_http(
    traceparent: Callable[[], str | None] = _untraced,
) -> AsyncIterator[Http]:
    """The process's HTTP session; connections are bounded by each endpoint's `concurrency`.

    `traceparent` names the work that a call is part of, for platforms that are to be told.
    """
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=60),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    ) as session:
        http = Http(session, traceparent)
        try:
            yield http
        finally:
            await http.end()


def _end_of(call: Call) -> float:
    """When the call's timeout ends, by the loop's clock."""
    if call.until is not None:
        return call.until
    return asyncio.get_running_loop().time() + call.timeout


@lru_cache(maxsize=256)
def charset_in(content_type: str) -> str | None:
    """The charset that a content type names, if it does."""
    for part in content_type.split(";")[1:]:
        name, _, text = part.partition("=")
        if name.strip().lower() == "charset":
            return text.strip(' "')
    return None


def _failure(error: aiohttp.ClientError | OSError, call: Call) -> ConnectorError:
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        seconds = call.endpoint.connect_timeout
        return Unreachable(f"no connection within {seconds:g} s; check the network to the platform")
    if isinstance(error, TimeoutError):
        return timed_out(call.timeout)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable("the host's name does not resolve; check `endpoint` and the DNS")
    if isinstance(error, aiohttp.ClientSSLError):
        return Unreachable("no trusted TLS connection; check the platform's certificate")
    if isinstance(error, aiohttp.ClientConnectionError | OSError):
        return Unreachable("no connection, or it was reset; check `endpoint` and the network")
    return Garbled("the answer is not HTTP, or was cut off; tell the platform")


def timed_out(seconds: float) -> TimedOut:
    """No whole answer came in time."""
    return TimedOut(f"no whole answer within {seconds:g} s; raise `timeout` if that is usual")
