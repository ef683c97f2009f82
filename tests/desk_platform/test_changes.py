"""The feed of changes: every committed step, reminder and recall, once, in the order of commits."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hub.desk.changes import Change, ChangeKind
from hub.desk.sitting import Sitting
from hub.desk.words import State
from tests.desk_platform.ground import (
    ANNA,
    ARCHIVES,
    CIVIL,
    CLERK,
    HOUSING,
    MINUTE,
    SINGLE,
    VERA,
    VIKTOR,
    Caller,
    Ground,
    open_ground,
    submission,
)

REMINDERS = ["half_time", "last_call", "time_up", "overdue", "coordinator", "supervision"]
READ_ALL = "changes?after=0&count=200"


async def read(caller: Caller, path: str = READ_ALL) -> Any:
    """A page of the feed."""
    reply = await caller.get(path)
    assert reply.status == 200, reply.body
    return reply.body


def events(page: Any) -> list[tuple[int, str, str]]:
    """Its changes, in short."""
    return [(each["sequence"], each["kind"], each["event"]) for each in page["changes"]]


async def test_every_step_is_in_it(ground: Ground) -> None:
    """Numbered from one, without a gap, each with the version the request had by then."""
    request = await ground.hub.open()
    sent = await ground.hub.to_sent(request)

    page = await read(ground.hub)

    steps = ["Issue", "Deliver", "Claim", "Begin", "Make", "Seal", "Send"]
    assert events(page) == [(number, "step", each) for number, each in enumerate(steps, 1)]
    assert [each["version"] for each in page["changes"]] == [1, 2, 3, 4, 5, 6, 7]
    assert page["last"] == sent["version"] == 7
    assert page["changes"][-1] == {
        "sequence": 7,
        "at": "2025-03-12T10:00:00+08:00",
        "kind": "step",
        "request": request,
        "version": 7,
        "event": "Send",
        "state": "sent",
        "certificateType": SINGLE,
        "requester": HOUSING,
        "holder": CIVIL,
        "formerHolder": None,
        "receivers": [],
    }


async def test_every_view_has_the_version(ground: Ground) -> None:
    """Alone, in the inbox and in the outbox, it is the number of entries of the history."""
    request = await ground.hub.open()
    await ground.hub.step(request, "claim", VERA)

    alone = await ground.hub.get(f"requests/{request}?unit={HOUSING}")
    inbox = await ground.hub.get(f"requests/inbox?unit={CIVIL}")
    outbox = await ground.hub.get(f"requests/outbox?unit={HOUSING}")
    history = await ground.hub.get(f"requests/{request}/history?unit={HOUSING}")

    versions = [alone.body, *inbox.body["requests"], *outbox.body["requests"]]
    assert [each["version"] for each in versions] == [3, 3, 3]
    assert len(history.body["entries"]) == 3


async def test_what_was_not_done_is_not_in_it(ground: Ground) -> None:
    """A rejected step, a repeated write and an unsound one change nothing."""
    body = submission()
    request = (await ground.hub.post("requests", body, "key-1")).body["id"]

    await ground.hub.post("requests", body, "key-1")
    await ground.hub.step(request, "begin", VERA)
    await ground.hub.post("requests", submission(fields=[]))

    assert (await read(ground.hub))["last"] == 2


async def test_an_attempt_to_decline_is_in_it(ground: Ground) -> None:
    """It is on record like every step, and changes no state."""
    request = await ground.hub.open()

    await ground.hub.post(f"requests/{request}/decline", {"by": VERA})

    page = await read(ground.hub, "changes?after=2")
    assert events(page) == [(3, "step", "AttemptToDecline")]
    assert page["changes"][0]["state"] == "delivered"


async def test_a_forward(ground: Ground) -> None:
    """The change says who had it and who has it now."""
    request = await ground.hub.open()

    await ground.hub.step(request, "forward", VERA, to=ARCHIVES, reason="档案馆保管")
    await ground.hub.step(request, "claim", ANNA)

    moved, claimed = (await read(ground.hub, "changes?after=2"))["changes"]
    assert (moved["event"], moved["holder"], moved["formerHolder"]) == ("Forward", ARCHIVES, CIVIL)
    assert (claimed["holder"], claimed["formerHolder"]) == (ARCHIVES, None)


async def test_reminders_and_escalations(ground: Ground) -> None:
    """A timer that fires is a change; what the platform does at it is the next one."""
    request = await ground.hub.open(immediate=True)

    for _ in range(7):
        await ground.pass_time(10 * MINUTE)

    page = await read(ground.hub, "changes?after=2")
    assert events(page) == [
        (3, "reminder", "half_time"),
        (4, "reminder", "last_call"),
        (5, "reminder", "time_up"),
        (6, "reminder", "overdue"),
        (7, "step", "MarkOverdue"),
        (8, "reminder", "coordinator"),
        (9, "reminder", "supervision"),
    ]
    assert [each["version"] for each in page["changes"]] == [2, 2, 2, 2, 3, 3, 3]
    assert {each["request"] for each in page["changes"]} == {request}


async def test_timers_of_a_request_fire_in_their_order_whoever_fires_them(ground: Ground) -> None:
    """Replicas of the platform look at once: none takes a timer before the one that another has."""
    requests = [await ground.hub.open(immediate=True) for _ in range(4)]
    ground.clock.moment += 70 * MINUTE
    await asyncio.gather(*(ground.desk.alarm.fire_due() for _ in range(6)))
    await ground.pass_time(timedelta())

    changes = (await read(ground.hub))["changes"]
    for request in requests:
        of_it = [each for each in changes if each["request"] == request]
        assert [each["event"] for each in of_it if each["kind"] == "reminder"] == REMINDERS


async def test_a_recall(ground: Ground) -> None:
    """It follows the step that ends the objection, and names everybody who received the proof."""
    request = await ground.hub.open()
    await ground.hub.to_sent(request)
    await ground.hub.step(request, "receipt", CLERK)
    objected = await ground.hub.step(request, "objection", CLERK, delivery=1, grounds="有误")
    review = objected.body["objections"][0]["review"]
    await ground.hub.to_made(review, VIKTOR, {"verified": {"spouse": "有", "since": "2021-01-01"}})
    before = (await read(ground.hub))["last"]

    await ground.hub.seal_and_send(review)

    page = await read(ground.hub, f"changes?after={before}")
    assert [(each["request"], each["event"]) for each in page["changes"]] == [
        (review, "Seal"),
        (review, "Send"),
        (request, "Conclude"),
        (request, "recall"),
    ]
    recall = page["changes"][-1]
    assert recall["kind"] == "recall"
    assert recall["receivers"] == [{"unit": HOUSING, "reference": request}]


async def test_pages(ground: Ground) -> None:
    """At most so many at once; `last` is where to go on."""
    await ground.hub.to_sent(await ground.hub.open())

    first = await read(ground.hub, "changes?after=0&count=3")
    second = await read(ground.hub, f"changes?after={first['last']}&count=4")
    third = await read(ground.hub, f"changes?after={second['last']}&count=3")

    assert [each["sequence"] for each in first["changes"]] == [1, 2, 3]
    assert [each["sequence"] for each in second["changes"]] == [4, 5, 6, 7]
    assert third == {"changes": [], "last": 7}


async def test_where_the_end_is(ground: Ground) -> None:
    """Without `after` it answers at once: no changes, only the number to begin with."""
    empty = await read(ground.hub, "changes?wait=30")
    await ground.hub.open()

    assert empty == {"changes": [], "last": 0}
    assert await read(ground.hub, "changes?wait=30") == {"changes": [], "last": 2}


async def test_what_is_rolled_back_leaves_no_gap(ground: Ground) -> None:
    """A number is given with the commit, or not at all."""
    request = await ground.hub.open()
    change = Change(
        at=ground.clock(),
        kind=ChangeKind.STEP,
        request=request,
        version=9,
        event="Nothing",
        state=State.DELIVERED,
        certificate=SINGLE,
        requester=HOUSING,
        holder=CIVIL,
    )

    with pytest.raises(ZeroDivisionError):
        async with ground.desk.database.writing() as connection:
            await Sitting(connection, ground.desk.rules, ground.clock(), [change]).publish()
            raise ZeroDivisionError

    await ground.hub.step(request, "claim", VERA)
    assert events(await read(ground.hub, "changes?after=2")) == [(3, "step", "Claim")]


async def test_replicas_write_side_by_side(ground: Ground, database: str) -> None:
    """Whoever reads meanwhile sees every change once, ascending, without a gap."""
    seen: list[int] = []

    async def follow() -> None:
        while True:
            last = seen[-1] if seen else 0
            page = await read(ground.hub, f"changes?after={last}&wait=5&count=7")
            seen.extend(each["sequence"] for each in page["changes"])

    async with open_ground(database, on_record=_nothing) as other:
        following = asyncio.create_task(follow())
        callers = [ground.hub, other.hub] * 4
        ids = await asyncio.gather(*(caller.open(immediate=True) for caller in callers))
        ground.clock.moment += timedelta(hours=2)
        await asyncio.gather(
            *(caller.to_made(id_) for caller, id_ in zip(reversed(callers), ids, strict=True)),
            ground.pass_time(timedelta(0)),
        )
        async with ground.desk.database.reading() as connection:
            entries = await connection.scalar(text("SELECT count(*) FROM desk_entries"))
            said = await connection.scalar(text("SELECT count(*) FROM desk_reminders"))
        async with asyncio.timeout(10):
            while len(seen) < entries + said:  # noqa: ASYNC110 - it is told over the wire
                await asyncio.sleep(0.02)
        following.cancel()

    assert said == 8 * 6
    assert seen == list(range(1, entries + said + 1))


async def _nothing(_: object) -> None:
    """Its seals are on record already."""
