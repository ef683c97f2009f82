"""graphql-transport-ws on the wire: what is answered, and with which code each misuse ends."""

import asyncio
from collections.abc import Mapping

import pytest
from websockets.exceptions import InvalidStatus

from hub.commands.running import LARGEST_MESSAGE
from resolvers.limits import Limits
from resolvers.transports.operating import Timing
from tests.transports.ground import BEARER, BRISK, becomes, open_ground, socket

COUNT = "subscription($to: Int!) { count(to: $to) { number context caller } }"
WAITING = "subscription { waiting { number } }"


async def test_every_event_is_executed_in_a_context_of_its_own() -> None:
    """Three events come, in order, each with another context, and then `complete`."""
    async with open_ground() as ground, socket(ground) as client:
        await client.subscribe("1", COUNT, to=3)
        came = [await client.receive() for _ in range(4)]

    events = [one["payload"]["data"]["count"] for one in came[:3]]
    assert [one["type"] for one in came] == ["next", "next", "next", "complete"]
    assert {one["id"] for one in came} == {"1"}
    assert [(one["number"], one["caller"]) for one in events] == [(1, "U1"), (2, "U1"), (3, "U1")]
    assert len({one["context"] for one in events}) == 3


async def test_queries_and_mutations_run_over_the_socket_too() -> None:
    """Each has one `next` and then `complete`; operations of one socket may overlap."""
    async with open_ground() as ground, socket(ground) as client:
        await client.subscribe("slow", 'mutation { write(text: "a") }')
        await client.subscribe("fast", '{ greeting(name: "Wang") }')
        fast = [await client.receive(), await client.receive()]
        ground.may_go_on.set()
        slow = [await client.receive(), await client.receive()]

    assert fast == [
        {"id": "fast", "type": "next", "payload": {"data": {"greeting": "Good day, Wang"}}},
        {"id": "fast", "type": "complete"},
    ]
    assert slow == [
        {"id": "slow", "type": "next", "payload": {"data": {"write": "a"}}},
        {"id": "slow", "type": "complete"},
    ]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_INVALID"),
        ("{ nothing }", "GRAPHQL_INVALID"),
        ("subscription { count(to: $no) { number } }", "GRAPHQL_INVALID"),
        ("subscription($to: Int!) { count(to: $to) { number } }", "GRAPHQL_INVALID"),
        ("subscription { a: waiting { number } b: waiting { number } }", "GRAPHQL_INVALID"),
        ("subscription { refused }", "BAD_INPUT"),
        ("{ " + "a: greeting " * 51 + "}", "TOO_LARGE"),
    ],
)
async def test_a_request_that_can_not_run_gets_one_error_message(query: str, code: str) -> None:
    """`error` is its last message, no `complete` follows, and the socket lives on."""
    async with open_ground() as ground, socket(ground) as client:
        await client.subscribe("1", query)
        refused = await client.receive()
        await client.subscribe("1", "{ greeting }")
        after = [await client.receive(), await client.receive()]

    assert (refused["id"], refused["type"]) == ("1", "error")
    assert [one["extensions"]["code"] for one in refused["payload"]] == [code]
    assert [one["type"] for one in after] == ["next", "complete"]


