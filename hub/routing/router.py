"""The router: asks sources in waves, best first, and never races one against another (Article 13)."""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic

from msgspec import Struct

from connectors.contract import TimedOut
from hub.evidence import Attempt
from hub.routing.budget import Budget
from hub.routing.kept import Asker, Kept
from hub.routing.lines import Lines
from hub.routing.route import Source
from hub.routing.search import Search, attempt_at
from hub.routing.sending import ANSWERS, Flight, Reply, news_of
from hub.tracing import UNTRACED, Tracing

Wave = dict[Source, list[Search]]
_TOGETHER = 0.005
"""Seconds in which what comes late is gathered, so that many of them cost no more than a few."""


class Asked(Struct, frozen=True, gc=False):
    """Searches whose source was asked at a moment, and the question of each on its way.

    `left`: how many sources those of them may still have to hear that have the most.
    """

    source: Source
    at: float
    searches: list[Search]
    flights: list[Flight]
    left: int = 0

    def add(self, search: Search, flight: Flight) -> None:
        """One more of them."""
        self.searches.append(search)
        self.flights.append(flight)


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
        self, searches: list[Search], within: float, elapsed: float = 0.0
    ) -> list[Search]:
        """The very searches, brought to their end within so many seconds; equal ones are asked once.

        A wave takes its share of the time, so that every source is reached though the better ones
        hang. Who has no other source after this one holds up nobody, and has all the time. A source
        that outlasted its share is heard after all, while nobody else holds what it was asked for.
        `elapsed` seconds of the time are over.
        """
        began = monotonic() - elapsed
        budget = Budget(began, began + within)
        firsts = {search.key: search for search in reversed(searches)}
        alone = len(firsts) == len(searches)
        standing: list[Asked] = []  # those for whom it is the last source
        late: list[Asked] = []
        moving = searches if alone else [one for one in searches if firsts[one.key] is one]
        while wave := self._next_wave(moving):
            with self._tracing.wave(wave.values()):
                asked, last = self._ask(wave, budget)
                late += await self._hear(asked or last, _until(asked, budget))
            if asked:
                standing += last
            moving = [search for one in asked for search in one.searches]
            late = self._catch_up(late)
        if standing:
            late += await self._hear(standing, budget.ends)
        if late:
            await self._hear_late(late, budget.ends)
        return searches if alone else _shared(searches, firsts)

    def _next_wave(self, searches: Iterable[Search]) -> Wave:
        """Every search that can move on under its next source: one batch for each source."""
        wave: Wave = {}
        latest, batch = None, list[Search]()
        for search in searches:
            source = search.next_source
            if search.asker is not None:
                source = self._next_unknown(search, search.asker, source)
            if source is None:
                continue
            if source is not latest:
                latest, batch = source, wave.setdefault(source, [])
            batch.append(search)
        return wave

    def _next_unknown(self, search: Search, asker: Asker, source: Source | None) -> Source | None:
        """Where a search goes on, as far as what is kept of earlier answers takes it."""
        while source is not None:
            kept = self._kept.find(asker, source)
            if kept is None:
                break
            search.trail += (attempt_at(source, kept.answer, 0.0, reused=True),)
            search.take(source, kept.answer, kept.at)
            source = search.next_source
        return source

    def _ask(self, wave: Wave, budget: Budget) -> tuple[list[Asked], list[Asked]]:
        """Ask every source of a wave; apart are those for whom it is the last one."""
        moving: list[Asked] = []
        last: list[Asked] = []
        now = monotonic()
        for source, batch in wave.items():
            inquiries = [search.inquiry for search in batch]
            flights = self._lines.send(source, inquiries, budget.left(now))
            left = [len(search.route) - len(search.trail) for search in batch]
            asked = Asked(source, now, batch, flights, max(left))
            if asked.left == 1:
                last.append(asked)
            elif min(left) > 1:
                moving.append(asked)
            else:
                ends, goes_on = _parted(asked, left)
                last.append(ends)
                moving.append(goes_on)
        return moving, last

    async def _hear(self, asked: Sequence[Asked], until: float) -> list[Asked]:
        """Hear every reply that comes until a moment; gives back who has said nothing by then."""
        await _replied(asked, until)
        hearing = self._hearing()
        return [late for one in asked if (late := hearing.hear(one)).searches]

    def _hearing(self) -> "Hearing":
        return Hearing(self._kept, monotonic(), self._moment())

    def _catch_up(self, late: Sequence[Asked]) -> list[Asked]:
        """Hear who has answered meanwhile; gives back who is still waited for."""
        if not late:
            return []
        hearing = self._hearing()
        return [left for one in late if (left := hearing.hear_late(one)).searches]

    async def _hear_late(self, late: Sequence[Asked], until: float) -> None:
        """Hear who comes late, as long as there is time and it is of use to somebody."""
        while (late := self._catch_up(late)) and (left := until - monotonic()) > 0:
            await news_of({flight.sending for one in late for flight in one.flights}, left)
            await asyncio.sleep(_TOGETHER)


