"""Asks the issuer to verify (协助核实): admitted, on record, asked once."""

import secrets
from dataclasses import dataclass, replace
from time import perf_counter

from connectors.assisted_words import RequestView, StepRejected
from connectors.contract import ConnectorError
from hub.assisting.admission import admit_verification, fields_asked, promised_on
from hub.assisting.opening import Openings, Wanted, matter_of
from hub.assisting.premises import Premises
from hub.assisting.words import Ask, AssistedPlatform, CameOfAsking, Pending
from hub.assisting.writes import Writes, asked_otherwise
from hub.catalogue.admission import Admitted, Refusal
from hub.catalogue.rows import Catalogue, CatalogueRow
from hub.evidence import (
    ANSWERED,
    Attempt,
    DenialRule,
    Denied,
    Lookup,
    NotHeld,
    Outcome,
    Requester,
    Said,
    Step,
    Unavailable,
)
from hub.possible import steps_after
from hub.records import record_of
from hub.routing.search import again_in, said_by
from hub.trail.batches import alone
from hub.trail.intents import Opening

REPEAT = "Nothing is lost: send the same mutation again, which opens exactly one request"
NAMED_OTHERWISE = (
    "it was asked before with another name of the subject, and its answer got lost: send the same "
    "mutation again with the name as it was given first"
)
_NOT_DESIGNATED = frozenset({"wrong_role", "not_designated"})


@dataclass(frozen=True, slots=True)
class _Asked:
    """One ask, admitted by a row of a catalogue, with what was tried before."""

    requester: Requester
    ask: Ask
    request_id: str
    catalogue: Catalogue
    row: CatalogueRow | None
    trail: tuple[Attempt, ...]

    @property
    def lookup(self) -> Lookup:
        return self.ask.lookup


