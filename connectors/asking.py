"""Asking for many: bounded in number and time, each distinct inquiry once, one outcome each."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from connectors.answers import blank_answer, says_success
from connectors.clocks import ServerClock
from connectors.contract import (
    PATIENCE,
    Answer,
    Blank,
    ConnectorError,
    Crowded,
    Endpoint,
    Health,
    Inquiry,
    Interface,
    Told,
    untold,
)
from connectors.decoding import Json
from connectors.probing import probed
from connectors.readers import Readers

T = TypeVar("T")
_NEWEST_COUNTS = 0.1
"""How much the newest call counts in what a call usually takes."""


class Platform(Protocol):
    """One platform's own way to be asked about one inquiry, and whether it would answer at all."""

    clock: ServerClock

    async def ask(self, interface: Interface, inquiry: Inquiry, by: float) -> Json:
        """The document that answers; what the dialect itself knows for a failure is raised.

        It ends `by` that moment of the loop's clock, in which the interface's timeout ends too.
        """
        ...

    async def health(self) -> Health:
        """What a probe sees; a failure is raised."""
        ...


class Slots:
    """The endpoint's `concurrency`: as many calls at once, the others wait, first come first served.

    `until` is by the loop's clock: a call that waits for its slot may do so as long as whoever
    asked is patient, as a queue is no fault of the platform. Where so many wait before it that its
    turn would come too late, it is `Crowded` at once. Its timeout begins with the call, which is
    told when that ends and has to end itself by then, as one timer is enough for both.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.count = endpoint.concurrency
        self.queued = 0
        self._platform = endpoint.platform
        self._free = endpoint.slots or asyncio.Semaphore(self.count)
        self._usual = 0.0  # seconds that a call takes

    def named(self, call: str, error: ConnectorError) -> ConnectorError:
        """The same failure, its text beginning with the platform and the interface or call."""
        return type(error)(f"{self._platform}/{call}: {error}")

    async def done(self, work: Callable[[float], Awaitable[T]], seconds: float, until: float) -> T:
        """What the work gives, told to end in `seconds` from its start, which comes before `until`."""
        now = asyncio.get_running_loop().time
        began = now()
        if began < until and not self._free.locked():
            await self._free.acquire()
        else:
            await self._slot(until)
            began = now()
        try:
            return await work(began + seconds)
        finally:
            self._free.release()
            self._usual += (now() - began - self._usual) * _NEWEST_COUNTS

    async def _slot(self, until: float) -> None:
        """Wait for one: none is free, or nobody is patient any more."""
        now = asyncio.get_running_loop().time()
        if now >= until or now + self._usual * (self.queued + 1) / self.count > until:
            raise _crowded()
        self.queued += 1
        try:
            async with asyncio.timeout_at(until):
                await self._free.acquire()
        except TimeoutError:
            raise _crowded() from None
        finally:
            self.queued -= 1


def _crowded() -> Crowded:
    return Crowded("no free slot in time; raise `concurrency`, ask for fewer, or give more time")


def until_after(patience: float) -> float:
    """When patience of that many seconds ends, by the loop's clock."""
    return asyncio.get_running_loop().time() + patience


class OneByOne:
    """The connector to a platform without a batch call: one wire call per distinct inquiry.

    They go side by side, but one fetch queues for no more slots than there are, so that who asks
    little is soon served beside who asks much. `coded` where the dialect's own envelope tells
    success; elsewhere a blank answer needs the interface's `success` to be an absence.
    """

    def __init__(self, endpoint: Endpoint, platform: Platform, *, coded: bool) -> None:
        self._slots = Slots(endpoint)
        self._readers = Readers()
        self._platform = platform
        self._coded = coded

    async def fetch(
        self,
        interface: Interface,
        inquiries: Sequence[Inquiry],
        patience: float = PATIENCE,
        told: Told = untold,
    ) -> list[Answer | ConnectorError]:
        """One answer or failure per inquiry, in order."""
        until = until_after(patience)
        if len(inquiries) == 1:
            outcome = await self._outcome(interface, inquiries[0], until)
            told(0, outcome)
            return [outcome]
        return await self._each(interface, inquiries, until, told)

    async def _each(
        self, interface: Interface, inquiries: Sequence[Inquiry], until: float, told: Told
    ) -> list[Answer | ConnectorError]:
        outcomes: dict[int, Answer | ConnectorError] = {}
        distinct = list(places_of(inquiries).values())
        left = iter(distinct)

        async def ask_on() -> None:
            for same in left:
                outcome = await self._outcome(interface, inquiries[same[0]], until)
                for place in same:
                    outcomes[place] = outcome
                    told(place, outcome)

        await _side_by_side(ask_on, min(len(distinct), self._slots.count))
        return [outcomes[place] for place in range(len(inquiries))]

    async def _outcome(
        self, interface: Interface, inquiry: Inquiry, until: float
    ) -> Answer | ConnectorError:
        """What came of one inquiry, a failure under the interface's name."""
        work = partial(self._answer, interface, inquiry)
        try:
            return await self._slots.done(work, interface.timeout, until)
        except ConnectorError as error:
            return self._slots.named(interface.name, error)

    async def probe(self) -> Health:
        """What the platform's own probe sees, its failures told."""
        return await probed(self._platform.health, self._platform.clock)

    async def _answer(self, interface: Interface, inquiry: Inquiry, by: float) -> Answer:
        shape, subject_id = interface.answer, inquiry.facts["subject.id"]
        reader = self._readers.of(interface.name, shape)
        document = await self._platform.ask(interface, inquiry, by)
        answer = reader.read(document, subject_id)
        if answer is None and shape.blank is Blank.ASK_AGAIN:
            document = await self._platform.ask(interface, inquiry, by)
            answer = reader.read(document, subject_id)
        if answer is None:
            return blank_answer(shape, self._coded or says_success(document, shape))
        return answer


async def _side_by_side(work: Callable[[], Coroutine[object, None, None]], count: int) -> None:
    """The work done by so many at once; by one without a task of its own."""
    if count == 1:
        await work()
        return
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(work())


def sameness(inquiry: Inquiry) -> Hashable:
    """Two inquiries of the same key are one question, or of the same facts where they have none."""
    return frozenset(inquiry.facts.items()) if inquiry.key is None else inquiry.key


def all_differ(inquiries: Sequence[Inquiry]) -> bool:
    """Whether no two of them are one question."""
    return len(inquiries) == 1 or len(set(map(sameness, inquiries))) == len(inquiries)


def places_of(inquiries: Sequence[Inquiry]) -> dict[Hashable, list[int]]:
    """The places at which each distinct inquiry stands, in order."""
    places: dict[Hashable, list[int]] = {}
    for place, inquiry in enumerate(inquiries):
        places.setdefault(sameness(inquiry), []).append(place)
    return places
