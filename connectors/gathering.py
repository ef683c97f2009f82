"""Gathers what is asked within one tick of the loop into as few batches as can be."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import partial

import msgspec

from connectors.contract import Answer, ConnectorError, Inquiry, Interface, Told

Outcome = Answer | ConnectorError
Outcomes = list[Outcome]
Running = asyncio.Task[Outcomes]


class Asked(msgspec.Struct, frozen=True):
    """Inquiries for one interface, and until when their asker waits, by the loop's clock."""

    interface: Interface
    inquiries: Sequence[Inquiry]
    until: float


class Share(msgspec.Struct, frozen=True):
    """One asker's part of a batch: `count` of its inquiries from `start` on, from `first` on there."""

    asker: "Asker"
    asked: Asked
    start: int
    count: int
    first: int

    @property
    def inquiries(self) -> Sequence[Inquiry]:
        """The inquiries of this part."""
        return self.asked.inquiries[self.start : self.start + self.count]


class Asker:
    """One that waits for its shares, and is woken as each of them has ended."""

    def __init__(self) -> None:
        self._ended: list[tuple[Share, Running]] = []
        self._woken: asyncio.Future[None] | None = None

    def hear(self, share: Share, batch: Running) -> None:
        """Keep what has ended, and wake who waits for it."""
        self._ended.append((share, batch))
        if self._woken and not self._woken.done():
            self._woken.set_result(None)

    async def news(self) -> Sequence[tuple[Share, Running]]:
        """What has ended since it was asked last, as soon as there is any."""
        if not self._ended:
            self._woken = asyncio.get_running_loop().create_future()
            await self._woken
        news, self._ended = self._ended, []
        return news


Batch = Sequence[Share]
AnswerBatch = Callable[[Batch], Coroutine[object, None, Outcomes]]
Own = Callable[[Coroutine[object, None, Outcomes]], Running]


class Gathering:
    """Joins askers of the same tick; `size` bounds a batch, `own` keeps its task alive.

    A batch that one asker fills goes at once. An asker that leaves takes nothing from the others.
    """

    def __init__(self, size: int, answer: AnswerBatch, own: Own) -> None:
        self._size = size
        self._answer = answer
        self._own = own
        self._waiting: list[Share] = []

    async def ask(self, asked: Asked, told: Told) -> Outcomes:
        """One outcome per inquiry, in order, each told as soon as its batch has ended; a bug flies."""
        asker, left, heard = Asker(), len(asked.inquiries), dict[int, Outcomes]()
        self._begin(Share(asker, asked, 0, left, 0))
        while left:
            for share, ended in await asker.news():
                outcomes = ended.result()[share.first : share.first + share.count]
                for place, outcome in enumerate(outcomes, share.start):
                    told(place, outcome)
                heard[share.start] = outcomes
                left -= share.count
        return [outcome for start in sorted(heard) for outcome in heard[start]]

    def _begin(self, whole: Share) -> None:
        if 0 < whole.count < self._size:
            self._join(whole)
            return
        for batch in batches_of([whole], self._size):
            self._send(batch) if batch[0].count == self._size else self._join(batch[0])

    def _join(self, share: Share) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._send_waiting)
        self._waiting.append(share)

    def _send_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for batch in batches_of(waiting, self._size):
            self._send(batch)

    def _send(self, batch: Batch) -> None:
        self._own(self._answer(batch)).add_done_callback(partial(_tell, batch))


def batches_of(shares: Sequence[Share], size: int) -> Iterator[Batch]:
    """The shares in as few batches as can be, parted where a batch is full."""
    batch: list[Share] = []
    first = 0
    for share in shares:
        start, end = share.start, share.start + share.count
        while start < end:
            count = min(end - start, size - first)
            batch.append(Share(share.asker, share.asked, start, count, first))
            start, first = start + count, first + count
            if first == size:
                yield batch
                batch, first = [], 0
    if batch:
        yield batch


def _tell(batch: Batch, task: Running) -> None:
    """Tell each asker that its share has ended; whether it still waits is its own affair."""
    for share in batch:
        share.asker.hear(share, task)
