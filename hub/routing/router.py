"""The router: asks sources in waves, best first, and never races one against another (Article 13)."""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Protocol

from connectors.contract import TimedOut
from hub.routing.budget import Budget
from hub.routing.kept import Kept
from hub.routing.line import Flight, Reply
from hub.routing.lines import Lines
from hub.routing.route import Source
from hub.routing.search import Finding, Question, Search
from hub.tracing import UNTRACED, Tracing

Wave = dict[Source, list[Search]]
_TOGETHER = 0.005
"""Seconds in which what comes late is gathered, so that many of them cost no more than a few."""


class Hear(Protocol):
    """A search's ear: `Search.hear` or `Search.hear_late`."""

    def __call__(
        self, source: Source, reply: Reply, took_ms: float, *, at: datetime, coalesced: bool
    ) -> None:
        """Take in what the source said, and when."""
        ...


@dataclass(slots=True)
class Asked:
    """A search whose source was asked at a moment, and the question on its way.

    `ended` is when its reply came, which may be long before the others of its wave.
    """

    search: Search
    source: Source
    flight: Flight
    at: float
    ended: float | None = None

    def end(self, _: "asyncio.Future[Reply]") -> None:
        """Note that the reply has come now."""
        self.ended = monotonic()


def next_wave(searches: Iterable[Search]) -> Wave:
    """Every search that can move on under its next source: one batch for each source."""
    wave: Wave = {}
    for search in searches:
        source = search.next_source
        if source is not None:
            wave.setdefault(source, []).append(search)
    return wave


class Router:
    """Finds certificates within a budget; what it leaves behind, the lines hear to the end."""

    def __init__(
        self,
        lines: Lines,
        kept: Kept,
        moment: Callable[[], datetime],
        tracing: Tracing = UNTRACED,
    ) -> None:
        self._lines = lines
        self._kept = kept
        self._moment = moment
        self._tracing = tracing

    async def find(self, questions: Sequence[Question], within: float) -> list[Finding]:
        """One finding per question, in order, within so many seconds; equal questions are asked once.

        A wave takes its share of the time, so that every source is reached though the better ones
        hang. Who has no other source after this one holds up nobody, and has all the time. A source
        that outlasted its share is heard after all, while nobody else holds what it was asked for.
        """
        now = monotonic()
        budget = Budget(now, now + within)
        searches: dict[Hashable, Search] = {}
        for question in questions:
            searches.setdefault(question.key, Search(question))
        late: list[Asked] = []
        async with asyncio.TaskGroup() as hearing:
            while wave := next_wave(map(self._remind, searches.values())):
                with self._tracing.wave(wave.values()):
                    moving, last = self._ask(wave, budget)
                    if moving and last:
                        hearing.create_task(self._hear(last, budget.ends))
                    late += await self._hear(moving or last, _until(moving, budget))
                late = self._catch_up(late)
        await self._hear_late(late, budget.ends)
        return [searches[question.key].finding_for(question) for question in questions]

    def _remind(self, search: Search) -> Search:
        """Move a search on as far as what is kept of earlier answers takes it."""
        while source := search.next_source:
            kept = self._kept.find(search.question.asker, source)
            if kept is None:
                break
            search.hear(source, kept.answer, 0.0, at=kept.at, reused=True)
        return search

    def _ask(self, wave: Wave, budget: Budget) -> tuple[list[Asked], list[Asked]]:
        """Ask every source of a wave; apart are those for whom it is the last one."""
        moving: list[Asked] = []
        last: list[Asked] = []
        now = monotonic()
        for source, batch in wave.items():
            inquiries = [search.question.inquiry for search in batch]
            flights = self._lines.send(source, inquiries, budget.left(now))
            for search, flight in zip(batch, flights, strict=True):
                search.asking = True
                asked = Asked(search, source, flight, now)
                flight.reply.add_done_callback(asked.end)
                (moving if search.sources_left > 1 else last).append(asked)
        return moving, last

    async def _hear(self, asked: Sequence[Asked], until: float) -> list[Asked]:
        """Hear every reply that comes until a moment; gives back who has said nothing by then."""
        waiting = [one.flight.reply for one in asked if not one.flight.reply.done()]
        if waiting:
            await asyncio.wait(waiting, timeout=max(0.0, until - monotonic()))
        now, moment = monotonic(), self._moment()
        for one in asked:
            self._take(one, one.search.hear, now, moment)
        return [one for one in asked if not one.flight.reply.done()]

    def _take(self, one: Asked, hear: Hear, now: float, moment: datetime) -> None:
        """Tell a search what its source has said by now."""
        reply, ended = _reply(one, now), one.ended or now
        took_ms, at = (ended - one.at) * 1000, moment - timedelta(seconds=now - ended)
        hear(one.source, reply, took_ms, at=at, coalesced=one.flight.joined)
        self._kept.keep(one.search.question.asker, one.source, reply, at, now - ended)

    def _catch_up(self, late: Sequence[Asked]) -> list[Asked]:
        """Hear who has answered meanwhile; gives back who is still waited for."""
        now, moment = monotonic(), self._moment()
        for one in late:
            if one.flight.reply.done() and one.search.holding is None:
                self._take(one, one.search.hear_late, now, moment)
        return [one for one in late if not one.flight.reply.done() and one.search.holding is None]

    async def _hear_late(self, late: Sequence[Asked], until: float) -> None:
        """Hear who comes late, as long as there is time and it is of use to somebody."""
        while (late := self._catch_up(late)) and (left := until - monotonic()) > 0:
            waiting = [one.flight.reply for one in late]
            await asyncio.wait(waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(_TOGETHER)


def _until(moving: Sequence[Asked], budget: Budget) -> float:
    """When the next wave begins: at the latest when all that follow still have their share."""
    most = max((asked.search.sources_left for asked in moving), default=1)
    return budget.until(monotonic(), most)


def _reply(asked: Asked, now: float) -> Reply:
    reply = asked.flight.reply
    name = f"{asked.source.name}/{asked.source.interface.name}"
    if reply.cancelled():
        return TimedOut(f"{name}: cut off, as the hub is stopping; ask again")
    if reply.done():
        return reply.result()
    return TimedOut(f"{name}: no answer within {now - asked.at:.1f} s; give the query more time")
