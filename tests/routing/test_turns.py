"""What is told in one turn of the loop is handed on together."""

import asyncio

from connectors.contract import Held, NotHeld
from hub.routing.turns import Told, Turns

A, B, C = Held({"n": 1}), Held({"n": 2}), NotHeld()


class Times:
    """A clock that goes on by one whenever it is looked at."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def gathering(expected: int) -> tuple[Turns, list[tuple[Told, float]]]:
    handed: list[tuple[Told, float]] = []
    return Turns(lambda told, at: handed.append((told, at)), Times(), expected), handed


async def test_each_turn_is_handed_on_with_its_moment() -> None:
    """Two are told in one turn, one in the next: two moments."""
    turns, handed = gathering(expected=4)

    turns.told(0, A)
    turns.told(2, B)
    assert handed == []
    await asyncio.sleep(0)
    turns.told(1, C)
    await asyncio.sleep(0)

    assert handed == [({0: A, 2: B}, 1.0), ({1: C}, 2.0)]


async def test_nothing_more_is_waited_for_once_all_were_told() -> None:
    """The last one of all ends the turn, and nothing is handed on twice."""
    turns, handed = gathering(expected=2)

    turns.told(0, A)
    turns.told(1, B)
    assert handed == [({0: A, 1: B}, 1.0)]
    await asyncio.sleep(0)

    assert len(handed) == 1


async def test_who_knows_that_no_more_comes_ends_the_turn() -> None:
    """What was told is handed on at once, and where nothing was, nothing is."""
    turns, handed = gathering(expected=2)

    turns.told(0, A)
    turns.end()
    turns.end()

    assert handed == [({0: A}, 1.0)]
