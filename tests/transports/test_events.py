"""GraphQL over SSE on the wire, in distinct connections mode."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
import pytest

from resolvers.limits import Limits
from tests.transports.ground import BEARER, BRISK, Ground, becomes, open_ground

COUNT = "subscription($to: Int!) { count(to: $to) { number context caller } }"
WAITING = "subscription { waiting { number } }"
EVENTS = "text/event-stream"
WRITE = 'mutation { write(text: "a") }'


@asynccontextmanager
async def posted(
    ground: Ground, query: str, accept: str = EVENTS, key: str = BEARER, **variables: object
) -> AsyncIterator[aiohttp.ClientResponse]:
    """The response to one POST, its body not read yet; the connection is cut at the end."""
    body = {"query": query, "variables": variables}
    headers = {"Accept": accept, "Authorization": key}
    url = f"http://{ground.place}/graphql"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json=body, headers=headers) as response,
    ):
        yield response


async def next_event(response: aiohttp.ClientResponse) -> tuple[str, Any]:
    """Name and data of the next event; comments are passed over."""
    async with asyncio.timeout(5):
        while not (line := await response.content.readline()).startswith(b"event:"):
            assert line in {b":\n", b"\n"}, line
        data = (await response.content.readuntil(b"\n\n")).removeprefix(b"data:").strip()
    return line[6:].strip().decode(), orjson.loads(data) if data else None


async def whole(response: aiohttp.ClientResponse) -> list[tuple[str, Any]]:
    """Every event until the server ends the body, as it must."""
    async with asyncio.timeout(5):
        body = (await response.read()).decode()
    parts = [part.split("\n") for part in body.split("\n\n") if part.strip(":")]
    return [
        (name.removeprefix("event: "), orjson.loads(data[5:]) if data != "data:" else None)
        for name, data in parts
    ]


async def test_a_subscription_is_a_stream_of_next_events_and_complete() -> None:
    """Each event has a context of its own; the stream says that it is not to be kept or held up."""
    async with open_ground() as ground, posted(ground, COUNT, to=3) as response:
        events = await whole(response)

    counted = [data["data"]["count"] for _, data in events[:3]]
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Accel-Buffering"] == "no"
    assert [name for name, _ in events] == ["next", "next", "next", "complete"]
    assert [(one["number"], one["caller"]) for one in counted] == [(1, "U1"), (2, "U1"), (3, "U1")]
    assert len({one["context"] for one in counted}) == 3
    assert events[3][1] is None


@pytest.mark.parametrize(
    ("query", "data"),
    [("{ greeting }", {"greeting": "Good day, you"}), (WRITE, {"write": "a"})],
)
async def test_queries_and_mutations_are_streams_of_one(query: str, data: object) -> None:
    """One `next` with the result, then `complete`."""
    async with open_ground() as ground:
        ground.may_go_on.set()
        async with posted(ground, query) as response:
            events = await whole(response)

    assert events == [("next", {"data": data}), ("complete", None)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_INVALID"),
        ("subscription { nothing }", "GRAPHQL_INVALID"),
        ("subscription { refused }", "BAD_INPUT"),
    ],
)
async def test_what_can_not_run_is_told_inside_an_accepted_stream(query: str, code: str) -> None:
    """As the protocol wants it: status 200, `next` with the errors, `complete`."""
    async with open_ground() as ground, posted(ground, query) as response:
        events = await whole(response)

    assert response.status == 200
    assert [name for name, _ in events] == ["next", "complete"]
    assert [one["extensions"]["code"] for one in events[0][1]["errors"]] == [code]
    assert "data" not in events[0][1]


async def test_a_stream_that_breaks_says_so_and_nothing_of_its_inside() -> None:
    """An incident number instead of the bug's words."""
    async with open_ground() as ground, posted(ground, "subscription { broken }") as response:
        events = await whole(response)

    assert events[0] == ("next", {"data": {"broken": 1}})
    assert events[1][1]["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert events[2] == ("complete", None)
    assert "330203" not in str(events)


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json", "*/*"])
async def test_a_subscription_without_a_stream_is_refused(accept: str) -> None:
    """It is not begun, and the answer names the two ways to run it."""
    async with open_ground() as ground, posted(ground, WAITING, accept=accept) as response:
        answer = await response.json(content_type=None)

    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert "text/event-stream" in answer["errors"][0]["extensions"]["hint"]
    assert "graphql-transport-ws" in answer["errors"][0]["extensions"]["hint"]
    assert (response.status, ground.running) == (400 if "graphql" in accept else 200, 0)


async def test_no_stream_opens_without_a_key() -> None:
    """401 and JSON, as without SSE."""
    async with open_ground() as ground, posted(ground, WAITING, key="Bearer ch_other") as response:
        answer = await response.json()

    assert response.status == 401
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_client_that_leaves_ends_its_subscription() -> None:
    """Noticed at once, not with the next event; the slot of the key is free again."""
    async with open_ground(limits=Limits(connections=1)) as ground:
        async with posted(ground, WAITING) as response:
            await next_event(response)
            assert (ground.running, ground.connections.open) == (1, 1)
        await becomes(lambda: (ground.running, ground.connections.open) == (0, 0), within=1)
        async with posted(ground, COUNT, to=1) as again:
            assert (await next_event(again))[0] == "next"


async def test_a_client_that_leaves_does_not_cut_off_its_write() -> None:
    """As without SSE: the mutation is whole."""
    async with open_ground() as ground:
        async with posted(ground, WRITE):
            await becomes(lambda: ground.running == 1)
        await asyncio.sleep(0.1)
        ground.may_go_on.set()
        await becomes(lambda: ground.written == ["a"])
        await becomes(lambda: ground.connections.open == 0)


async def test_a_quiet_stream_gives_signs_of_life() -> None:
    """At once, as some browsers wait for a first byte, and then from time to time: comments."""
    async with open_ground(BRISK) as ground, posted(ground, "{ slow }") as response:
        async with asyncio.timeout(2):
            quiet = [await response.content.readuntil(b"\n\n") for _ in range(4)]
        ground.may_go_on.set()
        event = await next_event(response)

    assert quiet == [b":\n\n"] * 4
    assert event == ("next", {"data": {"slow": "at last"}})


async def test_a_revoked_key_ends_its_stream() -> None:
    """The last `next` says why, `complete` follows, and the subscription is closed."""
    async with open_ground(BRISK) as ground, posted(ground, WAITING) as response:
        await next_event(response)
        ground.known = False
        events = await whole(response)
        await becomes(lambda: ground.running == 0)

    assert [name for name, _ in events] == ["next", "complete"]
    assert events[0][1]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_key_holds_so_many_streams_and_no_more() -> None:
    """429 with JSON and Retry-After; sockets and streams count together."""
    async with (
        open_ground(limits=Limits(connections=1)) as ground,
        posted(ground, WAITING) as first,
    ):
        await next_event(first)
        async with posted(ground, WAITING) as second:
            answer = await second.json()

    assert (second.status, second.headers["Retry-After"]) == (429, "5")
    assert answer["errors"][0]["extensions"]["code"] == "TOO_LARGE"


async def test_a_full_hub_says_so_inside_the_stream() -> None:
    """A query over SSE is inside the door while it runs, not only while its stream begins."""
    async with open_ground(inside=1) as ground, posted(ground, "{ slow }"):
        await becomes(lambda: ground.contexts == 1)
        async with posted(ground, "{ greeting }") as second:
            assert second.status == 503
        ground.may_go_on.set()


async def test_a_hub_that_stops_ends_streams_without_complete() -> None:
    """So clients come again; a query over SSE is answered first. The whole stop takes its moment."""
    loop = asyncio.get_running_loop()
    async with open_ground() as ground:
        async with posted(ground, WAITING) as stream, posted(ground, "{ slow }") as query:
            await next_event(stream)
            leaving = asyncio.create_task(ground.connections.leave(5))
            ended = await whole(stream)
            assert not leaving.done()
            ground.may_go_on.set()
            answered = await whole(query)
            await leaving
        began = loop.time()

    assert ended == []
    assert answered == [("next", {"data": {"slow": "at last"}}), ("complete", None)]
    assert loop.time() - began < 2
