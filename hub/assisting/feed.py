"""The one task that follows what changes at the verification platform, and tells its followers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

import msgspec
import structlog

from connectors.assisted_words import Change, Changes, ChangesLost
from connectors.contract import ConnectorError

LONG_POLL = 25
"""Seconds the platform may keep a call open while nothing changes."""
PATIENCE = 5.0
"""Seconds a follower waits until the platform has told where its changes end."""
FIRST_REST, LONGEST_REST = 0.5, 15.0
"""Seconds between calls while the platform is silent, doubled each time."""
MOST_WAITING = 256
"""Changes a follower may leave untaken before it is ended."""

_log = structlog.get_logger()


class ChangeSource(Protocol):
    """Whoever tells changes: a verification platform's connector."""

    async def changes(self, after: int | None, wait: float) -> Changes:
        """The changes after a number; without one, none of them and where they end."""
        ...


class FeedSilent(Exception):
    """Changes can't be followed now: the verification platform does not answer."""


class ChangesMissed(Exception):
    """A follower can't be told every change any more, so it is told none: follow anew."""


def seen_by(unit: str, change: Change) -> Change | None:
    """The change as a unit may see it; nothing where it doesn't concern the unit."""
    own = tuple(each for each in change.receivers if each.unit == unit)
    if not own and unit not in (change.requester, change.holder, change.former_holder):
        return None
    return msgspec.structs.replace(change, receivers=own)


class Follower:
    """The changes one unit may see and wanted to, each once and in order, as they come."""

    def __init__(self, unit: str, wanted: Callable[[Change], bool], most: int) -> None:
        self._unit = unit
        self._wanted = wanted
        self._most = most
        self._waiting: asyncio.Queue[Change | ChangesMissed] = asyncio.Queue()
        self._ended = False

    def __aiter__(self) -> "Follower":
        return self

    async def __anext__(self) -> Change:
        """The next change; raises `ChangesMissed` where it would not be the next."""
        told = await self._waiting.get()
        if isinstance(told, ChangesMissed):
            self._waiting.put_nowait(told)  # whoever asks again is told again
            raise told
        return told

    def tell(self, change: Change) -> None:
        """Keep a change until it is taken, if the unit may see it and it is wanted."""
        seen = None if self._ended else seen_by(self._unit, change)
        if seen is None or not self._wanted(seen):
            return
        if self._waiting.qsize() == self._most:
            self.end("changes were taken more slowly than they came")
        else:
            self._waiting.put_nowait(seen)

    def end(self, why: str) -> None:
        """Nothing more is told: what waits is dropped, and why is said."""
        self._ended = True
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(ChangesMissed(why))


class Feed:
    """Follows the platform while anybody follows here; keeps its place while it is silent."""

    def __init__(
        self,
        source: Callable[[], ChangeSource | None],
        *,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
        patience: float = PATIENCE,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._source = source
        self._rest = rest
        self._patience = patience
        self._most_waiting = most_waiting
        self._followers: set[Follower] = set()
        self._followed = asyncio.Event()
        self._placed = asyncio.Event()
        self._asked: ChangeSource | None = None
        self._place: int | None = None
        self._failures = 0

    @asynccontextmanager
    async def following(
        self, unit: str, wanted: Callable[[Change], bool] = lambda _: True
    ) -> AsyncIterator[Follower]:
        """Changes from now on: what is read after this is entered misses none of them.

        Raises `FeedSilent` where the platform can't be followed now.
        """
        follower = Follower(unit, wanted, self._most_waiting)
        self._followers.add(follower)
        self._followed.set()
        try:
            await self._until_placed()
            yield follower
        finally:
            self._followers.discard(follower)

    async def follow(
        self, unit: str, wanted: Callable[[Change], bool] = lambda _: True
    ) -> AsyncIterator[Change]:
        """The same as a plain iterator, which begins when it is first asked."""
        async with self.following(unit, wanted) as follower:
            async for change in follower:
                yield change

    async def run(self) -> None:
        """Ask for changes as long as there is a follower; for ever. Ended, it ends them all."""
        try:
            while True:
                await self._followed.wait()
                await self._ask()
                if not self._followers:
                    self._forget()
        finally:
            self._end_all("the hub ends")

    def _forget(self) -> None:
        """Nobody follows: the next one begins where the changes end then."""
        self._followed.clear()
        self._placed.clear()
        self._place = None

    def _end_all(self, why: str) -> None:
        for follower in self._followers:
            follower.end(why)

    async def _until_placed(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._placed.wait()
        except TimeoutError:
            raise FeedSilent("the verification platform does not tell its changes now") from None

    async def _ask(self) -> None:
        source = self._source()
        if source is None:
            return await self._wait("no verification platform is configured")
        if source is not self._asked and self._place is not None:
            self._begin_anew()  # a reload: another platform counts its changes otherwise
        self._asked = source
        try:
            told = await source.changes(self._place, LONG_POLL)
        except ChangesLost:
            return self._begin_anew()
        except ConnectorError as trouble:
            return await self._wait(type(trouble).__name__)
        return self._tell(told)

    def _begin_anew(self) -> None:
        _log.warning("changes_begin_anew", place=self._place)
        self._placed.clear()
        self._place = None
        self._end_all("the verification platform begins anew: its changes are others")

    def _tell(self, told: Changes) -> None:
        if self._failures:
            _log.info("changes_told_again", failures=self._failures)
        self._failures, self._place = 0, told.last
        self._placed.set()
        for change in told.changes:
            for follower in self._followers:
                follower.tell(change)

    async def _wait(self, trouble: str) -> None:
        if not self._failures:
            _log.warning("changes_silent", trouble=trouble)
        pause = min(FIRST_REST * 2**self._failures, LONGEST_REST)
        self._failures = min(self._failures + 1, 16)
        await self._rest(pause)


@asynccontextmanager
async def running(feed: Feed) -> AsyncIterator[Feed]:
    """The feed, asking as long as this is open and somebody follows."""
    asking = asyncio.create_task(feed.run(), name="changes of the verification platform")
    try:
        yield feed
    finally:
        asking.cancel()
        await asyncio.wait([asking])
        if not asking.cancelled():
            asking.result()  # a bug ended it before
