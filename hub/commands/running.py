"""Runs what stays open until Ctrl-C: listening, serving, stopping."""

import asyncio
import errno
import math
import signal
import socket
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from ipaddress import ip_address
from time import monotonic
from typing import Any

import uvicorn
import uvloop

from hub.commands.ending import end_within
from hub.commands.face import Face, make_face
from hub.commands.http import Connection
from hub.commands.trouble import CommandFailed
from hub.compose import Hub
from hub.in_common import InCommon
from hub.settings import Settings

STOPPING = (signal.SIGINT, signal.SIGTERM)
MARGIN = 5
"""Seconds beyond what sources and records may take, for everything else a request does."""
LARGEST_MESSAGE = 2_000_000
PINGED_EACH = 20.0
UNREAD_FOR = 30
"""Seconds that a client may leave unread, or unacknowledged, what was sent: then the system ends it."""

LONGEST_END = 60.0
"""Seconds after which a process that was told to end does so, where no setting says how long it may take."""


class Server(uvicorn.Server):
    """uvicorn without its own hold on the signals: whoever runs the loop decides when it ends."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop until it ends; Ctrl-C before it listens to signals is an end, too."""
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


@contextmanager
def stopped_by_signal(within: float) -> Iterator[asyncio.Event]:
    """An event that Ctrl-C or SIGTERM sets; so many seconds later the process ends, come what may."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        stopped.set()
        end_within(within)

    for number in STOPPING:
        loop.add_signal_handler(number, stop)
    try:
        yield stopped
    finally:
        for number in STOPPING:
            loop.remove_signal_handler(number)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens; a taken port or a wrong address raises `CommandFailed`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise CommandFailed(_no_listening(host, port, error)) from None
    with listener:
        # Connections inherit it. Without it one that is closed here but not read there stays for ever.
        if sys.platform == "linux":
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_FOR * 1000)
        yield listener


def address(listener: socket.socket) -> str:
    """The base URL of a listening socket, as a browser of this machine reaches it."""
    host, port = listener.getsockname()[:2]
    reached = ip_address(host)
    if reached.is_unspecified:
        reached = ip_address("::1" if reached.version == 6 else "127.0.0.1")
    return f"http://[{reached}]:{port}" if reached.version == 6 else f"http://{reached}:{port}"


@asynccontextmanager
async def face_open(
    settings: Settings, listener: socket.socket, in_common: InCommon | None = None
) -> AsyncIterator[Hub]:
    """The hub behind the face, which answers on the socket as long as this is open."""
    app = make_face(settings, in_common)
    async with app.router.lifespan_context(app), served(app, listener, grace(settings)):
        yield app.state.hub


@asynccontextmanager
async def served(app: Face, listener: socket.socket, grace: int) -> AsyncIterator[None]:
    """The application on the socket; at the end requests in flight get `grace` seconds."""
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="websockets-sansio",
        ws_max_size=LARGEST_MESSAGE,
        ws_ping_interval=PINGED_EACH,
        ws_ping_timeout=PINGED_EACH,
        ws_per_message_deflate=False,  # costs more memory per socket than it saves bytes
        lifespan="off",  # entered by the caller, who then sees what goes wrong in it as it is
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nobody here asks who is at the other end of a proxy
        timeout_graceful_shutdown=grace,
    )
    server = Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="uvicorn")
    try:
        yield  # the socket listens already: who comes before uvicorn has begun is queued
    finally:
        config.timeout_graceful_shutdown = await _left(app, grace)
        server.should_exit = True
        await serving


async def _left(app: Face, grace: int) -> int:
    """End what is held open, before uvicorn cuts it; the seconds of the grace that are left."""
    began = monotonic()
    await app.state.connections.leave(grace)
    return max(1, math.ceil(grace - (monotonic() - began)))


def grace(settings: Settings) -> int:
    """Seconds that requests in flight get to end: as long as a query may take, and records besides.

    Nobody waits longer than the slowest request; with the default it stays below the 30 seconds
    that container platforms grant.
    """
    return math.ceil(max(settings.within, settings.within_most)) + MARGIN


def _no_listening(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"port {port} on {host} is taken by another process. Choose another one with "
                f"--port, or end that process (`ss -ltnp 'sport = :{port}'` names it)."
            )
        case errno.EACCES:
            return f"port {port} may only be opened by root. Choose one above 1023 with --port."
        case _:
            return f"{host} is not an address of this machine. Give another one with --host."
