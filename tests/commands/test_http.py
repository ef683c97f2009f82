"""HTTP as the hub serves it, byte by byte over real sockets, beside uvicorn's own word for the same."""

import asyncio
import re
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import cast

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hub.commands.http import Connection
from hub.commands.running import Server, listening
from tests.commands.served_apps import LARGE, Apps
from tests.transports.ground import becomes

KEPT = 1
"""Seconds that a connection may idle."""


def post(path: str, body: str = "hi", *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: hub", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", body]).encode()


LAST = post("/echo", "last", "Connection: close")


class Wire(asyncio.Protocol):
    """A connection of a client, and what has come over it that was not taken yet."""

    def __init__(self) -> None:
        self.come = bytearray()
        self.over = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.come += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.over.set()

    async def said(self, request: bytes, until: bytes) -> bytes:
        """What is answered to it, up to and with those bytes."""
        self.transport.write(request)
        await becomes(lambda: until in self.come)
        end = self.come.index(until) + len(until)
        answer = bytes(self.come[:end])
        del self.come[:end]
        return answer

    async def rest(self) -> bytes:
        """What comes until the other end closes."""
        async with asyncio.timeout(10):
            await self.over.wait()
        return bytes(self.come)

    async def closed_after(self) -> float:
        """Seconds until the other end closes, which says nothing more."""
        began = monotonic()
        assert await self.rest() == b""
        return monotonic() - began

    def segments(self) -> int:
        """How many segments with data have come."""
        opened = self.transport.get_extra_info("socket")
        info = opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
        return int.from_bytes(info[152:156], sys.byteorder)  # tcpi_data_segs_in


@dataclass
class Served:
    """Where the applications are served, and by whom."""

    apps: Apps
    port: int
    server: uvicorn.Server

    @asynccontextmanager
    async def wire(self) -> AsyncIterator[Wire]:
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_connection(Wire, "127.0.0.1", self.port)
        try:
            yield wire
        finally:
            wire.transport.close()

    async def talk(self, *requests: bytes) -> tuple[bytes, list[dict[str, object]]]:
        """All that is answered until the connection ends, and what the application was told."""
        async with self.wire() as wire:
            name = wire.transport.get_extra_info("sockname")
            for request in requests:
                if not wire.over.is_set():
                    wire.transport.write(request)
                    await asyncio.sleep(0.02)
            answer = re.sub(rb"date: [^\r]+", b"date: then", await wire.rest())
        scopes = [scope for scope in self.apps.scopes if scope["client"] == name]
        return answer, [
            {word: told for word, told in scope.items() if word not in ("client", "server")}
            for scope in scopes
        ]


@asynccontextmanager
async def serving(
    protocol: type[HttpToolsProtocol] = Connection, limit: int | None = None, root: str = ""
) -> AsyncIterator[Served]:
    """The applications on a free port, served as the hub does it."""
    apps = Apps()
    config = uvicorn.Config(
        apps,
        http=protocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEPT,
        timeout_graceful_shutdown=5,
        limit_concurrency=limit,
        root_path=root,
    )
    server = Server(config)
    with listening("127.0.0.1", 0) as listener:
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await becomes(lambda: server.started)
            yield Served(apps, listener.getsockname()[1], server)
        finally:
            apps.may_go_on.set()
            server.should_exit = True
            await running


Talks = Mapping[str, Sequence[bytes]]


async def both(talks: Talks, limit: int | None = None, root: str = "") -> tuple[object, object]:
    """What uvicorn and the hub answer in each talk, what applications are told, and what is counted."""
    told = []
    for protocol in (HttpToolsProtocol, Connection):
        async with serving(protocol, limit, root) as served:
            served.apps.may_go_on.set()
            heard = await asyncio.gather(*(served.talk(*requests) for requests in talks.values()))
            counted = served.server.server_state.total_requests
            told.append((dict(zip(talks, heard, strict=True)), counted))
    return told[0], told[1]


