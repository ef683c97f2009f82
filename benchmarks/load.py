"""The load driver: kept connections over httptools, in a closed loop or an open one."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from time import perf_counter
from typing import cast
from urllib.parse import urlsplit

import httptools

from benchmarks.requests import Request, WrongAnswer

_LEFT = 10.0
"""Seconds that the last answers of an open loop may take after it has closed."""
_TICK = 0.001
_REST = 0.05
"""Seconds after which a line that was turned away comes again."""
_FEW = 0.05
"""Share of lookups that may go unanswered where some may."""
_PATIENCE = 100
"""Times that a single request comes again before it gives up."""

Settled = Callable[["Line", "bytes | WrongAnswer"], None]


class TurnedAway(WrongAnswer):
    """The server has as many requests as it can serve, and says so."""

    def __init__(self) -> None:
        super().__init__("HTTP 503")


@dataclass(frozen=True, slots=True)
class Driven:
    """What came of one window."""

    seconds: float  # from its opening to the last answer, which comes after it has closed
    requests: int
    lookups: int
    unanswered: int  # lookups of lenient requests that no source answered in time
    turned_away: int
    latencies_ms: list[float] = field(repr=False)


class Line(asyncio.Protocol):
    """One kept connection with one request on it at a time; `settled` is told what came."""

    def __init__(self) -> None:
        self.settled: Settled = _nobody
        self.request = Request(b"", 0, ())
        self.due = 0.0
        self.waits = False
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast(asyncio.Transport, transport)  # TCP's; uvloop's is no subclass
        self._parser = httptools.HttpResponseParser(self)

    def ask(self, request: Request, due: float) -> None:
        """Send a request that was due then."""
        self.request, self.due, self._body, self.waits = request, due, [], True
        self.transport.write(request.wire)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """A piece of the answer."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        self.waits = False
        status = self._parser.get_status_code()
        body = b"".join(self._body)
        if status == 200:
            self.settled(self, body)
        else:
            self.settled(self, TurnedAway() if status == 503 else WrongAnswer(f"HTTP {status}"))

    def connection_lost(self, _: Exception | None) -> None:
        """Whoever waits gets no answer; a server may well leave who has asked nothing for long."""
        if self.waits:
            self.waits = False
            self.settled(self, WrongAnswer("the server closed the connection"))

    @property
    def free(self) -> bool:
        """Whether it can be asked."""
        return not self.waits and not self.transport.is_closing()


def _nobody(_: Line, __: "bytes | WrongAnswer") -> None:
    """What comes to a line that waits for nothing is of no interest."""


@asynccontextmanager
async def lines(url: str, number: int) -> AsyncIterator[tuple[Line, ...]]:
    """That many connections."""
    host, port = urlsplit(url).netloc.rsplit(":", 1)
    loop = asyncio.get_running_loop()
    connected = [(await loop.create_connection(Line, host, int(port)))[1] for _ in range(number)]
    try:
        yield tuple(connected)
    finally:
        for line in connected:
            line.settled = _nobody
            line.transport.close()


async def fetched(line: Line, request: Request) -> bytes:
    """The body of the answer to one request; who is turned away comes again for some seconds."""
    for _ in range(_PATIENCE):
        try:
            return await _fetched(line, request)
        except TurnedAway:
            await asyncio.sleep(_REST)
    return await _fetched(line, request)


async def _fetched(line: Line, request: Request) -> bytes:
    answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def settled(_: Line, came: "bytes | WrongAnswer") -> None:
        if answer.cancelled():  # the run was stopped, and the answer was on its way already
            return
        if isinstance(came, WrongAnswer):
            answer.set_exception(came)
        else:
            answer.set_result(came)

    line.settled = settled
    line.ask(request, perf_counter())
    try:
        return await answer
    finally:
        line.settled = _nobody


async def closed_loop(lines: Sequence[Line], supply: Iterator[Request], seconds: float) -> Driven:
    """Each line sends its next request when the last is answered, until the window closes."""
    began = perf_counter()
    window = _Window(began + seconds)
    loop, pending = asyncio.get_running_loop(), len(lines)

    def settled(line: Line, came: "bytes | WrongAnswer") -> None:
        window.note(line, came)
        if isinstance(came, TurnedAway):
            loop.call_later(_REST, go_on, line)
        else:
            go_on(line)

    def go_on(line: Line) -> None:
        nonlocal pending
        if window.open(now := perf_counter()):
            line.ask(next(supply), now)
            return
        pending -= 1
        if not pending:
            window.end()

    for line in lines:
        line.settled = settled
        line.ask(next(supply), perf_counter())
    await window.ended
    return window.driven(began)


async def open_loop(
    lines: Sequence[Line], supply: Iterator[Request], rate: float, seconds: float, dice: Random
) -> Driven:
    """So many requests in a second at random moments, whatever became of those before.

    A time is counted from when its request was due: what waits for a free line waits, too.
    """
    began = perf_counter()
    window = _Window(began + seconds)
    idle, late = list(lines), deque[float]()

    def settled(line: Line, came: "bytes | WrongAnswer") -> None:
        window.note(line, came)
        if late and not window.ended.done():
            line.ask(next(supply), late.popleft())
        else:
            idle.append(line)

    def send(due: float) -> None:
        while idle:
            if (line := idle.pop()).free:
                line.ask(next(supply), due)
                return
        late.append(due)

    for line in lines:
        line.settled = settled
    due = began + dice.expovariate(rate)
    while window.open(now := perf_counter()):
        while due <= now:
            send(due)
            due += dice.expovariate(rate)
        await asyncio.sleep(_TICK)
    await _answered(lines, late, window)
    return window.driven(began)


async def _answered(lines: Sequence[Line], late: Sequence[float], window: "_Window") -> None:
    """Wait until nobody waits any more; who still does after long is told."""
    while (waiting := sum(line.waits for line in lines) + len(late)) and not window.ended.done():
        if perf_counter() > window.closes + _LEFT:
            window.end(WrongAnswer(f"{waiting} requests are still not answered"))
        await asyncio.sleep(_TICK)
    window.end()
    await window.ended


class _Window:
    """The answers of one window; the first wrong one ends it."""

    def __init__(self, closes: float) -> None:
        self.closes = closes
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._latencies_ms: list[float] = []
        self._lookups = self._unanswered = self._turned_away = 0
        self._last = 0.0

    def open(self, now: float) -> bool:
        """Whether more is asked."""
        return now < self.closes and not self.ended.done()

    def note(self, line: Line, came: "bytes | WrongAnswer") -> None:
        """Count an answer."""
        try:
            if isinstance(came, WrongAnswer):
                raise came
            missing = line.request.glance(came)
        except TurnedAway:
            self._turned_away += 1
        except WrongAnswer as wrong:
            self.end(wrong)
        else:
            self._last = perf_counter()
            self._latencies_ms.append((self._last - line.due) * 1000)
            self._lookups += line.request.lookups
            self._unanswered += missing

    def end(self, wrong: WrongAnswer | None = None) -> None:
        """No more is waited for."""
        if self.ended.done():
            return
        if wrong is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(wrong)

    def driven(self, began: float) -> Driven:
        """What came of it."""
        if not self._latencies_ms:
            raise WrongAnswer("nothing was asked: the window is too short for its rate")
        if self._unanswered > _FEW * self._lookups:
            raise WrongAnswer(f"{self._unanswered} of {self._lookups} lookups were not answered")
        return Driven(
            self._last - began,
            len(self._latencies_ms),
            self._lookups,
            self._unanswered,
            self._turned_away,
            self._latencies_ms,
        )
