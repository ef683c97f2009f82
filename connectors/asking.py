"""Asking for many: bounded in number and time, each distinct inquiry once, one outcome each."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Protocol, TypeVar

from connectors.answers import blank_answer, read_answer, says_success
from connectors.clocks import ServerClock
from connectors.contract import (
    PATIENCE,
    Answer,
    Blank,
    ConnectorError,
    Endpoint,
    Health,
    Inquiry,
    Interface,
    TimedOut,
)
from connectors.decoding import Json
from connectors.http import timed_out
from connectors.probing import probed

T = TypeVar("T")


class Platform(Protocol):
    """One platform's own way to be asked about one inquiry, and whether it would answer at all."""

    clock: ServerClock

    async def ask(self, interface: Interface, inquiry: Inquiry) -> Json:
        """The document that answers; what the dialect itself knows for a failure is raised."""
        ...

    async def health(self) -> Health:
        """What a probe sees; a failure is raised."""
        ...


class Slots:
    """The endpoint's `concurrency`: as many calls at once, the others wait.

    `until` is by the loop's clock: a call that waits for its slot may do so as long as whoever
    asked is patient, as a queue is no fault of the platform; its timeout begins with the call.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.count = endpoint.concurrency
        self._platform = endpoint.platform
        self._free = asyncio.Semaphore(self.count)

    async def outcome(
        self, interface: Interface, work: Callable[[], Awaitable[T]], until: float
    ) -> T | ConnectorError:
        """What the work gives within the interface's timeout, or its failure under its name."""
        try:
            return await self.done(work, interface.timeout, until)
        except ConnectorError as error:
            return self.named(interface.name, error)

    def named(self, call: str, error: ConnectorError) -> ConnectorError:
        """The same failure, its text beginning with the platform and the interface or call."""
        return type(error)(f"{self._platform}/{call}: {error}")

    async def done(self, work: Callable[[], Awaitable[T]], seconds: float, until: float) -> T:
        """What the work gives within `seconds` of its start, and in any case before `until`."""
        await self._slot(until)
        end = asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout_at(min(end, until)):
                return await work()
        except TimeoutError:
            raise timed_out(seconds) if end <= until else _impatient("whole answer") from None
        finally:
            self._free.release()

    async def _slot(self, until: float) -> None:
        if asyncio.get_running_loop().time() >= until:
            raise _impatient("free slot")
        if not self._free.locked():
            await self._free.acquire()
            return
        try:
            async with asyncio.timeout_at(until):
                await self._free.acquire()
        except TimeoutError:
            raise _impatient("free slot") from None


def _impatient(lacking: str) -> TimedOut:
    return TimedOut(f"no {lacking} before patience ended; raise `concurrency` or ask for fewer")


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
        self._platform = platform
        self._coded = coded

    async def fetch(
        self, interface: Interface, inquiries: Sequence[Inquiry], patience: float = PATIENCE
    ) -> list[Answer | ConnectorError]:
        """One answer or failure per inquiry, in order."""
        until, turns = until_after(patience), asyncio.Semaphore(self._slots.count)

        async def outcome(inquiry: Inquiry) -> Answer | ConnectorError:
            async with turns:
                return await self._slots.outcome(
                    interface, lambda: self._answer(interface, inquiry), until
                )

        async with asyncio.TaskGroup() as group:
            tasks = {
                key: group.create_task(outcome(inquiry))
                for key, inquiry in distinct(inquiries).items()
            }
        return [tasks[sameness(inquiry)].result() for inquiry in inquiries]

    async def probe(self) -> Health:
        """What the platform's own probe sees, its failures told."""
        return await probed(self._platform.health, self._platform.clock)

    async def _answer(self, interface: Interface, inquiry: Inquiry) -> Answer:
        shape, subject_id = interface.answer, inquiry.facts["subject.id"]
        document = await self._platform.ask(interface, inquiry)
        answer = read_answer(document, shape, subject_id)
        if answer is None and shape.blank is Blank.ASK_AGAIN:
            document = await self._platform.ask(interface, inquiry)
            answer = read_answer(document, shape, subject_id)
        if answer is None:
            return blank_answer(shape, self._coded or says_success(document, shape))
        return answer


def sameness(inquiry: Inquiry) -> Hashable:
    """Two inquiries with the same facts are one question."""
    return frozenset(inquiry.facts.items())


def distinct(inquiries: Sequence[Inquiry]) -> dict[Hashable, Inquiry]:
    """The inquiries without repetitions, in order."""
    return {sameness(inquiry): inquiry for inquiry in inquiries}
