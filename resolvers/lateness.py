"""How late the event loop is: the one sign that the hub itself, not a platform, can't keep up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

PULSE = 0.1
"""Seconds between two looks."""
FORGOTTEN = 0.3
"""What is left of an old lateness after each look."""


class Lateness:
    """Seconds that what is ready has lately had to wait for its turn."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._late = 0.0
        self._next = clock() + PULSE

    def look(self) -> None:
        """Note how late this look is; it should have come one pulse after the one before."""
        now = self._clock()
        self._late = max(now - self._next, self._late * FORGOTTEN, 0.0)
        self._next = now + PULSE

    @property
    def seconds(self) -> float:
        """How late it was at the last look, or is already: a look that does not come is late, too."""
        return max(self._late, self._clock() - self._next)


@asynccontextmanager
async def watched() -> AsyncIterator[Lateness]:
    """The lateness of the running loop, looked at as long as this is open."""
    lateness = Lateness(asyncio.get_running_loop().time)

    async def look_again_and_again() -> None:
        while True:
            await asyncio.sleep(PULSE)
            lateness.look()

    # No task group: what goes wrong inside is to reach the caller as it is.
    looking = asyncio.create_task(look_again_and_again(), name="lateness")
    try:
        yield lateness
    finally:
        looking.cancel()
        await asyncio.wait([looking])
