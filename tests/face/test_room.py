"""While the loop is late there is room for fewer, and for all again when it is not."""

from dataclasses import dataclass

import pytest

from resolvers.door import Allowance, Door, TurnedAway
from resolvers.room import FEW, LATE, LESS, STEP, Room


@dataclass
class Loop:
    """A clock, and how late the loop is."""

    now: float = 100.0
    late: float = 0.0

    def clock(self) -> float:
        return self.now

    def lateness(self) -> float:
        return self.late

    def pass_step(self) -> None:
        self.now += STEP * 1.01


def test_a_loop_in_time_has_room_for_all() -> None:
    """Nobody is turned away before the room is full."""
    loop = Loop()
    room = Room(20, loop.lateness, loop.clock)
    loop.pass_step()

    assert room.holds(19)
    assert not room.holds(20)


def test_a_late_loop_closes_from_who_is_inside() -> None:
    """With room for 500 and 100 inside, the first late look leaves room for 90."""
    loop = Loop(late=LATE * 2)
    room = Room(500, loop.lateness, loop.clock)
    before = room.holds(100)
    loop.pass_step()

    assert before
    assert not room.holds(100)
    assert room.holds(int(100 * LESS) - 1)


def test_it_closes_step_by_step_to_a_few() -> None:
    """However late and however long, a few are let in: the loop never stands idle."""
    loop, inside, steps = Loop(late=5.0), 500, 0
    room = Room(500, loop.lateness, loop.clock)
    while inside > FEW and steps < 100:
        loop.pass_step()
        while not room.holds(inside) and inside > FEW:
            inside -= 1
        steps += 1

    loop.pass_step()
    assert room.holds(FEW - 1)
    assert not room.holds(FEW)
    assert steps < 50


def test_it_opens_again() -> None:
    """Once the loop is in time, a room of a few is one of 500 within five seconds."""
    loop = Loop(late=5.0)
    room = Room(500, loop.lateness, loop.clock)
    for _ in range(100):
        loop.pass_step()
        room.holds(FEW)
    loop.late = 0.0

    for _ in range(50):
        loop.pass_step()
        room.holds(FEW)

    assert room.holds(499)


def test_a_hiccup_turns_few_away() -> None:
    """One late look with 64 inside costs a tenth of the room, and that for two steps."""
    loop = Loop(late=LATE * 3)
    room = Room(512, loop.lateness, loop.clock)
    loop.pass_step()
    at_once = room.holds(57)
    loop.late = 0.0
    loop.pass_step()
    room.holds(57)
    loop.pass_step()

    assert not at_once
    assert room.holds(64)


def test_the_door_has_no_more_inside_than_there_is_room_for() -> None:
    """Who comes while the loop is late is told to come again in a second, and is counted."""
    loop, turned = Loop(late=1.0), list[str]()
    door = Door(
        100, Allowance(None), Allowance(None), turned.append, loop.lateness, clock=loop.clock
    )
    inside = [door.entered("key") for _ in range(FEW)]
    for one in inside:
        one.__enter__()
    loop.pass_step()

    with pytest.raises(TurnedAway) as away, door.entered("key"):
        raise AssertionError("nobody gets in")
    for one in inside:
        one.__exit__(None, None, None)

    assert (away.value.status, away.value.retry_after) == (503, 1)
    assert turned == ["late"]
    assert door.inside == 0
