"""A bare ASGI application of one endpoint, as uvicorn runs it beside the hub: bytes in, bytes out."""

import socket
from asyncio import Runner
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
import uvloop
from uvicorn import Config, Server

Answer = Callable[[bytes], Awaitable[bytes]]
Opened = Callable[[aiohttp.ClientSession], AbstractAsyncContextManager[Answer]]
_HEADERS = [(b"content-type", b"application/json")]


class Bare:
    """The application: it looks neither at path nor at headers."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def __call__(
        self,
        _scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        """One request."""
        message = await receive()
        body: bytes = message["body"]
        while message["more_body"]:
            message = await receive()
            body += message["body"]
        answer = await self._answer(body)
        length = (b"content-length", b"%d" % len(answer))
        await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS, length]})
        await send({"type": "http.response.body", "body": answer})


def serve(opened: Opened) -> None:
    """Serve on a free port until SIGTERM; tells its URL on stdout."""
    with Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(opened))


async def _serve(opened: Opened) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        async with (
            aiohttp.ClientSession(connector=connector, trust_env=False) as session,
            opened(session) as answer,
        ):
            config = Config(
                Bare(answer), http="httptools", lifespan="off", access_log=False, log_config=None
            )
            print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
            await Server(config).serve(sockets=[listener])
