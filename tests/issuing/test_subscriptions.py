"""Subscriptions over WebSocket from a real hub, whose desk is driven by other units."""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import orjson

from tests.connectors.assisted_ground import Cut
from tests.issuing.acting import FIELDS, VALUES, opened, to_verification, took
from tests.issuing.city import ARCHIVES, CIVIL, City
from tests.issuing.words import (
    ASK,
    BEGIN,
    CANCEL,
    CLAIM,
    CLARIFY,
    CONFIRM,
    FORWARD,
    MAKE,
    SEAL,
    SEND,
)
from tests.transports.ground import Socket

CHANGED = """
subscription($request: ID!, $operator: ID!) {
  verificationRequestChanged(id: $request, operator: $operator) { version state verifier outstanding }
}
"""
INBOX = """
subscription($by: ID!) {
  inboxChanged(by: $by) { news at request { id state verifier } inbox { nodes { id } } }
}
"""


async def event(socket: Socket, field: str) -> Any:
    """The next event."""
    came = await socket.receive()
    assert came["type"] == "next", came
    assert "errors" not in came["payload"], came
    return came["payload"]["data"][field]


async def changed(socket: Socket) -> Any:
    """The next event of a request."""
    return await event(socket, "verificationRequestChanged")


async def until(socket: Socket, state: str) -> Any:
    """The event that shows this state; those before it have lower versions."""
    version = 0
    while True:
        came = await changed(socket)
        assert came["version"] > version
        version = came["version"]
        if came["state"] == state:
            return came


async def inbox(socket: Socket) -> Any:
    """The next event of an inbox."""
    return await event(socket, "inboxChanged")


async def test_a_life_as_its_requester_sees_it(city: City) -> None:
    """How it stands at once, then each version once, until it is closed; then it is complete."""
    request = await opened(city)
    async with city.housing.socket() as socket:
        await socket.subscribe("1", CHANGED, request=request, operator="clerk")
        states = [(await changed(socket))["state"]]
        await took(city.civil, CLAIM, request, by="vera")
        claimed = await changed(socket)
        for document, side, given in (
            (ASK, city.civil, {"by": "vera", "kind": "DETAIL", "question": "Since when?"}),
            (CLARIFY, city.housing, {"operator": "clerk", "text": "Since 2008."}),
        ):
            await took(side, document, request, **given)
            states.append((await changed(socket))["state"])
        await took(city.civil, BEGIN, request, by="vera")
        await took(city.civil, MAKE, request, by="vera", findings={"verified": VALUES})
        await took(city.civil, SEAL, request, by="keeper")
        await took(city.civil, SEND, request, by="keeper")
        states.append((await until(socket, "SENT"))["state"])
        await took(city.housing, CONFIRM, request, operator="clerk")
        states.append((await changed(socket))["state"])
        await city.pass_time(timedelta(days=15))
        states.append((await changed(socket))["state"])
        end = await socket.receive()

    assert claimed == {"version": 3, "state": "CLAIMED", "verifier": "vera", "outstanding": FIELDS}
    assert states == ["DELIVERED", "CLAIMED", "CLAIMED", "SENT", "RECEIVED", "CLOSED"]
    assert end == {"id": "1", "type": "complete"}


async def test_a_request_that_has_ended(city: City) -> None:
    """It is shown once, and that is all."""
    request = await opened(city)
    await took(city.housing, CANCEL, request, operator="clerk", reason="withdrawn")

    async with city.housing.socket() as socket:
        await socket.subscribe("1", CHANGED, request=request, operator="clerk")
        first, end = await changed(socket), await socket.receive()

    assert first["state"] == "CANCELLED"
    assert end["type"] == "complete"


async def test_nothing_is_missed_between_the_first_event_and_the_next(city: City) -> None:
    """A step taken right when the subscription begins is in its first event or in the next."""
    requests = [await opened(city, case=f"办-{number}") for number in range(12)]
    async with city.housing.socket() as socket:
        for request in requests:
            await socket.subscribe(request, CHANGED, request=request, operator="clerk")
        await asyncio.gather(*(took(city.civil, CLAIM, request, by="vera") for request in requests))
        seen: dict[str, str] = {}
        async with asyncio.timeout(10):
            while set(seen.values()) != {"CLAIMED"} or len(seen) < len(requests):
                came = await socket.receive()
                seen[came["id"]] = came["payload"]["data"]["verificationRequestChanged"]["state"]

    assert seen == dict.fromkeys(requests, "CLAIMED")


