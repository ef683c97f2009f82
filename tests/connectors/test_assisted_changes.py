"""Changes of a real desk over HTTP: in order, each once, as soon as they are there."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.assisted_parts import RequestState
from connectors.assisted_words import Change, ChangeKind, ChangesLost, Receiver
from connectors.contract import Refused, Unreachable
from connectors.http import Http
from hub.desk.registry import Client
from tests.connectors.assisted_ground import (
    CLERK,
    VERA,
    VIKTOR,
    Cut,
    Life,
    assisted,
    wire_to,
)
from tests.desk_platform.ground import (
    ARCHIVES,
    BUREAU,
    CIVIL,
    HOUR,
    HOUSING,
    SINGLE,
    TEN,
    Ground,
    open_ground,
)

SOON = 2.0
"""Seconds: a poll that is told ends well before its wait of five."""


async def test_from_the_present_end(life: Life) -> None:
    """Asked without a number, the platform tells where its changes end, and goes on from there."""
    none = await life.desk.changes(None, 25)
    request = (await life.open()).id
    end = await life.desk.changes(None, 25)
    await life.take(request, "claim", VERA)

    told = await life.desk.changes(end.last, 25)

    assert (none.changes, none.last, end.changes, end.last) == ((), 0, (), 2)
    assert told.last == 3
    assert told.changes == (
        Change(
            sequence=3,
            at=TEN,
            kind=ChangeKind.STEP,
            request=request,
            version=3,
            event="Claim",
            state=RequestState.CLAIMED,
            certificate_type=SINGLE,
            requester=HOUSING,
            holder=CIVIL,
            former_holder=None,
            receivers=(),
        ),
    )


async def test_who_waits_is_told_at_once(life: Life) -> None:
    """A poll ends with the step that is taken while it waits, and without any at its end."""
    request = (await life.open()).id
    waiting = asyncio.create_task(life.desk.changes(2, 5))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await life.take(request, "claim", VERA)
    told = await waiting

    assert time.monotonic() - began < SOON
    assert [each.event for each in told.changes] == ["Claim"]
    began = time.monotonic()
    nothing = await life.desk.changes(3, 0.2)
    assert 0.15 < time.monotonic() - began < SOON
    assert (nothing.changes, nothing.last) == ((), 3)


async def test_many_writers_many_pages(life: Life) -> None:
    """Of 60 submissions at once every change is told: 1 to 120 without a gap, pages of 100."""
    await asyncio.gather(*(life.open(case=f"case-{number}") for number in range(60)))

    first = await life.desk.changes(0, 5)
    rest = await life.desk.changes(first.last, 5)

    numbers = [each.sequence for each in (*first.changes, *rest.changes)]
    assert numbers == list(range(1, 121))
    assert (len(first.changes), first.last, rest.last) == (100, 100, 120)


async def test_a_reminder_and_a_move(life: Life, ground: Ground) -> None:
    """A timer that fires is a change; one that moved on names who had it."""
    request = (await life.open()).id
    await life.take(request, "claim", VERA)
    await life.take(request, "forward", VERA, to=ARCHIVES, reason="kept there")
    await ground.pass_time(13 * HOUR)

    told = await life.desk.changes(3, 0)

    moved, reminded = told.changes
    assert (moved.event, moved.holder, moved.former_holder) == ("Forward", ARCHIVES, CIVIL)
    assert (reminded.kind, reminded.event) == (ChangeKind.REMINDER, "half_time")
    assert (reminded.request, reminded.state) == (request, RequestState.DELIVERED)


async def test_a_recall_names_its_receivers(life: Life) -> None:
    """Whoever got the proof that turned out wrong is in the change of its recall."""
    request = (await life.open()).id
    await life.to_sent(request, {"verified": {"spouse": "无", "since": None}})
    await life.take(request, "receipt", CLERK)
    doubted = await life.take(request, "objection", CLERK, delivery=1, grounds="I am married")
    review = doubted.objections[0].review
    end = (await life.desk.changes(None, 0)).last
    await life.to_sent(review, {"verified": {"spouse": "某", "since": None}}, VIKTOR)

    told = await life.desk.changes(end, 0)

    recalls = [each for each in told.changes if each.kind is ChangeKind.RECALL]
    assert [(each.request, each.receivers) for each in recalls] == [
        (request, (Receiver(HOUSING, request),))
    ]


async def test_a_client_of_one_unit(life: Life, ground: Ground, http: Http) -> None:
    """It is told what concerns its unit, and goes on past what does not."""
    library = Client("library", "key-library", "secret-library", frozenset({"library"}))
    registry = ground.desk.registry
    clients = {**registry.clients, library.access_key: library}
    ground.desk.registry = replace(registry, clients=clients)
    await life.open()

    bureaus = await assisted(ground.hub.base, http, BUREAU).changes(0, 0)
    librarys = await assisted(ground.hub.base, http, library).changes(0, 0)

    assert [each.sequence for each in bureaus.changes] == [1, 2]
    assert (librarys.changes, librarys.last) == ((), 2)


async def test_another_database_than_before(life: Life) -> None:
    """Past the end, the platform's changes are others than those known: told apart."""
    await life.open()

    with pytest.raises(ChangesLost, match=r"^desk/changes: its database is another one"):
        await life.desk.changes(3, 5)
    with pytest.raises(Refused, match=r"^desk/changes: HTTP status 400"):
        await life.desk.changes(-1, 5)


async def test_a_poll_on_a_bad_wire(ground: Ground, http: Http) -> None:
    """A poll whose answer got lost is told, and loses no change: asked again, they are there."""
    await Life(assisted(ground.hub.base, http)).open()
    async with wire_to(ground.hub.base, Cut.LOST, Cut.LOST) as wire:
        desk = assisted(wire.url, http)
        with pytest.raises(Unreachable, match=r"^desk/changes: no connection, or it was reset"):
            await desk.changes(0, 5)
        told = await desk.changes(0, 5)

    assert [each.event for each in told.changes] == ["Issue", "Deliver"]


async def test_a_desk_that_closes(tmp_path: Path, http: Http) -> None:
    """Who waits when the desk closes is answered, or told that it is gone, at once."""
    async with open_ground(f"sqlite+aiosqlite:///{tmp_path}/desk.db") as opened:
        waiting = asyncio.create_task(assisted(opened.hub.base, http).changes(0, 5))
        await asyncio.sleep(0.1)
        began = time.monotonic()

    told = await waiting
    assert time.monotonic() - began < 4
    assert (told.changes, told.last) == ((), 0)
