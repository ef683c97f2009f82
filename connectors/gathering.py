"""Gathers what is asked within one tick of the loop into as few batches as can be."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass

from connectors.contract import Answer, ConnectorError, Inquiry, Interface

Outcome = Answer | ConnectorError


@dataclass(frozen=True, slots=True)
class Asked:
    """One inquiry for one interface, and until when its asker waits, by the loop's clock."""

    interface: Interface
    inquiry: Inquiry
    until: float


Waiting = tuple[Asked, "asyncio.Future[Outcome]"]
AnswerBatch = Callable[[Sequence[Asked]], Awaitable[list[Outcome]]]
Own = Callable[[Coroutine[object, None, None]], "asyncio.Task[None]"]


class Gathering:
    """Joins askers of the same tick; `size` bounds a batch, `own` keeps its task alive.

    An asker that leaves takes nothing from the others.
    """

    def __init__(self, size: int, answer: AnswerBatch, own: Own) -> None:
        self._size = size
        self._answer = answer
        self._own = own
        self._waiting: list[Waiting] = []

    async def ask(self, asked: Sequence[Asked]) -> list[Outcome]:
        """One outcome per question, in order."""
        loop = asyncio.get_running_loop()
        if asked and not self._waiting:
            loop.call_soon(self._send)
        joined = [(one, loop.create_future()) for one in asked]
        self._waiting += joined
        return [await future for _, future in joined]

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), self._size):
            self._own(self._settle(waiting[start : start + self._size]))

    async def _settle(self, batch: Sequence[Waiting]) -> None:
        try:
            outcomes = await self._answer([asked for asked, _ in batch])
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                if not future.done():
                    future.set_result(outcome)
        except BaseException as bug:
            for _, future in batch:
                if not future.done():
                    future.set_exception(bug)
            raise
        finally:
            for _, future in batch:
                future.cancel()
