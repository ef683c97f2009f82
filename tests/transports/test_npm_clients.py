"""The transports as npm's own clients see them: graphql-ws and graphql-sse."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.node import install, started
from tests.transports.ground import BRISK, KEY, Ground, becomes, open_ground

CLIENTS = Path(__file__).parent / "clients"
COUNT = "subscription($to: Int!) { count(to: $to) { number } }"
WAITING = "subscription { waiting { number } }"
WS, SSE = "ws", "sse"


class Client:
    """A client's process, and what it tells, line by line."""

    def __init__(self, kind: str, out: asyncio.StreamReader) -> None:
        self._kind = kind
        self._out = out

    async def told(self) -> Any:
        """The next thing it tells."""
        async with asyncio.timeout(20):
            line = await self._out.readline()
        return json.loads(line) if line else None

    async def rest(self) -> list[Any]:
        """All that it tells until it ends, without the signs of life."""
        told = []
        while (one := await self.told()) is not None:
            told.append(one)
        return [one for one in told if not {"pong", "connected"} & one.keys()]

    async def first(self, count: int) -> list[Any]:
        """Its first results."""
        results: list[Any] = []
        while len(results) < count:
            one = await self.told()
            results += [one["next"]] if "next" in one else []
        return results


@asynccontextmanager
async def client(
    kind: str, ground: Ground, document: str, *words: str, key: str = KEY
) -> AsyncIterator[Client]:
    """One operation, run by one of the two clients in a process of its own."""
    await install(CLIENTS, f"graphql-{kind}")
    scheme = "ws" if kind == WS else "http"
    url = f"{scheme}://{ground.place}/graphql"
    async with started(f"{kind}.mjs", url, key, document, *words, folder=CLIENTS) as process:
        assert process.stdout is not None
        yield Client(kind, process.stdout)


def without_closed(told: Sequence[Any]) -> list[Any]:
    return [one for one in told if "closed" not in one]


@pytest.mark.parametrize("kind", [WS, SSE])
async def test_a_subscription_runs_to_its_end(kind: str) -> None:
    """Three results in order, and its iterator is done."""
    async with open_ground() as ground, client(kind, ground, COUNT, '{"to": 3}') as subscriber:
        told = await subscriber.rest()

    assert without_closed(told) == [
        {"next": {"data": {"count": {"number": 1}}}},
        {"next": {"data": {"count": {"number": 2}}}},
        {"next": {"data": {"count": {"number": 3}}}},
        {"complete": True},
    ]


@pytest.mark.parametrize("kind", [WS, SSE])
@pytest.mark.parametrize(
    ("document", "data"),
    [
        ("{ greeting }", {"greeting": "Good day, you"}),
        ('mutation{write(text:"a")}', {"write": "a"}),
    ],
)
async def test_queries_and_mutations_run_too(kind: str, document: str, data: object) -> None:
    """One result, and done."""
    async with open_ground() as ground:
        ground.may_go_on.set()
        async with client(kind, ground, document) as caller:
            told = await caller.rest()

    assert without_closed(told) == [{"next": {"data": data}}, {"complete": True}]


@pytest.mark.parametrize("kind", [WS, SSE])
async def test_leaving_a_subscription_ends_it_here(kind: str) -> None:
    """A client that breaks off its loop after one result leaves nothing running."""
    async with open_ground() as ground, client(kind, ground, WAITING, "{}", "1") as subscriber:
        assert await subscriber.first(1) == [{"data": {"waiting": {"number": 1}}}]
        await becomes(lambda: ground.running == 0 and ground.connections.open == 0)


async def test_errors_reach_the_client_of_graphql_ws() -> None:
    """What can't run rejects the iterator with GraphQL errors, as that client has it."""
    async with open_ground() as ground, client(WS, ground, "subscription { refused }") as caller:
        [told, *_] = without_closed(await caller.rest())

    assert [one["extensions"]["code"] for one in told["error"]] == ["BAD_INPUT"]


async def test_errors_reach_the_client_of_graphql_sse() -> None:
    """They are the stream's only result, as that protocol has it."""
    async with open_ground() as ground, client(SSE, ground, "subscription { refused }") as caller:
        told = await caller.rest()

    assert [one["extensions"]["code"] for one in told[0]["next"]["errors"]] == ["BAD_INPUT"]
    assert told[1:] == [{"complete": True}]


async def test_a_wrong_key_reaches_both_clients() -> None:
    """4403 over WebSocket, 401 over SSE."""
    async with open_ground() as ground:
        async with client(WS, ground, WAITING, key="ch_other") as caller:
            over_ws = (await caller.rest())[-1]
        async with client(SSE, ground, WAITING, key="ch_other") as caller:
            over_sse = (await caller.rest())[-1]

    assert over_ws["error"]["code"] == 4403
    assert over_sse["error"]["status"] == 401


async def test_pings_of_the_client_are_answered() -> None:
    """graphql-ws sends its own every 100 ms here and hears a pong."""
    async with open_ground() as ground, client(WS, ground, WAITING) as subscriber:
        told = [await subscriber.told() for _ in range(5)]

    assert {"pong": True} in told


@pytest.mark.parametrize("kind", [WS, SSE])
async def test_a_revoked_key_reaches_both_clients(kind: str) -> None:
    """4403 over WebSocket; over SSE a last result that says so."""
    async with open_ground(BRISK) as ground, client(kind, ground, WAITING) as subscriber:
        await subscriber.first(1)
        ground.known = False
        told = await subscriber.rest()

    if kind == WS:
        assert told[-1]["error"]["code"] == 4403
    else:
        assert told[0]["next"]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert told[1:] == [{"complete": True}]


@pytest.mark.parametrize("kind", [WS, SSE])
async def test_a_hub_that_stops_is_not_taken_for_the_end_of_the_events(kind: str) -> None:
    """Neither client completes: both know that the connection ended, and would come again."""
    async with open_ground() as ground, client(kind, ground, WAITING) as subscriber:
        await subscriber.first(1)
        await ground.connections.leave(5)
        told = await subscriber.rest()

    assert {"complete": True} not in told
    assert "error" in told[-1]
    assert kind == SSE or told[-1]["error"]["code"] == 1001