async def test_a_stream_that_breaks_says_so_and_nothing_of_its_inside() -> None:
    """After its first event comes `error` with an incident number; no number of a person is in it."""
    async with open_ground() as ground, socket(ground) as client:
        await client.subscribe("1", "subscription { broken }")
        event, error = await client.receive(), await client.receive()
        await client.subscribe("2", "subscription { count(to: 1) { odd } }")
        odd = await client.receive()

    assert event["payload"] == {"data": {"broken": 1}}
    assert error["type"] == "error"
    assert error["payload"][0]["extensions"]["code"] == "INTERNAL"
    assert odd["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "330203" not in str((error, odd))


async def test_complete_ends_a_subscription_and_frees_its_id() -> None:
    """The generator is closed at once, and the id may be used again."""
    async with open_ground() as ground, socket(ground) as client:
        await client.subscribe("1", WAITING)
        await client.receive()
        assert ground.running == 1
        await client.send(id="1", type="complete")
        await becomes(lambda: ground.running == 0)
        await client.subscribe("1", "{ greeting }")
        after = [await client.receive(), await client.receive()]

    assert [one["type"] for one in after] == ["next", "complete"]


async def test_a_completed_mutation_is_written_but_not_answered() -> None:
    """Who loses interest in a write does not cut it off; its result is not sent."""
    async with open_ground() as ground, socket(ground) as client:
        await client.subscribe("1", 'mutation { write(text: "a") }')
        await becomes(lambda: ground.running == 1)
        await client.send(id="1", type="complete")
        await client.send(type="ping")
        pong = await client.receive()
        ground.may_go_on.set()
        await becomes(lambda: ground.written == ["a"])
        await client.subscribe("2", "{ greeting }")
        after = await client.receive()

    assert pong == {"type": "pong"}
    assert after["id"] == "2"


async def test_a_socket_that_breaks_off_ends_subscriptions_and_leaves_writes_to_finish() -> None:
    """Without a close frame, too: nothing of the socket is left once the write is done."""
    async with open_ground() as ground:
        async with socket(ground) as client:
            await client.subscribe("1", WAITING)
            await client.receive()
            await client.subscribe("2", 'mutation { write(text: "a") }')
            await becomes(lambda: ground.running == 2)
            client.wire.transport.abort()
            await becomes(lambda: ground.running == 1)
        ground.may_go_on.set()
        await becomes(lambda: ground.connections.open == 0)

    assert ground.written == ["a"]


@pytest.mark.parametrize("payload", [None, {"at": 12}])
async def test_a_ping_is_answered_with_what_it_carried(payload: dict[str, int] | None) -> None:
    """Before and after the connection is initialised; pongs of the client are taken in silence."""
    sent = {} if payload is None else {"payload": payload}
    async with open_ground() as ground, socket(ground, init=False) as client:
        await client.send(type="ping", **sent)
        before = await client.receive()
        await client.initialise()
        await client.send(type="pong", **sent)
        await client.send(type="ping", **sent)
        after = await client.receive()

    assert before == after == {"type": "pong", **sent}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "it is not JSON"),
        ("[]", "it is not a JSON object"),
        ("{}", "its type is not one that clients send"),
        ('{"type": "connection_ack"}', "its type is not one that clients send"),
        ('{"type": "ping", "payload": 1}', "payload must be an object or left out"),
        ('{"type": "connection_init", "payload": []}', "payload must be an object or left out"),
        (
            '{"type": "connection_init", "payload": {"authorization": 1}}',
            "authorization must be one text",
        ),
        ('{"type": "complete"}', "id must be a text of 1 to 200 characters"),
        (
            '{"type": "subscribe", "id": "", "payload": {"query": "{a}"}}',
            "id must be a text of 1 to 200 characters",
        ),
        ('{"type": "subscribe", "id": "1"}', "payload must be an object"),
        ('{"type": "subscribe", "id": "1", "payload": {}}', "`query` must be text."),
        (
            '{"type": "subscribe", "id": "1", "payload": {"query": "{a}", "variables": []}}',
            "`variables` must be an object.",
        ),
        (b"{}", "it is binary"),
    ],
)
async def test_4400_what_the_protocol_does_not_know_closes_the_socket(
    text: str | bytes, reason: str
) -> None:
    """The close frame's reason names what is wrong."""
    async with open_ground() as ground, socket(ground, init=False) as client:
        await client.wire.send(text)
        assert await client.closed() == (4400, f"Invalid message: {reason}")


async def test_4401_nothing_runs_before_the_connection_is_initialised() -> None:
    """A subscribe before connection_init closes the socket, and nothing was executed."""
    async with open_ground() as ground, socket(ground, init=False, Authorization=BEARER) as client:
        await client.subscribe("1", 'mutation { write(text: "a") }')
        assert await client.closed() == (4401, "Unauthorized: send connection_init first")

    assert (ground.written, ground.contexts) == ([], 0)


@pytest.mark.parametrize("authorization", ["", "Bearer ch_other", "Basic ch_test", "ch_test"])
async def test_4403_a_key_that_is_not_valid_opens_nothing(authorization: str) -> None:
    """A wrong key in the payload is refused, with a good one in the header as well."""
    async with open_ground() as ground, socket(ground, init=False) as client:
        await client.send(type="connection_init", payload={"authorization": authorization})
        code, reason = await client.closed()

    assert code == 4403
    assert "revoked" in reason


async def test_the_key_may_come_in_the_header_of_the_handshake() -> None:
    """Then the payload may be left out; a wrong key in the payload is refused all the same."""
    async with open_ground() as ground:
        async with socket(ground, init=False, Authorization=BEARER) as client:
            await client.send(type="connection_init")
            acknowledged = await client.receive()
        async with socket(ground, init=False, Authorization=BEARER) as client:
            await client.send(type="connection_init", payload={"Authorization": "Bearer ch_other"})
            refused, _ = await client.closed()

    assert acknowledged == {"type": "connection_ack"}
    assert refused == 4403


@pytest.mark.parametrize("subprotocol", [None, "graphql-ws", "other"])
async def test_4406_only_the_subprotocol_of_graphql_ws_is_spoken(subprotocol: str | None) -> None:
    """The subprotocol of the older subscriptions-transport-ws is not; no offer is none."""
    async with (
        open_ground() as ground,
        socket(ground, init=False, subprotocol=subprotocol) as client,
    ):
        closed = await client.closed()

    assert closed == (4406, "Subprotocol not acceptable: graphql-transport-ws is")


