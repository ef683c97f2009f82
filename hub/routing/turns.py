"""What is told within one turn of the loop, handed on together."""

import asyncio
from collections.abc import Callable

from hub.routing.sending import Reply

Told = dict[int, Reply]
"""What was said to the questions at some places."""


class Turns:
    """Takes one reply after the other; at the end of a turn, hands on all of it with its moment.

    Once as many were told as are `expected`, nothing is waited for; `end` is for who knows that no
    more will come.
    """

    __slots__ = ("_clock", "_expected", "_hand_on", "_moment", "_told")

    def __init__(
        self, hand_on: Callable[[Told, float], None], clock: Callable[[], float], expected: int
    ) -> None:
        self._expected = expected
        self._hand_on = hand_on
        self._clock = clock
        self._told: Told = {}
        self._moment = 0.0

    def told(self, place: int, reply: Reply) -> None:
        """Take what was said to the question at a place."""
        first = not self._told
        self._told[place] = reply
        if first:
            self._moment = self._clock()
        if len(self._told) == self._expected:
            self.end()
        elif first:
            asyncio.get_running_loop().call_soon(self.end)

    def end(self) -> None:
        """Hand on what was told since the last time, if anything was."""
        if self._told:
            told, self._told = self._told, {}
            self._hand_on(told, self._moment)
