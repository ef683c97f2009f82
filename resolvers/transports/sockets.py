"""graphql-transport-ws: one socket, many operations at once."""

import asyncio
from collections.abc import Coroutine
from contextlib import ExitStack, aclosing, suppress
from dataclasses import dataclass
from typing import Any, assert_never

from graphql import GraphQLError
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.keys import KeysUnavailable
from resolvers.errors import CallerError, Code
from resolvers.execution import Operation, Refused
from resolvers.identity import Unauthenticated
from resolvers.transports import messages
from resolvers.transports.connections import TooManyConnections
from resolvers.transports.messages import (
    SUBPROTOCOL,
    Close,
    Complete,
    Init,
    Message,
    Ping,
    Pong,
    Subscribe,
    read_message,
)
from resolvers.transports.operating import Caller, Operating
from resolvers.transports.origin import same_origin

GONE = (WebSocketDisconnect, RuntimeError)
"""What sending raises to a peer that has gone: uvicorn's RuntimeError between its close and its end."""

FOREIGN = "A page of another origin may not open a socket here; send no Origin, or this host's."


async def serve_socket(socket: WebSocket, operating: Operating) -> None:
    """One socket from its handshake to its end."""
    if not same_origin(socket.headers):
        await socket.send_denial_response(Response(FOREIGN, 403, media_type="text/plain"))
        return
    offered = SUBPROTOCOL in socket.scope["subprotocols"]
    await socket.accept(SUBPROTOCOL if offered else None)
    with operating.connections.opened():
        session = _Session(socket, operating)
        if not offered:
            session.end(messages.WRONG_SUBPROTOCOL)
        await session.run()


@dataclass(slots=True, eq=False)
class _Run:
    """One operation that runs; nobody waits for it any more once it is not `wanted`."""

    id: str
    size: int
    subscribes: bool
    wanted: bool = True


