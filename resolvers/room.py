"""How many requests may be inside: fewer, step by step, while the event loop is late."""

from collections.abc import Callable

FEW = 8
"""Requests that are let in however late the loop is, so that it never stands idle."""
LATE = 0.2
"""Seconds the loop may be late; a request takes some ten turns of it, and each waits as long."""
STEP = 0.1
"""Seconds between two steps."""
LESS, MORE = 0.9, 1.1
"""What a step leaves of those who are inside, and makes of the room."""


class Room:
    """Room for `most`; the loop's lateness, in seconds, closes and opens it as a congested wire is.

    It closes from as many as are inside, so that it takes effect at once, and opens slowly.
    """

    def __init__(self, most: int, late: Callable[[], float], clock: Callable[[], float]) -> None:
        self._most = most
        self._late = late
        self._clock = clock
        self._stepped = clock()
        self._room = float(most)

    def holds(self, inside: int) -> bool:
        """Whether one more may come to so many."""
        now = self._clock()
        if now - self._stepped >= STEP:
            self._stepped = now
            self._step(inside)
        return inside < self._room

    def _step(self, inside: int) -> None:
        if self._late() > LATE:
            self._room = max(FEW, min(self._room, inside) * LESS)
        else:
            self._room = min(self._most, self._room * MORE + 1)
