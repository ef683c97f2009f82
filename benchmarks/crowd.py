"""Callers who take what comes: an answer with whatever outcomes, or none, and when it came."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter

from benchmarks.driver import Caller, Closed, connect
from benchmarks.mixture import Mixed
from benchmarks.requests import WrongAnswer

_FAILED = 0.05
"""Seconds after which a caller who got no answer comes again."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One request and what became of it; times in seconds of one clock."""

    kind: str
    due: float  # when it was to be sent
    ended: float
    outcomes: Mapping[str, int]  # by outcome, how many of its lookups
    trouble: str | None = None  # why there was no answer

    @property
    def ms(self) -> float:
        """From when it was due: who is kept from asking waits, too."""
        return (self.ended - self.due) * 1000


@dataclass
class Crowd:
    """Asks one hub over as many kept connections as it takes; `answers` holds all that came."""

    url: str
    key: str = field(repr=False)
    answers: list[Answered] = field(default_factory=list)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    _idle: list[Caller] = field(default_factory=list)

    async def ask(self, kind: str, request: Mixed, due: float) -> Answered:
        """One request, and its answer noted."""
        try:
            outcomes = request.outcomes(await self._answer(request.body))
        except (WrongAnswer, OSError) as trouble:
            answered = Answered(kind, due, perf_counter(), {}, str(trouble))
        else:
            answered = Answered(kind, due, perf_counter(), outcomes)
        self.answers.append(answered)
        return answered

    async def _answer(self, body: bytes) -> bytes:
        """The answer; where a kept connection was just being closed, over a new one."""
        while self._idle:
            with suppress(Closed):
                return await self._told(self._idle.pop(), body)
        return await self._told(await connect(self.url, self.key), body)

    async def _told(self, caller: Caller, body: bytes) -> bytes:
        try:
            answer = await caller.ask(body)
        except WrongAnswer:
            caller.transport.close()
            raise
        self._idle.append(caller)
        return answer

    def leave(self) -> None:
        """Close every connection that is not in use."""
        while self._idle:
            self._idle.pop().transport.close()

    async def ask_on(self, kind: str, supply: Iterator[Mixed]) -> None:
        """One caller: the next request when the last is answered, until all are told to leave."""
        while not self.leaving.is_set():
            answered = await self.ask(kind, next(supply), perf_counter())
            if answered.trouble:
                await asyncio.sleep(_FAILED)

    async def come(self, kind: str, supply: Iterator[Mixed], rate: float, seconds: float) -> None:
        """So many requests in a second, each at its own moment, whatever became of those before."""
        began = perf_counter()
        async with asyncio.TaskGroup() as asking:
            for number in range(int(rate * seconds)):
                due = began + number / rate
                await asyncio.sleep(max(due - perf_counter(), 0))
                asking.create_task(self.ask(kind, next(supply), due))
