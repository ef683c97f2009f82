"""Several addresses of one platform: who does not answer is passed over, a late lookup is asked twice."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Generic, Protocol, TypeVar

from connectors.contract import ConnectorError, TimedOut, Unreachable
from connectors.means import Means, Usual


class Status(Protocol):
    """A whole reply, of whatever status."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...


R = TypeVar("R", bound=Status)
Send = Callable[[str], Awaitable[R | Unreachable]]
"""Sends a call to one address; `Unreachable` where no connection came about, so nobody was asked."""

_UNREAD = 0.002
"""Seconds in which a reply is read that has come."""


@dataclass(frozen=True, slots=True)
class ReplicaRules:
    """When an address is passed over: silent so often in a row, or not to be connected to.

    After `rest` seconds one lookup tries it again.
    """

    silences: int = 3
    rest: float = 5.0


@dataclass(frozen=True, slots=True)
class Reach:
    """How a platform is reached: its addresses, how many of them are passed over at present, and
    how many lookups were asked twice and calls went to another address since the beginning.
    """

    addresses: int
    passed_over: int
    hedged: int
    failed_over: int


@dataclass(slots=True)
class _Address:
    url: str
    silences: int = 0
    rests_until: float = 0.0  # by the clock; 0: it has answered since


@dataclass(slots=True)
class _Way(Generic[R]):
    """One call on its way: the address it is at, and those it may go to from there."""

    at: _Address
    left: deque[_Address]
    send: Send[R]
    silent: _Address | None = None


class Replicas:
    """The addresses of one platform, the endpoint before its replicas; they live as long as the process.

    Every call goes to the first address that answers of late. Where no connection comes about, it
    goes to the next at once. A lookup that is late is sent to a second one too, within means and
    where a slot is free: the first whole reply counts, the other call is cut off.
    """

    def __init__(
        self,
        urls: Sequence[str],
        rules: ReplicaRules | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._addresses = [_Address(url) for url in urls]
        self._rules = rules or ReplicaRules()
        self._clock = clock
        self._means = Means()
        self._usual = Usual()
        self._hedged = 0
        self._failed_over = 0

    @property
    def reach(self) -> Reach:
        """What is seen of it now."""
        now = self._clock()
        resting = sum(one.rests_until > now for one in self._addresses)
        return Reach(len(self._addresses), resting, self._hedged, self._failed_over)

    async def ask(self, send: Send[R]) -> R:
        """The reply to a call that is sent to one address only."""
        return await self._through(self._way(send, lookup=False))

    async def look_up(self, send: Send[R], slots: asyncio.Semaphore) -> R:
        """The reply to a call that only reads; a second one takes a free slot, or is not made."""
        began = self._clock()
        self._means.save()
        reply = await self._looked_up(self._way(send, lookup=True), slots)
        self._usual.took(self._clock() - began)
        return reply

    async def _looked_up(self, way: _Way[R], slots: asyncio.Semaphore) -> R:
        late = self._usual.late
        if late is None or not way.left:
            return await self._through(way)
        asked = [asyncio.create_task(self._through(way))]
        try:
            if not await self._to_hedge(asked[0], way, late, slots):
                return await asked[0]
            await slots.acquire()  # at once, as one is free
            self._means.spend()
            asked.append(asyncio.create_task(self._again(way.left.popleft(), way.send)))
            return await _better(*asked)
        finally:
            for task in asked:
                task.cancel()
            try:
                await asyncio.gather(*asked, return_exceptions=True)
            finally:  # also where who leaves is hurried
                if len(asked) > 1:
                    slots.release()

    async def _to_hedge(
        self, first: asyncio.Task[R], way: _Way[R], late: float, slots: asyncio.Semaphore
    ) -> bool:
        """Wait for the first call until a second one may be made; whether it is needed then.

        What is saved for calls that are stuck is not spent on those that are only late.
        """
        pause = late
        while True:
            await asyncio.wait((first,), timeout=pause)
            if not first.done():  # where our own loop was held up, its reply may lie there unread
                await asyncio.wait((first,), timeout=_UNREAD)
            if first.done():
                return False
            stuck = pause > late
            if stuck:
                self._silent(way)
            if self._may_hedge(way, slots, self._means.enough if stuck else self._means.plenty):
                return True
            pause *= 2

    async def _through(self, way: _Way[R]) -> R:
        """The reply of the first address to which a connection comes about."""
        try:
            while isinstance(reply := await self._sent(way.at, way.send), Unreachable):
                if not way.left:
                    raise reply
                way.at = way.left.popleft()
                self._means.spend()
                self._failed_over += 1
            return reply
        except (TimedOut, asyncio.CancelledError):  # its time was over, or another was faster
            self._silent(way)
            raise

    def _may_hedge(self, way: _Way[R], slots: asyncio.Semaphore, means: bool) -> bool:
        """Whether there are means, a slot and an address; one that does not answer is none."""
        awake = way.left and way.left[0].rests_until <= self._clock()
        return bool(awake) and means and not slots.locked()

    async def _again(self, other: _Address, send: Send[R]) -> R:
        self._hedged += 1
        reply = await self._sent(other, send)
        if isinstance(reply, Unreachable):
            raise reply
        return reply

    async def _sent(self, address: _Address, send: Send[R]) -> R | Unreachable:
        reply = await send(address.url)
        if isinstance(reply, Unreachable):
            address.rests_until = self._clock() + self._rules.rest
        else:
            address.silences, address.rests_until = 0, 0.0
        return reply

    def _silent(self, way: _Way[R]) -> None:
        """Note that an address keeps a call waiting, once for each call."""
        address = way.at
        if address is way.silent:
            return
        way.silent = address
        address.silences += 1
        if address.silences >= self._rules.silences:
            address.rests_until = self._clock() + self._rules.rest

    def _way(self, send: Send[R], *, lookup: bool) -> _Way[R]:
        """Those that answer come first, those that rest come last.

        Who has rested is tried by one lookup only, and only where it may be asked twice.
        """
        now = self._clock()
        resting = [one for one in self._addresses if one.rests_until > now]
        awake = [one for one in self._addresses if one.rests_until <= now]
        trying = lookup and self._means.enough
        first = next((one for one in awake if trying or not one.rests_until), None)
        if first is not None:
            awake = [first, *(one for one in awake if one is not first)]
            if first.rests_until:
                first.rests_until = now + self._rules.rest  # others pass it over meanwhile
        at, *left = awake + resting
        return _Way(at, deque(left), send)


async def _better(first: asyncio.Task[R], second: asyncio.Task[R]) -> R:
    """The first whole reply; where neither is one, what became of the first call."""
    await asyncio.wait((first, second), return_when=asyncio.FIRST_COMPLETED)
    if not _whole(first) and not _whole(second):
        await asyncio.wait((first, second))
    return (second if _whole(second) and not _whole(first) else first).result()


def _whole(task: asyncio.Task[R]) -> bool:
    """Whether it gave a reply other than that the server itself is in trouble; a bug flies."""
    if not task.done():
        return False
    error = task.exception()
    if error is not None and not isinstance(error, ConnectorError):
        raise error
    return error is None and task.result().status < 500
