"""The router: asks sources in waves, best first, and never races one against another (Article 13)."""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime, timedelta
from time import monotonic

from msgspec import Struct

from connectors.contract import TimedOut
from hub.evidence import Attempt
from hub.routing.budget import Budget
from hub.routing.kept import Kept
from hub.routing.lines import Lines
from hub.routing.route import Source
from hub.routing.search import Finding, Question, Search, attempt_at
from hub.routing.sending import ANSWERS, Flight, Reply, news_of
from hub.tracing import UNTRACED, Tracing

Wave = dict[Source, list[Search]]
_TOGETHER = 0.005
"""Seconds in which what comes late is gathered, so that many of them cost no more than a few."""


Take = Callable[[Source, Attempt, Reply, datetime], None]
"""A search's ear: `Search.hear` or `Search.hear_late`."""


class Asked(Struct, frozen=True, gc=False):
    """A search whose source was asked at a moment, with so many left, and the question on its way."""

    search: Search
    source: Source
    flight: Flight
    at: float
    left: int


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

    async def find(
        self, questions: Sequence[Question], within: float, elapsed: float = 0.0
    ) -> list[Finding]:
        """One finding per question, in order, within so many seconds; equal questions are asked once.

        A wave takes its share of the time, so that every source is reached though the better ones
        hang. Who has no other source after this one holds up nobody, and has all the time. A source
        that outlasted its share is heard after all, while nobody else holds what it was asked for.
        `elapsed` seconds of the time are over.
        """
        began = monotonic() - elapsed
        budget = Budget(began, began + within)
        searches: dict[Hashable, Search] = {}
        for question in questions:
            if question.key not in searches:
                searches[question.key] = Search(question)
        standing: list[Asked] = []  # those for whom it is the last source
        late: list[Asked] = []
        moving: Iterable[Search] = searches.values()
        while wave := self._next_wave(moving):
            with self._tracing.wave(wave.values()):
                asked, last = self._ask(wave, budget)
                late += await self._hear(asked or last, _until(asked, budget))
            if asked:
                standing += last
            moving = [one.search for one in asked]
            late = self._catch_up(late)
        if standing:
            late += await self._hear(standing, budget.ends)
        if late:
            await self._hear_late(late, budget.ends)
        return [searches[question.key].finding_for(question) for question in questions]

    def _next_wave(self, searches: Iterable[Search]) -> Wave:
        """Every search that can move on under its next source: one batch for each source."""
        wave: Wave = {}
        latest, batch = None, list[Search]()
        for search in searches:
            source = self._next_source(search)
            if source is None:
                continue
            if source is not latest:
                latest, batch = source, wave.setdefault(source, [])
            batch.append(search)
        return wave

    def _next_source(self, search: Search) -> Source | None:
        """Where a search goes on, as far as what is kept of earlier answers takes it."""
        asker = search.question.asker
        while (source := search.next_source) and asker.freshness.held:
            kept = self._kept.find(asker, source)
            if kept is None:
                break
            attempt = attempt_at(source, kept.answer, 0.0, reused=True)
            search.hear(source, attempt, kept.answer, kept.at)
        return source

    def _ask(self, wave: Wave, budget: Budget) -> tuple[list[Asked], list[Asked]]:
        """Ask every source of a wave; apart are those for whom it is the last one."""
        moving: list[Asked] = []
        last: list[Asked] = []
        now = monotonic()
        for source, batch in wave.items():
            inquiries = [search.question.inquiry for search in batch]
            flights = self._lines.send(source, inquiries, budget.left(now))
            for search, flight in zip(batch, flights, strict=True):
                left = search.sources_left
                (moving if left > 1 else last).append(Asked(search, source, flight, now, left))
        return moving, last

    async def _hear(self, asked: Sequence[Asked], until: float) -> list[Asked]:
        """Hear every reply that comes until a moment; gives back who has said nothing by then."""
        await _replied(asked, until)
        hearing = self._hearing()
        return [one for one in asked if not hearing.hear(one)]

    def _hearing(self) -> "Hearing":
        return Hearing(self._kept, monotonic(), self._moment())

    def _catch_up(self, late: Sequence[Asked]) -> list[Asked]:
        """Hear who has answered meanwhile; gives back who is still waited for."""
        if not late:
            return []
        hearing = self._hearing()
        for one in late:
            if one.search.holding is None:
                hearing.hear_late(one)
        return [one for one in late if one.flight.open and one.search.holding is None]

    async def _hear_late(self, late: Sequence[Asked], until: float) -> None:
        """Hear who comes late, as long as there is time and it is of use to somebody."""
        while (late := self._catch_up(late)) and (left := until - monotonic()) > 0:
            await news_of({one.flight.sending for one in late}, left)
            await asyncio.sleep(_TOGETHER)


class Hearing:
    """Tells searches at a moment what their sources have said by now.

    What is the same for many of them, as they were answered together, is reckoned once.
    """

    __slots__ = ("_kept", "_moment", "_now", "_same")

    def __init__(self, kept: Kept, now: float, moment: datetime) -> None:
        self._kept = kept
        self._now = now
        self._moment = moment
        self._same: dict[Hashable, tuple[Attempt, datetime]] = {}

    def hear(self, one: Asked) -> bool:
        """Whether the source has said something; that it has not is noted too."""
        flight = one.flight
        reply = flight.reply
        if reply is None:
            self._tell(one, one.search.hear, _silence(one, self._now), self._now)
            return False
        self._tell(one, one.search.hear, reply, flight.sending.moments[flight.place])
        return True

    def hear_late(self, one: Asked) -> None:
        """Take in what the source has said after all, if it has."""
        flight = one.flight
        reply = flight.reply
        if reply is not None:
            self._tell(one, one.search.hear_late, reply, flight.sending.moments[flight.place])

    def _tell(self, one: Asked, take: Take, reply: Reply, ended: float) -> None:
        attempt, at = self._said(one, reply, ended)
        take(one.source, attempt, reply, at)
        asker = one.search.question.asker
        if asker.freshness.held:
            self._kept.keep(asker, one.source, reply, at, self._now - ended)

    def _said(self, one: Asked, reply: Reply, ended: float) -> tuple[Attempt, datetime]:
        """The attempt, and when its reply came."""
        if type(reply) not in ANSWERS:
            return self._attempt(one, reply, ended)
        key = one.flight.sending, one.at, ended, one.flight.joined, type(reply)
        same = self._same.get(key)
        if same is None:
            same = self._same[key] = self._attempt(one, reply, ended)
        return same

    def _attempt(self, one: Asked, reply: Reply, ended: float) -> tuple[Attempt, datetime]:
        took_ms = (ended - one.at) * 1000
        attempt = attempt_at(one.source, reply, took_ms, coalesced=one.flight.joined)
        return attempt, self._moment - timedelta(seconds=self._now - ended)


async def _replied(asked: Sequence[Asked], until: float) -> None:
    """Return once all were replied to, or at that moment."""
    for one in asked:
        sending = one.flight.sending
        while sending.open and one.flight.open:
            left = until - monotonic()
            if left <= 0 or not await news_of((sending,), left):
                return


def _until(moving: Sequence[Asked], budget: Budget) -> float:
    """When the next wave begins: at the latest when all that follow still have their share."""
    return budget.until(monotonic(), max((one.left for one in moving), default=1))


def _silence(asked: Asked, now: float) -> TimedOut:
    name = f"{asked.source.name}/{asked.source.interface.name}"
    return TimedOut(f"{name}: no answer within {now - asked.at:.1f} s; give the query more time")
