"""Gathers what is asked within one tick of the loop into as few batches as can be."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial

from connectors.contract import Answer, ConnectorError, Inquiry, Interface, Told, untold

Outcome = Answer | ConnectorError
Outcomes = list[Outcome]


@dataclass(frozen=True, slots=True)
class Asked:
    """One inquiry for one interface, and until when its asker waits, by the loop's clock."""

    interface: Interface
    inquiry: Inquiry
    until: float


Waiting = tuple[Asked, "asyncio.Future[Outcome]"]
AnswerBatch = Callable[[Sequence[Asked]], Coroutine[object, None, Outcomes]]
Own = Callable[[Coroutine[object, None, Outcomes]], "asyncio.Task[Outcomes]"]


class Gathering:
    """Joins askers of the same tick; `size` bounds a batch, `own` keeps its task alive.

    An asker that leaves takes nothing from the others.
    """

    def __init__(self, size: int, answer: AnswerBatch, own: Own) -> None:
        self._size = size
        self._answer = answer
        self._own = own
        self._waiting: list[Waiting] = []

    async def ask(self, asked: Sequence[Asked], told: Told = untold) -> list[Outcome]:
        """One outcome per question, in order; `told` gets each as soon as its batch has ended."""
        loop = asyncio.get_running_loop()
        if asked and not self._waiting:
            loop.call_soon(self._send)
        joined = [(one, loop.create_future()) for one in asked]
        self._waiting += joined
        places = {future: place for place, (_, future) in enumerate(joined)}
        pending = set(places)
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for future in done:
                told(places[future], future.result())
        return [future.result() for future in places]

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), self._size):
            batch = waiting[start : start + self._size]
            task = self._own(self._answer([asked for asked, _ in batch]))
            task.add_done_callback(partial(_hand_out, [future for _, future in batch]))


def _hand_out(futures: Sequence["asyncio.Future[Outcome]"], task: "asyncio.Task[Outcomes]") -> None:
    """Give each asker that still waits its outcome; a bug flies to all of them."""
    waiting = [(place, one) for place, one in enumerate(futures) if not one.done()]
    bug = None if task.cancelled() else task.exception()
    for place, future in waiting:
        if task.cancelled():
            future.cancel()
        elif bug is not None:
            future.set_exception(bug)
        else:
            future.set_result(task.result()[place])