ANSWERS = [
    *("echo", "waiting", "stream", "parts", "read-once", "nothing", "empty", "long-value"),
    *("said-close", "two-lengths", "no-number", "odd-value", "odd-name", "too-long", "too-short"),
    *("body-first", "two-heads", "after-the-end", "fails", "listed"),
]
GET = "HTTP/1.1\r\nHost: hub\r\n"
REQUESTS = {
    "a query": post("/echo?a=b"),
    "an escape": post("/echo%20x"),
    "a fragment": post("/echo#x"),
    "an odd path": post("//e-c.h~o_/1"),
    "a whole URL": post("http://hub/echo"),
    "no body": post("/echo", "", "X-Empty:"),
    "a client that waits": post("/echo", "hi", "expect: 100-continue"),
    "headers twice": post("/echo", "hi", "Connection: keep-alive", "x-twice: a", "X-Twice: b"),
    "the last one": post("/echo", "hi", "Connection: close"),
    "an upgrade": post("/echo", "hi", "Connection: upgrade", "Upgrade: h2c"),
    "two framings": post("/echo", "hi", "Transfer-Encoding: chunked"),
    "GET": f"GET /echo {GET}\r\n".encode(),
    "HEAD": f"HEAD /echo {GET}\r\n".encode(),
    "PUT": f"PUT /echo {GET}Content-Length: 2\r\n\r\nhi".encode(),
    "OPTIONS": f"OPTIONS * {GET}\r\n".encode(),
    "chunks": f"POST /echo {GET}Transfer-Encoding: chunked\r\n\r\n"
    "2\r\nhi\r\n3;x=y\r\n you\r\n0\r\nTrailer: t\r\n\r\n".encode(),
    "1.0": b"POST /echo HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi",
    "1.0 that stays": b"POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi",
    "2.0": b"POST /echo HTTP/2.0\r\nContent-Length: 2\r\n\r\nhi",
    "no length": b"POST /echo HTTP/1.1\r\nContent-Length: two\r\n\r\n",
    "TLS": b"\x16\x03\x01",
    "a large body": post("/echo", "x" * 200_000),
}


async def test_an_answer_is_uvicorns_to_the_byte() -> None:
    """Twice over one connection, then once more and no more; so for applications in trouble."""
    talks = {path: (post(f"/{path}"), post(f"/{path}"), LAST) for path in ANSWERS}

    uvicorns, ours = await both(talks)

    assert ours == uvicorns


async def test_a_request_is_taken_as_by_uvicorn() -> None:
    """The application is told the same, and the same is answered, also to what comes next."""
    uvicorns, ours = await both({name: (given, LAST) for name, given in REQUESTS.items()})

    assert ours == uvicorns


async def test_a_request_may_come_in_any_pieces() -> None:
    """Byte by byte, as well as head and body by themselves."""
    request = post("/echo", "slow")
    pieces = [request[place : place + 1] for place in range(len(request))]

    uvicorns, ours = await both(
        {"bytes": (*pieces, LAST), "parts": (request[:-4], request[-4:], LAST)}
    )

    assert ours == uvicorns


async def test_pipelined_requests_are_answered_in_order() -> None:
    """Each after the one before, though all came at once and some have to wait."""
    paths = ["/waiting", "/echo", "/stream", "/parts", "/echo"]
    at_once = b"".join(post(path, str(place)) for place, path in enumerate(paths))

    uvicorns, ours = await both({"at once": (at_once + LAST,), "in two": (at_once, LAST)})

    assert ours == uvicorns


@pytest.mark.parametrize(("limit", "root"), [(1, ""), (None, "/under")])
async def test_uvicorns_limits_and_roots_hold(limit: int | None, root: str) -> None:
    """A full server says 503; a root stands before each path."""
    uvicorns, ours = await both({"one": (post("/echo"), LAST)}, limit, root)

    assert ours == uvicorns


@pytest.mark.parametrize("path", ["fails-between", "leaves-between"])
async def test_who_fails_between_head_and_body_answers_500(path: str) -> None:
    """Nothing has left yet: the client hears of the failure, where uvicorn would cut it off."""
    async with serving() as served:
        answer, _ = await served.talk(post(f"/{path}"))

    assert answer.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert answer.endswith(b"connection: close\r\n\r\nInternal Server Error")


