"""How every peer in Python is served: by uvicorn with uvloop and httptools, in one process."""

import socket
from collections.abc import Callable

import aiohttp
import uvloop
from uvicorn import Config, Server

from benchmarks.peers.python.lookup import Platforms

MakeApplication = Callable[[Platforms], Callable[..., object]]


def serve(application: MakeApplication) -> None:
    """Serve on a free port until SIGTERM; the URL is the first line on stdout."""
    uvloop.run(_serve(application))


async def _serve(application: MakeApplication) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:
        with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
            print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
            config = Config(
                application(Platforms(session)),
                http="httptools",
                lifespan="off",
                log_level="warning",
                access_log=False,
            )
            await Server(config).serve(sockets=[listener])
