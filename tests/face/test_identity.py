"""Who calls, and how soon a revocation bites."""

import asyncio

import pytest

from hub.evidence import Requester
from hub.keys import KeysUnavailable
from resolvers import identity
from resolvers.identity import Identity, Unauthenticated

KEY = "Bearer ch_x"
CALLER = Requester("x", "U1", frozenset({"op1"}))


class Store:
    """A store of one key, which may be revoked; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.known: Requester | None = CALLER

    async def find(self, key: str) -> Requester | None:
        self.asked += 1
        return self.known


async def test_a_key_is_looked_up_once_while_it_is_remembered() -> None:
    """Within the time it is remembered, a key costs no look into the store."""
    store = Store()
    known = Identity(store.find)

    assert [await known.requester(KEY) for _ in range(3)] == [CALLER] * 3
    assert store.asked == 1


async def test_a_revocation_bites_a_key_in_constant_use() -> None:
    """The time a key is remembered runs from its last look-up, not from its last use."""
    now, store = [0.0], Store()
    known = Identity(store.find, timer=lambda: now[0])
    await known.requester(KEY)
    store.known = None

    served = 0
    with pytest.raises(Unauthenticated):
        for _ in range(100):
            now[0] += 0.1
            await known.requester(KEY)
            served += 1

    assert served * 0.1 <= identity.REMEMBERED_FOR


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer  ", "Basic ch_x"])
async def test_a_header_without_a_key_is_told_how_to_get_one(header: str | None) -> None:
    """Nothing is looked up, and the hint says what to send."""
    store = Store()

    with pytest.raises(Unauthenticated) as refused:
        await Identity(store.find).requester(header)

    assert store.asked == 0
    assert "certhub keys create" in refused.value.hint


async def test_a_header_padded_with_blanks_is_not_remembered() -> None:
    """A key counts as ever, but nobody can fill the memory with long headers that hold it."""
    store = Store()
    known = Identity(store.find)
    padded = "Bearer" + " " * identity.LONGEST + "ch_x"

    assert [await known.requester(padded) for _ in range(2)] == [CALLER] * 2
    assert store.asked == 2


class SlowStore:
    """A store that says what it is told to when it is let go on; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.says: Requester | KeysUnavailable | None = CALLER
        self.goes_on = asyncio.Event()

    async def find(self, key: str) -> Requester | None:
        self.asked += 1
        await self.goes_on.wait()
        if isinstance(self.says, KeysUnavailable):
            raise self.says
        return self.says


async def waiting(identity: Identity, callers: int) -> list[asyncio.Task[Requester]]:
    """So many who want to know at the same time."""
    tasks = [asyncio.create_task(identity.requester(KEY)) for _ in range(callers)]
    await asyncio.sleep(0)
    return tasks


async def test_the_store_is_asked_once_for_all_who_wait() -> None:
    """When a key is no longer remembered, all its callers come at once."""
    now, store = [0.0], SlowStore()
    known = Identity(store.find, timer=lambda: now[0])
    for _ in range(2):
        store.goes_on.clear()
        callers = await waiting(known, 64)
        store.goes_on.set()
        assert await asyncio.gather(*callers) == [CALLER] * 64
        now[0] += identity.REMEMBERED_FOR

    assert store.asked == 2


async def test_all_who_wait_are_told_that_a_key_is_not_valid() -> None:
    """Who comes later asks anew: the key may have been made meanwhile."""
    store = SlowStore()
    store.says = None
    known = Identity(store.find)
    callers = await waiting(known, 3)

    store.goes_on.set()
    told = await asyncio.gather(*callers, return_exceptions=True)

    assert [type(one) for one in told] == [Unauthenticated] * 3
    assert store.asked == 1
    store.says = CALLER
    assert await known.requester(KEY) is CALLER


async def test_all_who_wait_are_told_of_a_failure_and_nobody_after_them() -> None:
    """A store that does not answer is asked again by the next one who comes."""
    store = SlowStore()
    store.says = KeysUnavailable()
    known = Identity(store.find)
    callers = await waiting(known, 3)

    store.goes_on.set()
    told = await asyncio.gather(*callers, return_exceptions=True)

    assert [type(one) for one in told] == [KeysUnavailable] * 3
    assert store.asked == 1
    store.says = CALLER
    assert await known.requester(KEY) is CALLER


async def test_who_asked_leaves_and_another_asks() -> None:
    """The others wait a little longer, and get what they came for."""
    store = SlowStore()
    callers = await waiting(Identity(store.find), 4)

    callers[0].cancel()
    await asyncio.wait([callers[0]])
    store.goes_on.set()

    assert await asyncio.gather(*callers[1:]) == [CALLER] * 3
    assert callers[0].cancelled()
    assert store.asked == 2


async def test_who_stops_waiting_takes_nothing_from_the_others() -> None:
    """The question goes on, and is not asked again."""
    store = SlowStore()
    callers = await waiting(Identity(store.find), 4)

    callers[1].cancel()
    await asyncio.wait([callers[1]])
    store.goes_on.set()

    assert await asyncio.gather(callers[0], *callers[2:]) == [CALLER] * 3
    assert callers[1].cancelled()
    assert store.asked == 1
