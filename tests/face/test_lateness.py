"""A loop that can't keep up is noticed."""

import asyncio
import time
from dataclasses import dataclass

import pytest

from resolvers.lateness import FORGOTTEN, PULSE, Lateness, watched


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_look_in_time_is_not_late() -> None:
    """One pulse after the one before: no lateness."""
    clock = Clock()
    lateness = Lateness(clock)

    for _ in range(5):
        clock.now += PULSE
        lateness.look()

    assert lateness.seconds == pytest.approx(0.0)


def test_a_late_look_is_remembered_for_a_while() -> None:
    """A look two seconds late counts at once, and less with each look in time."""
    clock = Clock()
    lateness = Lateness(clock)
    clock.now += PULSE + 2.0
    lateness.look()
    at_once = lateness.seconds

    clock.now += PULSE
    lateness.look()

    assert at_once == pytest.approx(2.0)
    assert lateness.seconds == pytest.approx(2.0 * FORGOTTEN)


def test_a_look_that_does_not_come_is_late() -> None:
    """While the loop is held up nobody looks, and the lateness grows all the same."""
    clock = Clock()
    lateness = Lateness(clock)

    clock.now += PULSE + 0.75

    assert lateness.seconds == pytest.approx(0.75)


async def test_a_loop_that_is_held_up_is_seen() -> None:
    """Something that holds the loop for 0.4 seconds shows as that."""
    async with watched() as lateness:
        await asyncio.sleep(PULSE * 1.5)
        before = lateness.seconds
        time.sleep(0.4)  # noqa: ASYNC251  # that is the point
        held = lateness.seconds

    assert before < 0.3 < held < 2