async def test_of_two_heads_the_first_has_left() -> None:
    """The second one is no body: the answer is cut off, as by uvicorn."""
    uvicorns, ours = await both({"": (post("/two-heads-with-length"),)})

    assert ours == uvicorns


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how many segments came")
@pytest.mark.parametrize(("protocol", "each"), [(Connection, 1), (HttpToolsProtocol, 2)])
async def test_a_whole_answer_comes_in_one_segment(
    protocol: type[HttpToolsProtocol], each: int
) -> None:
    """Head and body together, where uvicorn would send one after the other."""
    async with serving(protocol) as served, served.wire() as wire:
        for _ in range(3):
            await wire.said(post("/echo"), b"hi")

        assert wire.segments() == 3 * each


async def test_a_stream_flows_at_once() -> None:
    """Its head comes before there is a body, and a part as soon as it is there."""
    async with serving() as served, served.wire() as wire:
        await wire.said(post("/stream"), b"chunked\r\n\r\n")
        served.apps.may_go_on.set()

        assert await wire.said(b"", b"0\r\n\r\n") == b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"


async def test_who_hangs_up_is_heard_of() -> None:
    """An application that still listens learns it, and what it sends then is lost without a word."""
    async with serving() as served:
        async with served.wire() as wire:
            wire.transport.write(post("/listening"))
            await becomes(lambda: served.apps.heard == ["read"])
        await becomes(lambda: served.apps.heard == ["read", "hung up"])
        await becomes(lambda: not served.server.server_state.tasks)

        assert served.server.server_state.connections == set()


async def test_who_does_not_read_is_waited_for() -> None:
    """What is not read yet stays with the server, and the next answer waits until it is."""
    async with serving() as served, served.wire() as wire:
        wire.transport.pause_reading()
        wire.transport.write(post("/large") + post("/echo"))
        await becomes(lambda: len(served.apps.scopes) == 2)
        await asyncio.sleep(0.1)
        assert (served.apps.heard, len(served.server.server_state.tasks)) == (["sent"], 1)
        wire.transport.resume_reading()

        await wire.said(b"", b"x" * LARGE)
        assert (await wire.said(b"", b"hi")).startswith(b"HTTP/1.1 200 OK\r\n")


async def test_an_idle_connection_is_closed_in_time() -> None:
    """After a second since its last answer: not while requests come, are coming, or are answered."""

    async def idle() -> float:
        async with served.wire() as wire:
            await wire.said(post("/echo"), b"hi")
            return await wire.closed_after()

    async def busy() -> float:
        async with served.wire() as wire:
            for _ in range(4):
                await wire.said(post("/echo"), b"hi")
                await asyncio.sleep(0.45 * KEPT)
            await wire.said(post("/echo"), b"hi")
            return await wire.closed_after()

    async def coming() -> float:
        async with served.wire() as wire:
            await wire.said(post("/echo"), b"hi")
            wire.transport.write(post("/echo")[:20])
            await asyncio.sleep(1.5 * KEPT)
            await wire.said(post("/echo")[20:], b"hi")
            return await wire.closed_after()

    async def answered() -> float:
        async with served.wire() as wire:
            await wire.said(post("/echo"), b"hi")
            asyncio.get_running_loop().call_later(1.5 * KEPT, served.apps.may_go_on.set)
            await wire.said(post("/waiting"), b"hi")
            return await wire.closed_after()

    async with serving() as served:
        seconds = await asyncio.gather(idle(), busy(), coming(), answered())

    assert [0.9 * KEPT < one < 1.9 * KEPT for one in seconds] == [True] * 4


async def test_who_leaves_leaves_no_timer_behind() -> None:
    """Nothing keeps a connection that is gone."""
    async with serving() as served:
        async with served.wire() as wire:
            await wire.said(post("/echo"), b"hi")
            (connection,) = served.server.server_state.connections
            assert isinstance(connection, Connection)
            assert connection.timeout_keep_alive_task is not None
        await becomes(lambda: not served.server.server_state.connections)

        assert connection.timeout_keep_alive_task is None


async def test_the_end_waits_for_answers_and_closes_what_idles() -> None:
    """Who was asked before it still answers, and says that it is the last one."""
    async with serving() as served, served.wire() as idle, served.wire() as asked:
        await idle.said(post("/echo"), b"hi")
        asked.transport.write(post("/waiting"))
        await becomes(lambda: len(served.apps.scopes) == 2)
        served.server.should_exit = True
        assert await idle.rest() == b""
        served.apps.may_go_on.set()

        assert (await asked.rest()).endswith(b"connection: close\r\n\r\nhi")
