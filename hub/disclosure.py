"""The use case: admit, route, record, answer. Nothing leaves unless it is on record."""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import perf_counter
from typing import Protocol

from hub.brief import Brief, is_plainly_like
from hub.catalogue.admission import Refusal, admit
from hub.catalogue.rows import Catalogue, CatalogueRow
from hub.china import date_in_china
from hub.declarations.words import CertificateType
from hub.evidence import Denied, Lookup, Outcome, Requester
from hub.routing.route import RouteBook
from hub.routing.router import Router
from hub.routing.search import Finding
from hub.trail.names import fresh_name


@dataclass(frozen=True, slots=True)
class InForce:
    """What may change while the hub runs: the catalogue in force and the sources there are."""

    catalogue: Catalogue
    sources: RouteBook


class Recorder(Protocol):
    """Keeps what is disclosed."""

    async def keep(
        self,
        requester: Requester,
        lookups: Sequence[Lookup],
        catalogue: int,
        rows: Sequence[CatalogueRow | None],
        outcomes: Sequence[Outcome],
        request_id: str,
        batch_id: str,
        at: datetime,
    ) -> None:
        """Return once it is durably on record; raises `RecordsUnavailable` where it can't be."""
        ...


class Disclosure:
    """Hands certificates over: to whom the catalogue allows, from the best source, on record."""

    def __init__(
        self,
        types: Mapping[str, CertificateType],
        in_force: Callable[[], InForce],
        router: Router,
        records: Recorder,
        within: float,
        disclosed: Callable[[Sequence[Outcome], float], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._types = types
        self._in_force = in_force
        self._router = router
        self._records = records
        self._within = within
        self._disclosed = disclosed
        self._clock = clock

    async def disclose(
        self,
        requester: Requester,
        lookups: Sequence[Lookup],
        request_id: str,
        elapsed: float = 0.0,
    ) -> list[Outcome]:
        """One outcome per lookup, in order, each durably recorded before this returns.

        `elapsed` seconds ago the request came in: its time began then. Raises `RecordsUnavailable`
        when the records can't be written: then nothing leaves.
        """
        began, now = perf_counter(), self._in_force()
        briefs = self._briefs(now, requester, lookups)
        found = await self._find(lookups, briefs, elapsed)
        at = self._clock()
        batch = fresh_name(at.timestamp())
        outcomes = [
            _outcome(lookup, brief, found.get(number), at, f"{batch}-{number}")
            for number, (lookup, brief) in enumerate(zip(lookups, briefs, strict=True))
        ]
        rows = [brief.row if isinstance(brief, Brief) else None for brief in briefs]
        await self._records.keep(
            requester, lookups, now.catalogue.version.id, rows, outcomes, request_id, batch, at
        )
        self._disclosed(outcomes, perf_counter() - began)
        return outcomes

    def _briefs(
        self, now: InForce, requester: Requester, lookups: Sequence[Lookup]
    ) -> list[Brief | Refusal]:
        """A brief for each lookup, the same for all that differ only in their subject."""
        known: dict[Hashable, Brief | Refusal] = {}
        numbers: dict[Hashable, int] = {}
        briefs: list[Brief | Refusal] = []
        today, before = date_in_china(self._clock()), None
        for lookup in lookups:
            if before is not None and is_plainly_like(lookup, before):
                briefs.append(briefs[-1])
                continue
            before, asked = lookup, (lookup.type, lookup.purpose, lookup.terms.max_age)
            like = asked, lookup.terms.within, lookup.selected, lookup.subject.kind
            if like not in known:
                number = numbers.setdefault(asked, len(numbers))
                known[like] = self._brief(now, requester, lookup, number, today)
            briefs.append(known[like])
        return briefs

    def _brief(
        self, now: InForce, requester: Requester, lookup: Lookup, number: int, today: date
    ) -> Brief | Refusal:
        declared = self._types[lookup.type]
        verdict = admit(now.catalogue, requester, lookup, declared.holders)
        if isinstance(verdict, Refusal):
            return verdict
        return Brief(verdict, lookup, number, declared, now.sources, today)

    async def _find(
        self, lookups: Sequence[Lookup], briefs: Sequence[Brief | Refusal], elapsed: float
    ) -> dict[int, Finding]:
        """What was found for each lookup that was admitted, by its place."""
        asked: dict[float, list[int]] = {}
        for place, (lookup, brief) in enumerate(zip(lookups, briefs, strict=True)):
            if isinstance(brief, Brief):
                asked.setdefault(lookup.terms.within or self._within, []).append(place)
        found: dict[int, Finding] = {}

        async def find(within: float, places: Sequence[int]) -> None:
            questions = [
                brief.question(lookups[place].subject)
                for place in places
                if isinstance(brief := briefs[place], Brief)
            ]
            findings = await self._router.find(questions, within, elapsed)
            found.update(zip(places, findings, strict=True))

        if len(asked) == 1:
            await find(*asked.popitem())
        else:
            await asyncio.gather(*(find(within, places) for within, places in asked.items()))
        return found


def _outcome(
    lookup: Lookup, brief: Brief | Refusal, finding: Finding | None, at: datetime, record: str
) -> Outcome:
    if isinstance(brief, Refusal):
        return Denied(lookup.type, brief.rule, brief.article, brief.remedy, record)
    assert finding is not None, "every admitted lookup has been searched"
    return brief.outcome(lookup, finding, at, record)
