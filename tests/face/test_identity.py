"""Who calls, and how soon a revocation bites."""

import pytest

from hub.evidence import Requester
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
