"""Asking for many: bounded in number and time, each distinct inquiry once, one outcome each."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import TypeVar

from connectors.answers import blank_answer, read_answer
from connectors.contract import (
    Answer,
    Blank,
    ConnectorError,
    Endpoint,
    Inquiry,
    Interface,
    TimedOut,
)
from connectors.decoding import Json
from connectors.http import timed_out

T = TypeVar("T")
Ask = Callable[[Interface, Inquiry], Awaitable[Json]]


class Slots:
    """The endpoint's `concurrency`: as many calls at once, the others wait."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._platform = endpoint.platform
        self._free = asyncio.Semaphore(endpoint.concurrency)

    async def outcome(
        self, interface: Interface, work: Callable[[], Awaitable[T]]
    ) -> T | ConnectorError:
        """What the work gives within the interface's timeout, or its failure under its name."""
        try:
            return await self.done(work, interface.timeout)
        except ConnectorError as error:
            return self.named(interface, error)

    def named(self, interface: Interface, error: ConnectorError) -> ConnectorError:
        """The same failure, its text beginning with platform and interface."""
        return type(error)(f"{self._platform}/{interface.name}: {error}")

    async def done(self, work: Callable[[], Awaitable[T]], seconds: float) -> T:
        """What the work gives; waiting for a slot and the work each take at most `seconds`."""
        if self._free.locked():
            await self._freed(seconds)
        else:
            await self._free.acquire()
        try:
            async with asyncio.timeout(seconds):
                return await work()
        except TimeoutError:
            raise timed_out(seconds) from None
        finally:
            self._free.release()

    async def _freed(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
        except TimeoutError:
            raise TimedOut(f"no free slot within {seconds:g} s; raise `concurrency`") from None


class OneByOne:
    """Asks a platform without a batch call: one wire call per distinct inquiry, side by side."""

    def __init__(self, endpoint: Endpoint, ask: Ask) -> None:
        self._slots = Slots(endpoint)
        self._ask = ask

    async def fetch(
        self, interface: Interface, inquiries: Sequence[Inquiry]
    ) -> list[Answer | ConnectorError]:
        """One answer or failure per inquiry, in order."""
        async with asyncio.TaskGroup() as group:
            tasks = {
                key: group.create_task(self._outcome(interface, inquiry))
                for key, inquiry in distinct(inquiries).items()
            }
        return [tasks[sameness(inquiry)].result() for inquiry in inquiries]

    async def _outcome(self, interface: Interface, inquiry: Inquiry) -> Answer | ConnectorError:
        return await self._slots.outcome(interface, lambda: self._answer(interface, inquiry))

    async def _answer(self, interface: Interface, inquiry: Inquiry) -> Answer:
        shape, subject_id = interface.answer, inquiry.facts["subject.id"]
        answer = read_answer(await self._ask(interface, inquiry), shape, subject_id)
        if answer is None and shape.blank is Blank.ASK_AGAIN:
            answer = read_answer(await self._ask(interface, inquiry), shape, subject_id)
        return blank_answer(shape) if answer is None else answer


def sameness(inquiry: Inquiry) -> Hashable:
    """Two inquiries with the same facts are one question."""
    return frozenset(inquiry.facts.items())


def distinct(inquiries: Sequence[Inquiry]) -> dict[Hashable, Inquiry]:
    """The inquiries without repetitions, in order."""
    return {sameness(inquiry): inquiry for inquiry in inquiries}