async def test_4408_a_socket_that_says_nothing_is_closed() -> None:
    """After the time to initialise, which pings do not prolong."""
    timing = Timing(initialising=0.4)
    async with open_ground(timing) as ground, socket(ground, init=False) as client:
        await client.send(type="ping")
        assert await client.receive() == {"type": "pong"}
        assert await client.closed() == (4408, "Connection initialisation timeout")


@pytest.mark.parametrize(
    ("id", "shown"), [("1", "1"), ("核" * 50, "核" * 31), ("x" * 200, "x" * 93)]
)
async def test_4409_an_id_runs_once_at_a_time(id: str, shown: str) -> None:
    """A second operation under a running id closes the socket and ends the first."""
    async with open_ground() as ground, socket(ground) as client:
        await client.subscribe(id, WAITING)
        await client.receive()
        await client.subscribe(id, "{ greeting }")
        closed = await client.closed()
        await becomes(lambda: ground.running == 0)

    assert closed == (4409, f"Subscriber for {shown} already exists")


async def test_4429_the_connection_is_initialised_once() -> None:
    """A second connection_init closes the socket."""
    async with open_ground() as ground, socket(ground) as client:
        await client.send(type="connection_init", payload={"authorization": BEARER})
        assert await client.closed() == (4429, "Too many initialisation requests")


async def test_4403_a_revoked_key_ends_what_runs() -> None:
    """Within the time of one look; the subscription's generator is closed, the slot is free."""
    async with open_ground(BRISK) as ground, socket(ground) as client:
        await client.subscribe("1", WAITING)
        await client.receive()
        await asyncio.sleep(0.3)
        assert ground.running == 1
        ground.known = False
        code, _ = await client.closed()
        await becomes(lambda: ground.running == 0 and ground.connections.open == 0)

    assert code == 4403


async def test_1000_only_what_runs_holds_a_socket() -> None:
    """A subscription does for as long as it runs; with nothing running the socket is ended."""
    async with open_ground(Timing(idle=0.3)) as ground, socket(ground) as client:
        await client.subscribe("1", WAITING)
        await client.receive()
        await asyncio.sleep(1)
        assert ground.running == 1
        await client.send(id="1", type="complete")
        code, _ = await client.closed()

    assert code == 1000


async def test_1009_a_message_over_the_limit_closes_the_socket() -> None:
    """Below the limit of the frames themselves it is the hub that says so, above it uvicorn."""
    async with open_ground(limits=Limits(body_bytes=1000)) as ground:
        async with socket(ground) as client:
            await client.subscribe("1", "{ greeting }" + " " * 1000)
            beyond_ours = await client.closed()
        async with socket(ground) as client:
            await client.subscribe("1", "{ greeting }" + " " * 2_000_000)
            beyond_uvicorn, _ = await client.closed()
        await becomes(lambda: ground.connections.open == 0)

    assert beyond_ours == (1009, "The message is too large; split the request")
    assert beyond_uvicorn == 1009


def test_frames_may_be_as_large_as_bodies() -> None:
    """uvicorn's limit, which stands in front of ours, is the same number."""
    assert Limits().body_bytes == LARGEST_MESSAGE


async def test_a_socket_runs_so_many_operations_and_no_more() -> None:
    """One too many gets an `error`, also where the client has completed those that still run."""
    async with open_ground(limits=Limits(operations=2)) as ground, socket(ground) as client:
        await client.subscribe("1", 'mutation { write(text: "a") }')
        await client.subscribe("2", 'mutation { write(text: "b") }')
        await client.send(id="1", type="complete")
        await client.subscribe("3", "{ greeting }")
        refused = await client.receive()
        ground.may_go_on.set()
        await becomes(lambda: ground.written == ["a", "b"])

    assert (refused["id"], refused["type"]) == ("3", "error")
    assert refused["payload"][0]["extensions"]["code"] == "TOO_LARGE"


async def test_operations_of_a_socket_are_bounded_in_size_together() -> None:
    """What runs keeps its variables: together they may be as large as one body."""
    async with open_ground(limits=Limits(body_bytes=3000)) as ground, socket(ground) as client:
        await client.subscribe("1", WAITING + " " * 2000)
        await client.receive()
        await client.subscribe("2", "{ greeting }" + " " * 2000)
        refused = await client.receive()

    assert (refused["id"], refused["type"]) == ("2", "error")


async def test_1013_while_keys_can_not_be_checked_nobody_new_comes_in() -> None:
    """What runs goes on; a revocation of that time bites as soon as keys can be checked again."""
    async with open_ground(BRISK) as ground, socket(ground) as client:
        await client.subscribe("1", WAITING)
        await client.receive()
        ground.silent = True
        async with socket(ground, init=False) as late:
            await late.send(type="connection_init", payload={"authorization": BEARER})
            refused, _ = await late.closed()
        await asyncio.sleep(0.3)
        ground.may_go_on.set()
        event = await client.receive()
        ground.known, ground.silent = False, False
        revoked, _ = await client.closed()

    assert (refused, revoked) == (1013, 4403)
    assert event["payload"]["data"]["waiting"]["number"] == 2


