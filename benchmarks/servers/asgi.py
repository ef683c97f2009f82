"""A bare ASGI application of one endpoint, as uvicorn runs it beside the hub: bytes in, bytes out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
from uvicorn import Config

from hub.commands.running import Server, address, listening, run, stopped_by_signal

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
    run(_serve(opened))


async def _serve(opened: Opened) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    with stopped_by_signal() as stopped, listening("127.0.0.1", 0) as listener:
        async with (
            aiohttp.ClientSession(connector=connector, trust_env=False) as session,
            opened(session) as answer,
        ):
            config = Config(Bare(answer), http="httptools", lifespan="off", log_config=None)
            server = Server(config)
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            print(address(listener), flush=True)
            await stopped.wait()
            server.should_exit = True
            await serving
