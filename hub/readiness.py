"""Whether a hub can do its work now: record what it hands over, and route what it is asked."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.storage.heartbeat import beat

LASTS = 1.0
"""Seconds for which what was found out holds: who asks more often makes no further writes."""
PATIENCE = 2.0
"""Seconds in which the database must have taken a write."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stands in the way of lookups, each in a sentence that says what to do; nothing: ready."""

    trouble: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether lookups can be recorded and routed."""
        return not self.trouble


class Probe:
    """Finds out whether one hub is ready.

    `routes` tells what stands in the way of routing; `clock` is in seconds, never going back.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        name: str,
        routes: Callable[[], tuple[str, ...]],
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._engine = engine
        self._name = name
        self._routes = routes
        self._now = now
        self._clock = clock
        self._known: tuple[float, Readiness] | None = None
        self._turn = asyncio.Lock()
        self._beating: asyncio.Future[str | None] | None = None

    async def readiness(self) -> Readiness:
        """How it is now, or was within the last second."""
        async with self._turn:
            if self._known is None or self._clock() >= self._known[0] + LASTS:
                found = Readiness((*await self._records(), *self._routes()))
                self._known = (self._clock(), found)
            return self._known[1]

    async def _records(self) -> tuple[str, ...]:
        # Not cut off: a query that is given up as its engine closes would hang the closing. Who
        # asks meanwhile waits for the same write: one that hangs takes one connection, not all.
        if self._beating is None:
            self._beating = asyncio.ensure_future(beat(self._engine, self._name, self._now()))
        beating = self._beating
        done, _ = await asyncio.wait([beating], timeout=PATIENCE)
        if not done:
            return (f"the database took no write within {PATIENCE:g} s; see certhub doctor",)
        self._beating = None
        trouble = beating.result()
        if trouble is None:
            return ()
        return (f"the database takes no write ({trouble}); certhub doctor says what is wrong",)
