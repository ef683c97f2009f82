"""A real HTTP server that answers as told and keeps what it was asked."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum

from aiohttp import web


class Fault(Enum):
    """What a server does in place of a whole answer."""

    HANG = "hang"
    RESET = "reset"
    TRUNCATED = "truncated"
    MID_BODY = "hang mid-body"
    DRIP = "slow drip"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came over the wire."""

    method: str
    path: str
    raw_query: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """One answer."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Script = Callable[[Asked], Awaitable[Said | Fault]]


@dataclass
class ScriptedServer:
    """The server's address, what it was asked, and how many requests it held at once."""

    script: Script
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    now: int = 0
    most: int = 0

    async def respond(self, request: web.BaseRequest) -> web.StreamResponse:
        asked = await _asked(request)
        self.asked.append(asked)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            return await _response(request, await self.script(asked))
        finally:
            self.now -= 1


@asynccontextmanager
async def serving(script: Script) -> AsyncIterator[ScriptedServer]:
    """A server on an ephemeral port of 127.0.0.1."""
    server = ScriptedServer(script)
    runner = web.ServerRunner(web.Server(server.respond), shutdown_timeout=0.05)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    server.url = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        yield server
    finally:
        await runner.cleanup()


async def _asked(request: web.BaseRequest) -> Asked:
    return Asked(
        request.method,
        request.path,
        request.rel_url.raw_query_string,
        dict(request.query),
        dict(request.headers),
        await request.read(),
    )


async def _response(request: web.BaseRequest, said: Said | Fault) -> web.StreamResponse:
    if isinstance(said, Said):
        return web.Response(body=said.body, status=said.status, headers=said.headers)
    if said is Fault.HANG:
        await asyncio.sleep(3600)
    response = web.StreamResponse(headers={"Content-Length": "100000"})
    if said in (Fault.MID_BODY, Fault.DRIP):
        await _slowly(response, request, 3600 if said is Fault.MID_BODY else 0.02)
    if said is Fault.TRUNCATED:
        await response.prepare(request)
        await response.write(b'{"code":"00","da')
    if request.transport and said is Fault.TRUNCATED:
        request.transport.close()
    elif request.transport:
        request.transport.abort()
    return response


async def _slowly(response: web.StreamResponse, request: web.BaseRequest, pause: float) -> None:
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(pause)


async def until(happened: Callable[[], object]) -> None:
    """Wait until something has happened, for five seconds at most."""
    for _ in range(1000):
        if happened():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it has not happened")


@asynccontextmanager
async def nobody_listening() -> AsyncIterator[str]:
    """An address that refuses connections: its port is taken, but not listened to."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
