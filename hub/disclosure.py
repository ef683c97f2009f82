"""The use case: admit, route, record, answer. Nothing leaves unless it is on record."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Protocol

from hub.catalogue.admission import Admitted, Refusal, admit
from hub.catalogue.rows import Catalogue, CatalogueRow
from hub.china import date_in_china
from hub.declarations.words import CertificateType
from hub.evidence import Denied, Found, Lookup, NotHeld, Outcome, Requester, Unavailable
from hub.possible import steps_after
from hub.routing.inquiry import inquiry_for
from hub.routing.kept import Asker
from hub.routing.route import RouteBook, tiers_of
from hub.routing.router import Router
from hub.routing.search import Finding, Question
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
        self, requester: Requester, lookups: Sequence[Lookup], request_id: str
    ) -> list[Outcome]:
        """One outcome per lookup, in order, each durably recorded before this returns.

        Raises `RecordsUnavailable` when the records can't be written: then nothing leaves.
        """
        began, now = perf_counter(), self._in_force()
        verdicts = [self._admit(now.catalogue, requester, lookup) for lookup in lookups]
        findings = await self._find(now.sources, requester, lookups, verdicts)
        at = self._clock()
        batch = fresh_name(at.timestamp())
        outcomes = [
            self._outcome(lookup, verdict, findings.get(number), at, f"{batch}-{number}")
            for number, (lookup, verdict) in enumerate(zip(lookups, verdicts, strict=True))
        ]
        rows = [verdict.row if isinstance(verdict, Admitted) else None for verdict in verdicts]
        await self._records.keep(
            requester, lookups, now.catalogue.version.id, rows, outcomes, request_id, batch, at
        )
        self._disclosed(outcomes, perf_counter() - began)
        return outcomes

    def _admit(
        self, catalogue: Catalogue, requester: Requester, lookup: Lookup
    ) -> Admitted | Refusal:
        return admit(catalogue, requester, lookup, self._types[lookup.type].holders)

    async def _find(
        self,
        sources: RouteBook,
        requester: Requester,
        lookups: Sequence[Lookup],
        verdicts: Sequence[Admitted | Refusal],
    ) -> dict[int, Finding]:
        questions: dict[float, dict[int, Question]] = {}
        for number, (lookup, verdict) in enumerate(zip(lookups, verdicts, strict=True)):
            if isinstance(verdict, Admitted):
                group = questions.setdefault(lookup.terms.within or self._within, {})
                group[number] = self._question(sources, requester.unit, lookup, verdict)
        found = await asyncio.gather(
            *(
                self._router.find(list(group.values()), within)
                for within, group in questions.items()
            )
        )
        return {
            number: finding
            for group, findings in zip(questions.values(), found, strict=True)
            for number, finding in zip(group, findings, strict=True)
        }

    def _question(
        self, sources: RouteBook, unit: str, lookup: Lookup, admitted: Admitted
    ) -> Question:
        tiers = tiers_of(admitted.row, admitted.unit.kind)
        kind = self._types[lookup.type]
        return Question(
            key=(lookup.type, lookup.subject, lookup.purpose, lookup.terms.max_age),
            route=sources.route(lookup.type, tiers, lookup.subject),
            inquiry=inquiry_for(lookup, kind, admitted.unit, date_in_china(self._clock())),
            asker=Asker(unit, lookup.subject, kind.freshness, lookup.terms.max_age),
        )

    def _outcome(
        self,
        lookup: Lookup,
        verdict: Admitted | Refusal,
        finding: Finding | None,
        at: datetime,
        record_id: str,
    ) -> Outcome:
        if isinstance(verdict, Refusal):
            return Denied(lookup.type, verdict.rule, verdict.article, verdict.remedy, record_id)
        assert finding is not None, "every admitted lookup has been searched"
        if finding.holding is not None:
            return self._found(lookup, verdict, finding, at, record_id)
        steps = steps_after(verdict.row, lookup, self._types[lookup.type])
        if finding.silent or not finding.trail:
            return Unavailable(
                lookup.type, finding.trail, finding.silent, steps, record_id, finding.retry_after
            )
        return NotHeld(lookup.type, finding.trail, steps, record_id)

    def _found(
        self, lookup: Lookup, admitted: Admitted, finding: Finding, at: datetime, record_id: str
    ) -> Found:
        holding = finding.holding
        assert holding is not None, "only a search that found is found"
        wanted = frozenset(self._types[lookup.type].fields)
        if lookup.selected is not None:
            wanted &= lookup.selected
        disclosed = {
            name: holding.values.get(name) for name in wanted if name in admitted.row.granted
        }
        return Found(
            lookup.type,
            holding,
            disclosed,
            wanted - admitted.row.granted,
            finding.trail,
            holding.as_of or at,
            admitted.row.issuer_zh,
            admitted.row.legal_force_exception,
            record_id,
        )