async def test_an_inbox_as_it_fills_and_empties(city: City) -> None:
    """One event at once, then arrival, each step, and leaving; the inbox beside it is the present one."""
    async with city.civil.socket() as civil, city.archives.socket() as archives:
        await civil.subscribe("1", INBOX, by="vera")
        await archives.subscribe("1", INBOX, by="anna")
        first = await inbox(civil)
        empty = await inbox(archives)
        request = await opened(city)
        arrived = await inbox(civil)
        await took(city.civil, CLAIM, request, by="vera")
        claimed = await inbox(civil)
        await took(city.civil, FORWARD, request, by="vera", to=ARCHIVES, reason="kept there")
        left, got = await inbox(civil), await inbox(archives)
        await took(city.housing, CANCEL, request, operator="clerk", reason="withdrawn")
        gone = await inbox(archives)

    nothing: Any = {"news": "PRESENT", "at": None, "request": None, "inbox": {"nodes": []}}
    assert (first, empty) == (nothing, nothing)
    assert [one["news"] for one in (arrived, claimed, left, got, gone)] == [
        "ARRIVED",
        "CHANGED",
        "LEFT",
        "ARRIVED",
        "LEFT",
    ]
    assert claimed["request"] == {"id": request, "state": "CLAIMED", "verifier": "vera"}
    assert arrived["inbox"] == {"nodes": [{"id": request}]}
    assert left["inbox"] == {"nodes": []}
    assert got["request"]["verifier"] is None


async def test_an_inbox_tells_that_time_runs_out(city: City) -> None:
    """Reminders come as the desk says them."""
    request = await opened(city)
    async with city.civil.socket() as socket:
        await socket.subscribe("1", INBOX, by="chief")
        await inbox(socket)
        await city.pass_time(timedelta(hours=12))
        reminded = await inbox(socket)

    assert (reminded["news"], reminded["request"]["id"]) == ("REMINDED", request)


async def test_what_was_answered_leaves_the_inbox(city: City) -> None:
    """Sending is the last news; what the requester does then is none."""
    request = await opened(city)
    await to_verification(city, request)
    await took(city.civil, MAKE, request, by="vera", findings={"verified": VALUES})
    await took(city.civil, SEAL, request, by="keeper")
    async with city.civil.socket() as socket:
        await socket.subscribe("1", INBOX, by="keeper")
        await inbox(socket)
        await took(city.civil, SEND, request, by="keeper")
        sent = await inbox(socket)
        await took(city.housing, CONFIRM, request, operator="clerk")
        other = await opened(city, case="办-2")
        arrived = await inbox(socket)

    assert (sent["news"], sent["request"]["state"]) == ("LEFT", "SENT")
    assert (arrived["news"], arrived["request"]["id"]) == ("ARRIVED", other)


async def test_who_may_not_follow(city: City) -> None:
    """A role that doesn't fit, and a request that is another unit's, are told at once."""
    request = await opened(city)
    async with city.civil.socket() as civil, city.housing.socket() as housing:
        await civil.subscribe("1", CHANGED, request=request, operator="vera")
        role = await civil.receive()
        await housing.subscribe("2", INBOX, by="clerk")
        inbox_role = await housing.receive()
        await housing.subscribe("3", CHANGED, request="nothing", operator="clerk")
        none = await housing.receive()

    assert [one["type"] for one in (role, inbox_role, none)] == ["error"] * 3
    assert role["payload"][0]["message"] == (
        "`operator` must be designated as operator (操作人员), and has another role."
    )
    assert inbox_role["payload"][0]["extensions"]["code"] == "BAD_INPUT"
    assert none["payload"][0]["message"] == ("No request of this id concerns the caller's unit.")


async def test_an_inbox_over_server_sent_events(city: City) -> None:
    """The same events come over SSE."""
    body = {"query": 'subscription { inboxChanged(by: "vera") { news } }'}
    headers = {
        "Authorization": f"Bearer {city.civil.key}",
        "Accept": "text/event-stream",
    }
    url, session = f"{city.civil.url}/graphql", city.civil.session
    async with session.post(url, json=body, headers=headers) as reply, asyncio.timeout(5):
        news = [await sent_event(reply)]
        await opened(city)
        news.append(await sent_event(reply))

    assert news == ["PRESENT", "ARRIVED"]


async def sent_event(reply: aiohttp.ClientResponse) -> str:
    """The news of the next event of a stream."""
    async for line in reply.content:
        if line.startswith(b"data:") and line.strip() != b"data:":
            return str(orjson.loads(line[5:])["data"]["inboxChanged"]["news"])
    raise AssertionError("the stream ended")


async def test_a_cut_wire_loses_no_event(city: City) -> None:
    """Answers of the desk that get lost are asked for again: the step comes, and comes once."""
    request = await opened(city)
    async with city.housing.socket() as socket:
        await socket.subscribe("1", CHANGED, request=request, operator="clerk")
        await changed(socket)
        city.wire.cuts[:] = [Cut.LOST] * 4
        for step in ("claim", "begin"):
            done = await city.beside.step(request, step, {"unit": CIVIL, "name": "vera"})
            assert done.status == 200
        seen = await until(socket, "IN_VERIFICATION")

    assert (seen["version"], city.wire.cuts) == (4, [])


async def test_a_desk_that_is_away(city: City) -> None:
    """A subscription that can't be followed now says so at once, and that trying again is fine."""
    city.wire.target = "http://127.0.0.1:9"
    async with city.civil.socket() as socket:
        await socket.subscribe("1", INBOX, by="vera")
        async with asyncio.timeout(8):
            (error,) = orjson.loads(await socket.wire.recv())["payload"]

    assert error["extensions"]["code"] == "PLATFORM_UNAVAILABLE"
    assert error["extensions"]["retryable"] is True