class Hearing:
    """Tells searches at a moment what their sources have said by now.

    What is the same for neighbours, as they were answered together, is reckoned once.
    """

    __slots__ = ("_before", "_kept", "_moment", "_now", "_same")

    def __init__(self, kept: Kept, now: float, moment: datetime) -> None:
        self._kept = kept
        self._now = now
        self._moment = moment
        self._before: tuple[type, float, bool] | None = None  # of the one told before
        self._same: tuple[tuple[Attempt], datetime]

    def hear(self, asked: Asked) -> Asked:
        """Tell each search what its source has said; gives back those to whom it has said nothing."""
        self._before = None
        silent = Asked(asked.source, asked.at, [], [])
        for search, flight in zip(asked.searches, asked.flights, strict=True):
            reply = flight.reply
            if reply is None:
                search.trail += (_silence(asked, self._now),)
                silent.add(search, flight)
                continue
            attempt, at = self._said(asked, flight, reply)
            search.trail += attempt
            search.take(asked.source, reply, at)
            if search.asker is not None:
                self._keep(search.asker, asked, flight, reply, at)
        return silent

    def hear_late(self, asked: Asked) -> Asked:
        """Tell what came after all to whom it is of use; gives back those who still wait for it."""
        self._before = None
        waiting = Asked(asked.source, asked.at, [], [])
        for search, flight in zip(asked.searches, asked.flights, strict=True):
            if search.holding is not None:
                continue
            reply = flight.reply
            if reply is None:
                waiting.add(search, flight)
                continue
            (attempt,), at = self._said(asked, flight, reply)
            search.amend(asked.source, attempt)
            search.take(asked.source, reply, at)
            if search.asker is not None:
                self._keep(search.asker, asked, flight, reply, at)
        return waiting

    def _keep(self, asker: Asker, asked: Asked, flight: Flight, reply: Reply, at: datetime) -> None:
        age = self._now - flight.sending.moments[flight.place]
        self._kept.keep(asker, asked.source, reply, at, age)

    def _said(self, asked: Asked, flight: Flight, reply: Reply) -> tuple[tuple[Attempt], datetime]:
        """The attempt, as a trail of its own, and when its reply came."""
        ended = flight.sending.moments[flight.place]
        told = type(reply), ended, flight.joined
        if told != self._before or told[0] not in ANSWERS:
            took_ms = (ended - asked.at) * 1000
            attempt = attempt_at(asked.source, reply, took_ms, coalesced=flight.joined)
            self._before = told
            self._same = (attempt,), self._moment - timedelta(seconds=self._now - ended)
        return self._same


async def _replied(asked: Sequence[Asked], until: float) -> None:
    """Return once all were replied to, or at that moment."""
    for one in asked:
        for flight in one.flights:
            sending = flight.sending
            while sending.open and flight.open:
                left = until - monotonic()
                if left <= 0 or not await news_of((sending,), left, flight):
                    return


def _until(moving: Sequence[Asked], budget: Budget) -> float:
    """When the next wave begins: at the latest when all that follow still have their share."""
    return budget.until(monotonic(), max((one.left for one in moving), default=1))


def _parted(asked: Asked, left: Sequence[int]) -> tuple[Asked, Asked]:
    """Those for whom it is the last source, and those who can go on."""
    ends = Asked(asked.source, asked.at, [], [], 1)
    goes_on = Asked(asked.source, asked.at, [], [], asked.left)
    for search, flight, sources in zip(asked.searches, asked.flights, left, strict=True):
        (goes_on if sources > 1 else ends).add(search, flight)
    return ends, goes_on


def _silence(asked: Asked, now: float) -> Attempt:
    """The attempt at a source that has said nothing until now."""
    source, took = asked.source, now - asked.at
    name = f"{source.name}/{source.interface.name}"
    silence = TimedOut(f"{name}: no answer within {took:.1f} s; give the query more time")
    return attempt_at(source, silence, took * 1000)


def _shared(searches: list[Search], firsts: Mapping[Hashable, Search]) -> list[Search]:
    """The very searches, of which equal ones end as the first of them."""
    for search in searches:
        first = firsts[search.key]
        if search is not first:
            search.reuse(first)
    return searches
