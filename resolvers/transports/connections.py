"""The connections that are held open: how many a key has, and their end when the hub ends."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class TooManyConnections(Exception):
    """One key holds as many connections as it may."""


class Connections:
    """Counts the held connections, and asks them all to leave."""

    def __init__(self, per_key: int) -> None:
        self._per_key = per_key
        self._held: Counter[str] = Counter()
        self._open = 0
        self._empty = asyncio.Event()
        self._empty.set()
        self.leaving = asyncio.Event()

    @property
    def open(self) -> int:
        """How many are open now, those not yet told whose they are among them."""
        return self._open

    @contextmanager
    def opened(self) -> Iterator[None]:
        """One connection, counted while this is open."""
        self._open += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._open -= 1
            if not self._open:
                self._empty.set()

    @contextmanager
    def held_by(self, key: str) -> Iterator[None]:
        """One connection of a key; raises `TooManyConnections` where the key has its number."""
        if self._held[key] >= self._per_key:
            raise TooManyConnections
        self._held[key] += 1
        try:
            yield
        finally:
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]

    async def leave(self, within: float) -> None:
        """Ask every connection to end, now and later ones; wait for it at most so many seconds."""
        self.leaving.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._empty.wait()
