"""The use case: admit, route, record, answer. Nothing leaves unless it is on record."""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Protocol

from hub.brief import Brief, Briefs, is_plainly_like
from hub.catalogue.admission import Refusal
from hub.catalogue.rows import Catalogue, CatalogueRow
from hub.china import TodayInChina
from hub.declarations.words import CertificateType
from hub.evidence import Denied, Lookup, Outcome, Requester, Terms
from hub.routing.route import RouteBook
from hub.routing.router import Router
from hub.routing.search import Search
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
        self._today = TodayInChina()
        self._known: Briefs | None = None

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
        began = perf_counter()
        known = self._known_now()
        briefs, searches = _asked(known, requester, lookups)
        await self._find(lookups, searches, elapsed)
        at = self._clock()
        batch = fresh_name(at.timestamp())
        outcomes = _outcomes(lookups, briefs, searches, at, batch)
        rows = [brief.row if isinstance(brief, Brief) else None for brief in briefs]
        version = known.catalogue.version.id
        await self._records.keep(requester, lookups, version, rows, outcomes, request_id, batch, at)
        self._disclosed(outcomes, perf_counter() - began)
        return outcomes

    def _known_now(self) -> Briefs:
        """What was found out so far, as long as catalogue, sources and day are the same."""
        now, today = self._in_force(), self._today.of(self._clock())
        known = self._known
        if known is None or not known.are_of(now.catalogue, now.sources, today):
            known = self._known = Briefs(self._types, now.catalogue, now.sources, today)
        return known

    async def _find(
        self, lookups: Sequence[Lookup], searches: Sequence[Search | None], elapsed: float
    ) -> None:
        """Bring every search to its end; those that may take equally long go together."""
        asked: dict[float, list[Search]] = {}
        terms: Terms | None = None
        for lookup, search in zip(lookups, searches, strict=True):
            if search is None:
                continue
            if lookup.terms is not terms:
                terms = lookup.terms
                together = asked.setdefault(terms.within or self._within, [])
            together.append(search)
        if len(asked) == 1:
            ((within, searched),) = asked.items()
            await self._router.find(searched, within, elapsed)
        else:
            finds = (self._router.find(some, within, elapsed) for within, some in asked.items())
            await asyncio.gather(*finds)


def _asked(
    known: Briefs, requester: Requester, lookups: Sequence[Lookup]
) -> tuple[list[Brief | Refusal], list[Search | None]]:
    """For each lookup its brief and what is to be searched, or the rule against it and nothing."""
    briefs: list[Brief | Refusal] = []
    searches: list[Search | None] = []
    numbers: dict[Hashable, int] = {}
    before: Lookup | None = None
    for lookup in lookups:
        if before is None or not is_plainly_like(lookup, before):
            before, brief = lookup, known.of(requester, lookup)
            like = lookup.type, lookup.purpose, lookup.terms.max_age
            number = numbers.setdefault(like, len(numbers))
        briefs.append(brief)
        searches.append(brief.search(lookup, number) if isinstance(brief, Brief) else None)
    return briefs, searches


def _outcomes(
    lookups: Sequence[Lookup],
    briefs: Sequence[Brief | Refusal],
    searches: Sequence[Search | None],
    at: datetime,
    batch: str,
) -> list[Outcome]:
    """What became of each, under the name of its record."""
    outcomes: list[Outcome] = []
    for number, (lookup, brief, search) in enumerate(zip(lookups, briefs, searches, strict=True)):
        record = f"{batch}-{number}"
        if isinstance(brief, Refusal):
            outcomes.append(Denied(lookup.type, brief.rule, brief.article, brief.remedy, record))
        else:
            assert search is not None, "every admitted lookup has been searched"
            outcomes.append(brief.outcome(lookup, search, at, record))
    return outcomes
