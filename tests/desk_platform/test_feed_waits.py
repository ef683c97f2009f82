"""Who waits for changes is answered as soon as there is one, whoever made it."""

import asyncio
from typing import Any

import aiohttp
import pytest

from hub.desk.serving import GRACE
from tests.desk_platform.ground import CIVIL, MINUTE, VERA, Caller, Ground, open_ground
from tests.desk_platform.test_changes import events, read


def _waiting(caller: Caller, path: str) -> asyncio.Task[Any]:
    return asyncio.create_task(read(caller, path))


async def _seconds(work: asyncio.Task[Any]) -> float:
    clock = asyncio.get_running_loop().time
    began = clock()
    await work
    return clock() - began


async def test_nothing_happens(small: Ground) -> None:
    """After the time it said it waits, it gets no changes and the number to go on with."""
    await small.hub.open()

    waiting = _waiting(small.hub, "changes?after=2&wait=0.5")

    assert 0.4 < await _seconds(waiting) < 5
    assert waiting.result() == {"changes": [], "last": 2}


async def test_own_writes_wake(small: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step taken at this desk is told at once, to all who wait; nobody needs to look again."""
    monkeypatch.setattr("hub.desk.feed.LOOK_AGAIN", 60.0)
    request = await small.hub.open()
    waiting = [_waiting(small.hub, "changes?after=2&wait=30") for _ in range(5)]
    await asyncio.sleep(0.2)

    await small.hub.step(request, "claim", VERA)
    async with asyncio.timeout(10):
        pages = await asyncio.gather(*waiting)

    assert [events(page) for page in pages] == [[(3, "step", "Claim")]] * 5


async def test_timers_wake(small: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is a reminder."""
    monkeypatch.setattr("hub.desk.feed.LOOK_AGAIN", 60.0)
    await small.hub.open(immediate=True)
    waiting = _waiting(small.hub, "changes?after=2&wait=30")
    await asyncio.sleep(0.2)

    await small.pass_time(16 * MINUTE)
    async with asyncio.timeout(10):
        page = await waiting

    assert events(page) == [(3, "reminder", "half_time")]


async def test_other_replicas_are_looked_for(ground: Ground, database: str) -> None:
    """What another desk over the same database wrote is told about a second later."""

    async def nothing(_: object) -> None: ...

    async with open_ground(database, on_record=nothing) as other:
        waiting = _waiting(ground.hub, "changes?after=0&wait=30")
        await asyncio.sleep(0.2)
        await other.hub.open()

        async with asyncio.timeout(10):
            page = await waiting

    assert events(page) == [(1, "step", "Issue"), (2, "step", "Deliver")]


async def test_what_concerns_others_is_waited_through(small: Ground) -> None:
    """A unit that is no part of it goes on waiting; `last` has moved on when it is told."""
    waiting = _waiting(small.hub, "changes?after=0&wait=1&unit=elsewhere")
    await asyncio.sleep(0.2)

    await small.hub.open()

    assert await waiting == {"changes": [], "last": 2}


async def test_a_desk_that_ends_lets_them_go(tmp_path: object) -> None:
    """They are answered at once; the desk's end doesn't wait for them."""
    clock = asyncio.get_running_loop().time
    async with aiohttp.ClientSession() as session:
        async with open_ground(f"sqlite+aiosqlite:///{tmp_path}/desk.db") as small:
            await small.hub.open()
            waiting = _waiting(Caller(session, small.hub.base), "changes?after=2&wait=30")
            await asyncio.sleep(0.2)
            began = clock()
        assert clock() - began < GRACE
        assert await waiting == {"changes": [], "last": 2}


async def test_only_who_waits_is_let_go(small: Ground) -> None:
    """Where one face of a desk ends and another goes on, who waits there later waits as ever."""
    small.desk.feed.dismiss()

    waiting = _waiting(small.hub, f"changes?after=0&wait=0.5&unit={CIVIL}")

    assert 0.4 < await _seconds(waiting) < 5
