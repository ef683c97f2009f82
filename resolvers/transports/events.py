"""GraphQL over SSE in distinct connections mode: one POST, one operation, one stream of its answers."""

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import aclosing, suppress
from typing import Any

import orjson
from graphql import ExecutionResult
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from resolvers.errors import Code, plain
from resolvers.execution import Operation, Refused, Request
from resolvers.identity import Unauthenticated
from resolvers.transports.connections import TooManyConnections
from resolvers.transports.operating import Caller, Operating
from resolvers.wire import body_of, refused_body

EVENTS = "text/event-stream"
HEADERS: Mapping[str, str] = {
    "Content-Type": f"{EVENTS}; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx hands on each event as it comes
}
SIGN_OF_LIFE = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"  # without an empty data field EventSource drops it


class EventStream(Response):
    """The answers of one operation, as they come; with 429 where the key holds too much already."""

    def __init__(self, operating: Operating, request: Request, caller: Caller) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._operating = operating
        self._request = request
        self._caller = caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the connection until the stream ends."""
        connections = self._operating.connections
        try:
            with connections.opened(), connections.held_by(self._caller.requester.key):
                start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
                await send(start)
                await _Stream(self._operating, receive, send).run(self._request, self._caller)
        except TooManyConnections:
            await _too_many()(scope, receive, send)


def _too_many() -> Response:
    body = plain(
        Code.TOO_LARGE,
        "This API key holds as many connections as it may.",
        "End some of its subscriptions, or run them all over one WebSocket.",
        retryable=True,
    )
    headers = {"Content-Type": "application/json; charset=utf-8", "Retry-After": "5"}
    return Response(orjson.dumps(body), 429, headers)


class _Stream:
    """A stream's life: it ends for the first reason that comes up, which gives its last bytes."""

    def __init__(self, operating: Operating, receive: Receive, send: Send) -> None:
        self._operating = operating
        self._timing = operating.timing
        self._receive = receive
        self._send = send
        self._sending = asyncio.Lock()
        self._ending: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def run(self, request: Request, caller: Caller) -> None:
        """Serve until something ends it; a query or mutation is left to finish, as without SSE."""
        operation = self._operating.executor.operation(request)
        subscribes = isinstance(operation, Operation) and operation.subscribes
        async with asyncio.TaskGroup() as tasks:
            answering = tasks.create_task(self._answer(operation, caller))
            standing: list[Coroutine[Any, Any, None]] = [self._live(), self._notice_the_end()]
            if subscribes:
                standing += [self._watch(caller), self._leave()]
            running = [tasks.create_task(part) for part in standing]
            last = await self._ending
            for task in (*running, *([answering] if subscribes else [])):
                task.cancel()
            await self._finish(last)

    def _end(self, last: bytes) -> None:
        if not self._ending.done():
            self._ending.set_result(last)

    async def _answer(self, operation: Operation | Refused, caller: Caller) -> None:
        if isinstance(operation, Refused):
            return self._end(event(_body(operation)) + COMPLETE)
        async with aclosing(self._operating.answers(operation, caller)) as answers:
            async for answer in answers:
                await self._write(event(_body(answer)))
        return self._end(COMPLETE)

    async def _live(self) -> None:
        while True:
            await self._write(SIGN_OF_LIFE)
            await asyncio.sleep(self._timing.sign_of_life)

    async def _notice_the_end(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._end(b"")

    async def _watch(self, caller: Caller) -> None:
        await self._operating.key_lost(caller)
        error = Unauthenticated("The API key has been revoked or has expired.")
        self._end(event(plain(Code.UNAUTHENTICATED, str(error), error.hint)) + COMPLETE)

    async def _leave(self) -> None:
        await self._operating.connections.leaving.wait()
        self._end(b"")  # no `complete`: the client knows that there is more, and comes again

    async def _write(self, part: bytes) -> None:
        async with self._sending:
            if self._ending.done():
                return
            try:
                async with asyncio.timeout(self._timing.reading):
                    await self._send(
                        {"type": "http.response.body", "body": part, "more_body": True}
                    )
            except (TimeoutError, OSError):
                self._end(b"")

    async def _finish(self, last: bytes) -> None:
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(self._timing.reading):
                await self._send({"type": "http.response.body", "body": last, "more_body": False})


def _body(answer: ExecutionResult | Refused) -> Mapping[str, object]:
    return refused_body(answer) if isinstance(answer, Refused) else body_of(answer)


def event(body: Mapping[str, object]) -> bytes:
    """One answer as a `next` event."""
    return b"event: next\ndata: " + orjson.dumps(body) + b"\n\n"
