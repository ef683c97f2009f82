"""What is told within one turn of the loop, handed on together."""

import asyncio
from collections.abc import Callable

from hub.routing.sending import Reply

Told = dict[int, Reply]
"""What was said to the questions at some places."""


class Turns:
    """Takes one reply after the other; at the end of a turn, hands on all of it with its moment.

    `end` is for who knows that no more will come, and need not wait for the turn to end.
    """

    __slots__ = ("_clock", "_hand_on", "_moment", "_told")

    def __init__(self, hand_on: Callable[[Told, float], None], clock: Callable[[], float]) -> None:
        self._hand_on = hand_on
        self._clock = clock
        self._told: Told = {}
        self._moment = 0.0

    def told(self, place: int, reply: Reply) -> None:
        """Take what was said to the question at a place."""
        if not self._told:
            self._moment = self._clock()
            asyncio.get_running_loop().call_soon(self.end)
        self._told[place] = reply

    def end(self) -> None:
        """Hand on what was told since the last time, if anything was."""
        if self._told:
            told, self._told = self._told, {}
            self._hand_on(told, self._moment)