async def test_a_full_hub_turns_operations_away_and_lets_subscriptions_wait() -> None:
    """With room for one, a second query is told to come again; a subscription takes no room."""
    async with open_ground(inside=1) as ground, socket(ground) as client:
        await client.subscribe("1", 'mutation { write(text: "a") }')
        await becomes(lambda: ground.running == 1)
        await client.subscribe("2", "{ greeting }")
        refused = await client.receive()
        await client.subscribe("3", WAITING)
        event = await client.receive()
        ground.may_go_on.set()
        await becomes(lambda: ground.written == ["a"])

    assert (refused["id"], refused["payload"][0]["extensions"]["code"]) == ("2", "OVERLOADED")
    assert (event["id"], event["type"]) == ("3", "next")
    assert ground.shed == ["full"]


async def test_operations_over_a_socket_count_as_requests_of_their_key() -> None:
    """Two a day are two a day over one socket, too; the third is told when to come again."""
    async with open_ground(rate="2/day") as ground, socket(ground) as client:
        for number in ("1", "2"):
            await client.subscribe(number, "{ greeting }")
            await client.receive()
            await client.receive()
        await client.subscribe("3", "{ greeting }")
        refused = await client.receive()

    assert (refused["id"], refused["payload"][0]["extensions"]["code"]) == ("3", "RATE_LIMITED")
    assert "Come again in" in refused["payload"][0]["extensions"]["hint"]


async def test_1013_a_key_holds_so_many_connections_and_no_more() -> None:
    """The one too many is closed; when another has ended there is room again."""
    async with open_ground(limits=Limits(connections=2)) as ground, socket(ground):
        async with socket(ground), socket(ground, init=False) as third:
            await third.send(type="connection_init", payload={"authorization": BEARER})
            closed = await third.closed()
        await becomes(lambda: ground.connections.open == 1)
        async with socket(ground) as again:
            await again.subscribe("1", "{ greeting }")
            answer = await again.receive()

    assert closed == (1013, "This API key holds as many connections as it may")
    assert answer["type"] == "next"


ORIGINS: Mapping[str, bool] = {
    "http://{place}": True,
    "https://{place}": True,
    "http://evil.example": False,
    "http://127.0.0.1": False,
    "http://{place}.evil.example": False,
    "null": False,
    "http://[": False,
}


@pytest.mark.parametrize("origin", ORIGINS)
async def test_403_only_pages_of_the_hub_itself_may_open_sockets(origin: str) -> None:
    """Another page's socket is refused in the handshake; who sends no Origin is no page."""
    async with open_ground() as ground:
        sent = origin.format(place=ground.place)
        if ORIGINS[origin]:
            async with socket(ground, Origin=sent) as client:
                await client.subscribe("1", "{ greeting }")
                assert (await client.receive())["type"] == "next"
        else:
            with pytest.raises(InvalidStatus) as refused:
                async with socket(ground, Origin=sent):
                    pass
            assert refused.value.response.status_code == 403
        await becomes(lambda: ground.connections.open == 0)


async def test_1001_a_hub_that_stops_lets_writes_finish_and_says_that_it_goes() -> None:
    """Subscriptions end, the write is answered, and then the socket is closed: not cut."""
    async with open_ground() as ground:
        async with socket(ground) as client:
            await client.subscribe("1", WAITING)
            await client.receive()
            await client.subscribe("2", 'mutation { write(text: "a") }')
            await becomes(lambda: ground.running == 2)
            leaving = asyncio.create_task(ground.connections.leave(5))
            await becomes(lambda: ground.running == 1)
            ground.may_go_on.set()
            answered = [await client.receive(), await client.receive()]
            closed = await client.closed()
            await leaving
        async with socket(ground, init=False) as late:
            refused, _ = await late.closed()

    assert [(one["id"], one["type"]) for one in answered] == [("2", "next"), ("2", "complete")]
    assert closed == (1001, "The hub is stopping; connect again in a moment")
    assert refused == 1001


async def test_a_hub_that_stops_waits_no_longer_than_its_grace() -> None:
    """A write that does not end is left behind after the grace; the server ends."""
    loop = asyncio.get_running_loop()
    async with open_ground(grace=1) as ground:
        async with socket(ground) as client:
            await client.subscribe("1", 'mutation { write(text: "a") }')
            await becomes(lambda: ground.running == 1)
        began = loop.time()

    assert 1 <= loop.time() - began < 4
    assert ground.written == []
