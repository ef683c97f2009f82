"""What is on its way to a source: one thing to wait for, however many questions there are."""

import asyncio
from collections.abc import Collection, Hashable, Mapping, Sequence
from itertools import repeat

from msgspec import Struct

from connectors.contract import Answer, ConnectorError, Held, Inquiry, NotHeld, TimedOut
from hub.routing.route import Source

Reply = Answer | ConnectorError
ANSWERS = frozenset({Held, NotHeld})


def all_answered(replies: Sequence[Reply]) -> bool:
    """Whether all of them are answers: no failure is among them."""
    return ANSWERS.issuperset(map(type, replies))


class CutOff(TimedOut):
    """The hub is stopping: nobody hears what the source would have said."""


class Resting(ConnectorError):
    """The source was not asked: it rests for `seconds` more."""

    def __init__(self, text: str, seconds: float = 0.0) -> None:
        super().__init__(text)
        self.seconds = seconds


class Sending:
    """Questions sent to a source together, each at its place; what was said to them, and when.

    `began` and `moments` are of one monotonic clock. A `bug` in the work leaves what was not replied to open.
    """

    __slots__ = (
        "asked",
        "began",
        "bug",
        "inquiries",
        "keys",
        "listeners",
        "moments",
        "open",
        "patience",
        "replies",
        "source",
    )

    def __init__(self, source: Source, patience: float) -> None:
        self.source = source
        self.patience = patience
        self.keys: list[Hashable] = []
        self.inquiries: list[Inquiry] = []
        self.replies: list[Reply | None] = []
        self.moments: list[float] = []
        self.began = 0.0
        self.asked = 0  # those at the first places; the others were replied to without asking
        self.open = 0  # those that were not replied to yet
        self.bug: BaseException | None = None
        self.listeners: dict[asyncio.Future[bool], Flight | None] = {}

    @property
    def is_full(self) -> bool:
        """Whether it fills a call of its platform's."""
        return len(self.keys) >= self.source.platform.batch

    def add(self, keys: Sequence[Hashable], inquiries: Sequence[Inquiry]) -> None:
        """Some more questions, at the next places."""
        count = len(keys)
        self.keys.extend(keys)
        self.inquiries.extend(inquiries)
        self.replies.extend(repeat(None, count))
        self.moments.extend(repeat(0.0, count))
        self.open += count

    def hear(self, told: Mapping[int, Reply], moment: float) -> None:
        """The questions at some places were replied to."""
        for place, reply in told.items():
            self.replies[place] = reply
            self.moments[place] = moment
        self.open -= len(told)

    def left(self) -> list[int]:
        """The places of those that were not replied to yet."""
        return [place for place, reply in enumerate(self.replies) if reply is None]

    def fail(self, bug: BaseException | None) -> None:
        """The work has ended by a bug, which flies to who asked what was left."""
        self.bug = bug
        self.tell()

    def tell(self) -> None:
        """Wake whoever waits for such news."""
        for woken, flight in self.listeners.items():
            if flight is None or not flight.open:
                _wake(woken, True)


class Flight(Struct, frozen=True, gc=False):
    """A question on its way; `joined` where another asker had sent it."""

    sending: Sending
    place: int
    joined: bool = False

    @property
    def open(self) -> bool:
        """Whether something may still be said to it."""
        return self.sending.replies[self.place] is None and self.sending.bug is None

    @property
    def reply(self) -> Reply | None:
        """What was said, if anything was; a bug of the work flies."""
        reply = self.sending.replies[self.place]
        if reply is None and self.sending.bug is not None:
            raise self.sending.bug
        return reply


async def news_of(
    sendings: Collection[Sending], seconds: float, flight: Flight | None = None
) -> bool:
    """Whether there is news of one of them within so many seconds; returns as soon as there is.

    Who waits for one question on its way is told of no other.
    """
    loop = asyncio.get_running_loop()
    woken: asyncio.Future[bool] = loop.create_future()
    for sending in sendings:
        sending.listeners[woken] = flight
    timer = loop.call_later(seconds, _wake, woken, False)
    try:
        return await woken
    finally:
        timer.cancel()
        for sending in sendings:
            del sending.listeners[woken]


def _wake(woken: "asyncio.Future[bool]", news: bool) -> None:
    if not woken.done():
        woken.set_result(news)
