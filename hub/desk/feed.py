"""The feed of changes, for readers who would rather wait than ask again and again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from hub.desk.changes import Numbered
from hub.desk.store.changes import changes_between, last_change
from hub.desk.store.opening import DeskDatabase

LOOK_AGAIN = 1.0
"""Seconds after which a waiting reader looks for what other replicas wrote."""


@dataclass(frozen=True, slots=True)
class Page:
    """Changes, and the number to go on after, which moves on past what concerns others."""

    changes: Sequence[Numbered]
    last: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """The reader is past the feed's end: this is an older database than the one it knew."""

    last: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader would like: changes after a number that concern units (`None`: all)."""

    after: int
    units: frozenset[str] | None
    count: int


class Feed:
    """Changes in the order they were committed; ring it after each write."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database
        self._bell = asyncio.Event()
        self._dismissed = 0

    def ring(self) -> None:
        """Let everybody who waits look at once."""
        rung, self._bell = self._bell, asyncio.Event()
        rung.set()

    def dismiss(self) -> None:
        """Let everybody who waits look a last time, and go: the desk closes."""
        self._dismissed += 1
        self.ring()

    async def end(self) -> int:
        """The number of the last change."""
        async with self._database.reading() as connection:
            return await last_change(connection)

    async def read(self, reading: Reading, wait: float) -> Page | Ahead:
        """The changes, at once where there are any, else the first within `wait` seconds."""
        clock, after, before = asyncio.get_running_loop().time, reading.after, self._dismissed
        ends = clock() + wait
        while True:
            bell = self._bell  # taken before looking: what is written meanwhile rings this one
            page = await self._look(after, reading)
            left = ends - clock()
            if isinstance(page, Ahead) or page.changes or left <= 0 or self._dismissed != before:
                return page
            after = page.last
            await _rung(bell, min(left, LOOK_AGAIN))

    async def _look(self, after: int, reading: Reading) -> Page | Ahead:
        async with self._database.reading() as connection:
            last = await last_change(connection)
            if last < after:
                return Ahead(last)
            units, count = reading.units, reading.count
            found = await changes_between(connection, after, last, units, count)
        full = len(found) == count
        return Page(found, found[-1].sequence if full else last)


async def _rung(bell: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await bell.wait()
    except TimeoutError:
        return