class _Session:
    """A socket's life: it ends for the first reason that comes up."""

    def __init__(self, socket: WebSocket, operating: Operating) -> None:
        self._socket = socket
        self._operating = operating
        self._timing = operating.timing
        self._ending: asyncio.Future[Close | None] = asyncio.get_running_loop().create_future()
        self._sending = asyncio.Lock()
        self._silent = False
        self._wanted: dict[str, _Run] = {}
        self._running: dict[_Run, asyncio.Task[None]] = {}
        self._standing: list[asyncio.Task[None]] = []
        self._caller: Caller | None = None
        self._held = ExitStack()
        self._begun = 0

    def end(self, close: Close | None) -> None:
        """End the socket with a close frame, or without one where the peer has gone already."""
        if not self._ending.done():
            self._ending.set_result(close)

    async def run(self) -> None:
        """Serve until something ends it; queries and mutations that run are left to finish.

        As over HTTP: who has asked for a write may go away, but the write is whole.
        """
        with self._held:
            async with asyncio.TaskGroup() as self._tasks:
                for part in (self._read(), self._expect_init(), self._rest(), self._leave()):
                    self._stand(part)
                close = await self._ending
                self._stop()
                if close == messages.GOING_AWAY and self._running:
                    await asyncio.wait(self._running.values())
                await self._close(close)

    def _stand(self, part: Coroutine[Any, Any, None]) -> None:
        self._standing.append(self._tasks.create_task(part))

    def _stop(self) -> None:
        subscriptions = [task for one, task in self._running.items() if one.subscribes]
        for task in (*self._standing, *subscriptions):
            task.cancel()

    async def _close(self, close: Close | None) -> None:
        self._silent = True
        if close is not None:
            with suppress(*GONE, TimeoutError):
                async with asyncio.timeout(self._timing.reading):
                    await self._socket.close(close.code, close.reason)

    async def _expect_init(self) -> None:
        await asyncio.sleep(self._timing.initialising)
        if self._caller is None:
            self.end(messages.INITIALISED_TOO_LATE)

    async def _rest(self) -> None:
        """End a socket on which nothing has run for a while: only what runs may hold one."""
        last = -1
        while self._running or last != self._begun:
            last = self._begun
            await asyncio.sleep(self._timing.idle)
        self.end(messages.IDLE)

    async def _leave(self) -> None:
        await self._operating.connections.leaving.wait()
        self.end(messages.GOING_AWAY)

    async def _watch(self, caller: Caller) -> None:
        await self._operating.key_lost(caller)
        self.end(messages.FORBIDDEN)

    async def _read(self) -> None:
        while not self._ending.done():
            event = await self._socket.receive()
            text = event.get("text")
            if event["type"] == "websocket.disconnect":
                self.end(None)
            elif text is None:
                self.end(messages.bad("it is binary"))
            elif len(text) > self._operating.limits.body_bytes:
                self.end(messages.TOO_LARGE)
            else:
                await self._take(read_message(text))
                await asyncio.sleep(0)  # a flood of small messages leaves others their turn

    async def _take(self, message: Message | Close) -> None:
        match message:
            case Close():
                self.end(message)
            case Init():
                await self._initialise(message)
            case Ping():
                await self._send(messages.pong(message.payload))
            case Pong():
                pass
            case Subscribe():
                await self._subscribe(message)
            case Complete():
                self._complete(message)
            case never:
                assert_never(never)

    async def _initialise(self, init: Init) -> None:
        if self._caller is not None:
            return self.end(messages.INITIALISED_TWICE)
        authorization = init.authorization or self._socket.headers.get("authorization")
        try:
            caller = await self._operating.caller(authorization)
            self._held.enter_context(self._operating.connections.held_by(caller.requester.key))
        except Unauthenticated:
            return self.end(messages.FORBIDDEN)
        except KeysUnavailable:
            return self.end(messages.KEYS_UNAVAILABLE)
        except TooManyConnections:
            return self.end(messages.TOO_MANY_CONNECTIONS)
        self._caller = caller
        self._stand(self._watch(caller))
        return await self._send(messages.acknowledged())

    async def _subscribe(self, asked: Subscribe) -> None:
        if self._caller is None:
            return self.end(messages.NOT_INITIALISED)
        if asked.id in self._wanted:
            return self.end(messages.running_already(asked.id))
        refused = self._too_much(asked) or self._operating.allowed(self._caller)
        operation = refused or self._operating.executor.operation(asked.request)
        if isinstance(operation, Refused):
            return await self._send(messages.answered(asked.id, operation))
        self._begun += 1
        run = _Run(asked.id, asked.size, operation.subscribes)
        self._wanted[asked.id] = run
        task = self._tasks.create_task(self._operate(run, operation, self._caller))
        self._running[run] = task
        task.add_done_callback(lambda _: self._running.pop(run))
        return None

    def _too_much(self, asked: Subscribe) -> Refused | None:
        """A refusal where the socket runs as much as it may, what nobody waits for included."""
        limits = self._operating.limits
        size = asked.size + sum(one.size for one in self._running)
        if len(self._running) < limits.operations and size <= limits.body_bytes:
            return None
        message = (
            f"More than {limits.operations} operations at once on one connection, or more than "
            f"{limits.body_bytes} characters of them."
        )
        hint = "Complete some of them, or open another connection."
        trouble = CallerError(Code.TOO_LARGE, message, hint)
        return Refused([GraphQLError(message, original_error=trouble)])

    async def _operate(self, run: _Run, operation: Operation, caller: Caller) -> None:
        async with aclosing(self._operating.answers(operation, caller)) as answers:
            async for answer in answers:
                if isinstance(answer, Refused):
                    return await self._last(run, messages.answered(run.id, answer))
                if run.wanted:
                    await self._send(messages.answered(run.id, answer))
        return await self._last(run, messages.completed(run.id))

    async def _last(self, run: _Run, text: str) -> None:
        """Send an operation's last message; from then on its id is free."""
        if run.wanted:
            del self._wanted[run.id]
            run.wanted = False
            await self._send(text)

    def _complete(self, complete: Complete) -> None:
        run = self._wanted.pop(complete.id, None)
        if run is not None:
            run.wanted = False
            if run.subscribes:
                self._running[run].cancel()

    async def _send(self, text: str) -> None:
        async with self._sending:
            if self._silent:
                return
            try:
                async with asyncio.timeout(self._timing.reading):
                    await self._socket.send({"type": "websocket.send", "text": text})
            except TimeoutError:
                self.end(messages.NOT_READING)
            except GONE:
                self.end(None)
