"""A small schema with subscriptions behind the real transports, under the uvicorn that serves."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
import strawberry
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from strawberry.types import Info
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from hub.commands.running import listening, served
from hub.evidence import Requester
from hub.keys import KeysUnavailable
from resolvers.door import Allowance, Door
from resolvers.errors import CallerError, Code
from resolvers.execution import Executor
from resolvers.identity import Identity
from resolvers.limits import Limits
from resolvers.routes import graphql_routes
from resolvers.transports.connections import Connections
from resolvers.transports.messages import SUBPROTOCOL
from resolvers.transports.operating import Operating, Timing
from tests.plans import PLANNER

KEY = "ch_test"
BEARER = f"Bearer {KEY}"
UNTOUCHED = Timing()
BRISK = Timing(key_check=0.05, sign_of_life=0.05)


@dataclass(slots=True)
class Seen:
    """A context, and which one it is of all that the ground has seen."""

    requester: Requester
    ground: "Ground"
    number: int = field(init=False)

    def __post_init__(self) -> None:
        self.ground.contexts += 1
        self.number = self.ground.contexts


@dataclass
class Ground:
    """What a test turns and reads: the key, what runs, what was written, and where it all is."""

    connections: Connections
    known: bool = True
    silent: bool = False
    running: int = 0
    written: list[str] = field(default_factory=list)
    contexts: int = 0
    produced: int = 0
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)
    place: str = ""
    shed: list[str] = field(default_factory=list)

    async def find(self, key: str) -> Requester | None:
        if self.silent:
            raise KeysUnavailable
        valid = self.known and key == KEY
        return Requester("k1", "U1", frozenset({"op1"})) if valid else None


@strawberry.type
class Query:
    @strawberry.field
    def greeting(self, name: str = "you") -> str:
        return f"Good day, {name}"

    @strawberry.field
    async def slow(self, info: Info[Seen, None]) -> str:
        await info.context.ground.may_go_on.wait()
        return "at last"


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def write(self, info: Info[Seen, None], text: str) -> str:
        ground = info.context.ground
        ground.running += 1
        await ground.may_go_on.wait()
        ground.written.append(text)
        ground.running -= 1
        return text


@strawberry.type
class Event:
    number: int

    @strawberry.field
    def context(self, info: Info[Seen, None]) -> int:
        """Which context this event was executed in."""
        return info.context.number

    @strawberry.field
    def caller(self, info: Info[Seen, None]) -> str:
        return info.context.requester.unit

    @strawberry.field
    def odd(self) -> str:
        raise RuntimeError("330203199003076712 stands in a bug")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, info: Info[Seen, None], to: int) -> AsyncGenerator[Event, None]:
        async with running(info):
            for number in range(1, to + 1):
                yield Event(number=number)

    @strawberry.subscription
    async def waiting(self, info: Info[Seen, None]) -> AsyncGenerator[Event, None]:
        """One event at once, another when the test says so, and no end."""
        async with running(info):
            yield Event(number=1)
            await info.context.ground.may_go_on.wait()
            yield Event(number=2)
            await asyncio.Event().wait()

    @strawberry.subscription
    async def much(self, info: Info[Seen, None]) -> AsyncGenerator[str, None]:
        """A flood of 100 kB events without end."""
        async with running(info):
            while True:
                info.context.ground.produced += 1
                yield "x" * 100_000
                await asyncio.sleep(0)

    @strawberry.subscription
    async def refused(self, info: Info[Seen, None]) -> AsyncGenerator[int, None]:
        if info.context.ground.known:
            raise CallerError(Code.BAD_INPUT, "There is no such request.", "Take one of the list.")
        yield 1

    @strawberry.subscription
    async def broken(self, info: Info[Seen, None]) -> AsyncGenerator[int, None]:
        yield 1
        raise RuntimeError("330203199003076712 stands in a bug")


@asynccontextmanager
async def running(info: Info[Seen, None]) -> AsyncIterator[None]:
    info.context.ground.running += 1
    try:
        yield
    finally:
        info.context.ground.running -= 1


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription)


class Forgetful(Identity):
    """Asks the store each time, so that tests need not wait until a key is forgotten."""

    async def requester(self, authorization: str | None) -> Requester:
        self._known.clear()
        return await super().requester(authorization)


@asynccontextmanager
async def open_ground(
    timing: Timing = UNTOUCHED,
    limits: Limits | None = None,
    grace: int = 5,
    pages: Sequence[BaseRoute] = (),
    inside: int = 1000,
    rate: str | None = None,
) -> AsyncIterator[Ground]:
    """The transports on an ephemeral port, served and ended as the hub does it."""
    limits = limits or Limits()
    ground = Ground(Connections(limits.connections))
    app = Starlette(routes=[*graphql_routes(), *pages])
    app.state.connections = ground.connections
    app.state.operating = Operating(
        Executor(SCHEMA._schema, limits, planner=PLANNER),
        Forgetful(ground.find),
        lambda requester: Seen(requester, ground),
        limits,
        ground.connections,
        Door(inside, Allowance.read(rate, "CERTHUB_RATE"), Allowance(None), ground.shed.append),
        timing,
    )
    with listening("127.0.0.1", 0) as listener:
        ground.place = f"127.0.0.1:{listener.getsockname()[1]}"
        async with served(app, listener, grace):
            yield ground


@asynccontextmanager
async def socket(
    ground: Ground, init: bool = True, subprotocol: str | None = SUBPROTOCOL, **headers: str
) -> AsyncIterator["Socket"]:
    """A raw socket, initialised with the key unless told otherwise."""
    wanted = [Subprotocol(subprotocol)] if subprotocol else None
    url = f"ws://{ground.place}/graphql"
    async with connect(url, subprotocols=wanted, additional_headers=headers) as connection:
        opened = Socket(connection)
        if init:
            await opened.initialise()
        yield opened


@dataclass(slots=True)
class Socket:
    """Sends and receives messages of the protocol as they are on the wire."""

    wire: ClientConnection

    async def send(self, **message: object) -> None:
        await self.wire.send(orjson.dumps(message).decode())

    async def receive(self) -> Any:
        async with asyncio.timeout(5):
            return orjson.loads(await self.wire.recv())

    async def initialise(self, authorization: str = BEARER) -> None:
        await self.send(type="connection_init", payload={"authorization": authorization})
        assert await self.receive() == {"type": "connection_ack"}

    async def subscribe(self, id: str, query: str, **variables: object) -> None:
        payload = {"query": query, "variables": variables}
        await self.send(id=id, type="subscribe", payload=payload)

    async def closed(self) -> tuple[int, str]:
        """Code and reason of the close frame; what comes before it is passed over."""
        async with asyncio.timeout(10):
            with suppress(ConnectionClosed):
                while True:
                    await self.wire.recv()
        return self.wire.close_code or 0, self.wire.close_reason or ""


async def becomes(fact: Callable[[], bool], within: float = 5.0) -> None:
    """Wait until the fact holds; a fact that does not come is a failure."""
    async with asyncio.timeout(within):
        while not fact():  # noqa: ASYNC110  # facts are of the code under test: it tells nobody
            await asyncio.sleep(0.005)