class Asking:
    """Asks issuers through the verification platform: admitted first, on record before it is asked."""

    def __init__(self, premises: Premises, writes: Writes) -> None:
        self._premises = premises
        self._openings = Openings(premises.intents, writes)

    async def ask(
        self, requester: Requester, ask: Ask, request_id: str, trail: tuple[Attempt, ...] = ()
    ) -> CameOfAsking:
        """Ask the issuer, unless a request about the same is open: then that one, as it stands.

        `trail` is what was tried before. Raises `WrongAsk` for what the caller can mend, and
        `RecordsUnavailable` where nothing can be put on record: then nothing is asked.
        """
        catalogue, lookup = self._premises.catalogue_in_force(), ask.lookup
        holders = self._premises.types[lookup.type].holders
        verdict = admit_verification(catalogue, requester, lookup, holders)
        if isinstance(verdict, Refusal):
            asked = _Asked(requester, ask, request_id, catalogue, None, trail)
            return await self._on_record(asked, _denied(lookup, verdict))
        asked = _Asked(requester, ask, request_id, catalogue, verdict.row, trail)
        opening = self._opening(asked, verdict)
        return await self._on_record(asked, await self._opened(asked, verdict.row, opening))

    async def pursue(
        self,
        requester: Requester,
        ask: Ask,
        outcome: Outcome,
        request_id: str,
        *,
        also_when_silent: bool = False,
    ) -> Outcome | Pending:
        """Ask the issuer where a lookup's outcome leaves it open; else the outcome as it is.

        Silence is not absence: after `Unavailable` the issuer is asked only `also_when_silent`.
        """
        if not isinstance(outcome, NotHeld | Unavailable):
            return outcome
        told_to = isinstance(outcome, NotHeld) or also_when_silent
        if not told_to or Step.VERIFICATION not in outcome.next:
            return outcome
        return await self.ask(requester, ask, request_id, outcome.trail)

    def _opening(self, asked: _Asked, admitted: Admitted) -> Opening:
        lookup, row, ask = asked.lookup, admitted.row, asked.ask
        item = asked.catalogue.items[row.unit, row.item]
        subject = self._premises.pseudonyms.of(lookup.subject) or ""
        return Opening(
            matter=matter_of(asked.requester.unit, lookup.purpose.case, lookup.type, subject),
            turn=0,
            certificate=lookup.type,
            item=row.item,
            case=lookup.purpose.case,
            subject=subject,
            catalogue=asked.catalogue.version.id,
            row=row.number,
            fields=fields_asked(row, self._premises.types[lookup.type].fields, ask.fields),
            immediate=item.immediate,
            promised=promised_on(item, ask.accepted_on, self._premises.calendar),
            issuer=ask.issuer,
            client_key=ask.key,
        )

    async def _opened(self, asked: _Asked, row: CatalogueRow, opening: Opening) -> CameOfAsking:
        lookup, record = asked.lookup, secrets.token_hex(12)
        steps = steps_after(row, lookup, self._premises.types[lookup.type])
        platform = self._premises.declared_platform()
        if platform is None:
            left = tuple(step for step in steps if step is not Step.VERIFICATION) or (Step.BRING,)
            return Unavailable(lookup.type, asked.trail, _silent(asked.trail), left, record)
        began = perf_counter()
        came = await self._submitted(platform, asked, opening)
        if isinstance(came, RequestView):
            return Pending(lookup.type, came, asked.trail, record)
        if isinstance(came, StepRejected) and came.reason in _NOT_DESIGNATED:
            return _not_designated(lookup, came, record)
        attempt = _attempt(platform, came, (perf_counter() - began) * 1000)
        trail = (*asked.trail, attempt)
        return Unavailable(lookup.type, trail, _silent(trail), steps, record, attempt.again_in)

    async def _submitted(
        self, platform: AssistedPlatform, asked: _Asked, opening: Opening
    ) -> RequestView | StepRejected | ConnectorError:
        person, subject = asked.lookup.purpose.operator, asked.lookup.subject
        try:
            return await self._openings.open(
                platform, Wanted(asked.requester, person, subject, opening)
            )
        except ConnectorError as trouble:
            return trouble

    async def _on_record(self, asked: _Asked, came: CameOfAsking) -> CameOfAsking:
        shown: Outcome = (
            NotHeld(came.type, came.trail, (), came.record) if isinstance(came, Pending) else came
        )
        record = record_of(
            asked.requester,
            asked.lookup,
            asked.catalogue.version.id,
            asked.row,
            shown,
            asked.request_id,
            self._premises.clock(),
            self._premises.pseudonyms,
        )
        if isinstance(came, Pending):
            record = replace(record, outcome="pending", source=self._premises.platform.name)
        await self._premises.trail.record(alone(record))
        return came


def _denied(lookup: Lookup, refusal: Refusal) -> Denied:
    record = secrets.token_hex(12)
    return Denied(lookup.type, refusal.rule, refusal.article, refusal.remedy, record)


def _not_designated(lookup: Lookup, came: StepRejected, record: str) -> Denied:
    remedy = f"The verification platform (核查平台) says: {came.message}"
    article = "Articles 14(2) and 17(1)"
    return Denied(lookup.type, DenialRule.UNKNOWN_OPERATOR, article, remedy, record)


def _attempt(
    platform: AssistedPlatform, came: StepRejected | ConnectorError, took_ms: float
) -> Attempt:
    """Why the platform did not take a request, and that asking again is harmless."""
    if isinstance(came, StepRejected) and asked_otherwise(came):
        return Attempt(platform.name, platform.tier, Said.REFUSED, took_ms, NAMED_OTHERWISE)
    if isinstance(came, StepRejected):
        return Attempt(platform.name, platform.tier, Said.REFUSED, took_ms, came.message)
    reason = f"{came}. {REPEAT}"
    return Attempt(
        platform.name,
        platform.tier,
        said_by(came),
        took_ms,
        reason,
        again_in=again_in(came),
    )


def _silent(trail: tuple[Attempt, ...]) -> tuple[str, ...]:
    return tuple(one.source for one in trail if one.said not in ANSWERED)
