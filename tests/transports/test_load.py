"""Many clients at once, and clients that do not read."""

import asyncio
import gc
import socket as plain
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import orjson
import pytest

from hub.commands import running
from resolvers.transports.operating import Timing
from tests.transports.ground import BEARER, Ground, becomes, open_ground, socket

IMPATIENT = Timing(reading=0.5)
MUCH = "subscription { much }"
WAITING = "subscription { waiting { number } }"
SEVERAL = 16_000_000
LISTENS = "0A"


async def test_500_sockets_at_once_open_run_and_close_without_a_trace() -> None:
    """Each runs two subscriptions; afterwards no task, no generator and no connection is left."""
    async with open_ground() as ground:
        before = len(asyncio.all_tasks())
        async with AsyncExitStack() as stack:
            opening = [stack.enter_async_context(socket(ground)) for _ in range(500)]
            clients = await asyncio.gather(*opening)
            for client in clients:
                await client.subscribe("1", WAITING)
                await client.subscribe("2", WAITING)
            first = await asyncio.gather(*(client.receive() for client in clients))
            await becomes(lambda: ground.running == 1000)
            assert ground.connections.open == 500
            ground.may_go_on.set()
        await becomes(lambda: ground.connections.open == 0 and ground.running == 0)
        await becomes(lambda: len(asyncio.all_tasks()) <= before)

    assert {one["payload"]["data"]["waiting"]["number"] for one in first} == {1}


async def test_500_sockets_are_closed_with_1001_when_the_hub_stops() -> None:
    """Within a second or two, every one with a close frame."""
    async with open_ground() as ground, AsyncExitStack() as stack:
        opening = [stack.enter_async_context(socket(ground)) for _ in range(500)]
        clients = await asyncio.gather(*opening)
        for client in clients:
            await client.subscribe("1", WAITING)
        await ground.connections.leave(5)
        closed = await asyncio.gather(*(client.closed() for client in clients))

    assert {code for code, _ in closed} == {1001}
    assert (ground.connections.open, ground.running) == (0, 0)


@asynccontextmanager
async def unread(ground: Ground, request: bytes, then: bytes = b"") -> AsyncIterator[None]:
    """A client that sends and reads no more than the first line of the answer to its request."""
    loop = asyncio.get_running_loop()
    with plain.socket() as client:
        client.setsockopt(plain.SOL_SOCKET, plain.SO_RCVBUF, 4096)
        client.setblocking(False)
        host, _, port = ground.place.partition(":")
        await loop.sock_connect(client, (host, int(port)))
        await loop.sock_sendall(client, request)
        assert (await loop.sock_recv(client, 12)).startswith(b"HTTP/1.1 ")
        await loop.sock_sendall(client, then)
        yield


def frame(message: object) -> bytes:
    """A client's text frame; masked with zeros, which is a mask."""
    text = orjson.dumps(message)
    assert len(text) < 65536
    return b"\x81\xfe" + len(text).to_bytes(2, "big") + b"\0\0\0\0" + text


def socket_request(place: str) -> tuple[bytes, bytes]:
    upgrade = (
        f"GET /graphql HTTP/1.1\r\nHost: {place}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    ).encode()
    init = frame({"type": "connection_init", "payload": {"authorization": BEARER}})
    flood = [
        frame({"type": "subscribe", "id": str(n), "payload": {"query": MUCH}}) for n in range(20)
    ]
    return upgrade, init + b"".join(flood)


def sockets_of(place: str) -> int:
    """How many connections stand at the server's port, whether its program knows of them or not."""
    port = f":{int(place.partition(':')[2]):04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    standing = [line.split() for line in lines]
    return sum(one[1].endswith(port) and one[3] != LISTENS for one in standing)


def stream_request(place: str) -> tuple[bytes, bytes]:
    body = orjson.dumps({"query": MUCH})
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: {place}\r\nAuthorization: {BEARER}\r\n"
        "Accept: text/event-stream\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    return head + body, b""


@pytest.mark.parametrize("request_of", [socket_request, stream_request])
async def test_a_client_that_does_not_read_costs_little_and_is_ended(
    request_of: Callable[[str], tuple[bytes, bytes]],
) -> None:
    """Floods stop after a few events; after its time to read all of them are closed."""
    async with open_ground(IMPATIENT, grace=1) as ground:
        gc.collect()
        tracemalloc.start()
        async with unread(ground, *request_of(ground.place)):
            await becomes(lambda: ground.running > 0)
            await asyncio.sleep(0.3)
            held, _ = tracemalloc.get_traced_memory()
            produced = ground.produced
            await becomes(lambda: ground.connections.open == 0 and ground.running == 0)
        tracemalloc.stop()

    assert held < SEVERAL
    assert produced < 100
    assert ground.produced <= produced + 20


async def test_1008_is_what_it_hears_once_it_reads_again() -> None:
    """The close frame with its reason stands behind what was sent before."""
    async with open_ground(Timing(reading=1.0)) as ground, socket(ground) as client:
        client.wire.transport.pause_reading()
        await client.subscribe("1", MUCH)
        await becomes(lambda: ground.running == 1)
        await becomes(lambda: ground.running == 0)
        client.wire.transport.resume_reading()
        closed = await client.closed()

    assert closed == (1008, "The client does not read what it is sent")


@pytest.mark.skipif(not hasattr(plain, "TCP_USER_TIMEOUT"), reason="Linux ends what is not read")
async def test_what_is_never_read_is_cut_by_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed socket whose bytes nobody takes does not stay: here after a second, not for ever."""
    monkeypatch.setattr(running, "UNREAD_FOR", 1)
    async with (
        open_ground(IMPATIENT, grace=30) as ground,
        unread(ground, *socket_request(ground.place)),
    ):
        await becomes(lambda: ground.connections.open == 1)
        await becomes(lambda: ground.connections.open == 0)
        assert sockets_of(ground.place) > 0
        await becomes(lambda: sockets_of(ground.place) == 0, within=10)
