"""The records of lookups: who asked what about whom, for which item, and what became of it."""

from collections.abc import Coroutine, Iterable, Sequence
from datetime import datetime

from hub.catalogue.rows import CatalogueRow
from hub.evidence import (
    Attempt,
    Denied,
    Found,
    Lookup,
    NotHeld,
    Outcome,
    Purpose,
    Requester,
    Subject,
    Unavailable,
)
from hub.trail.batches import DisclosureBatch, Entry, batched
from hub.trail.pseudonyms import Keyed
from hub.trail.records import AttemptNote, DisclosureRecord
from hub.trail.writer import Trail

OUTCOME_NAMES = {
    Found: "found",
    NotHeld: "not_held",
    Unavailable: "unavailable",
    Denied: "denied",
}
_Came = tuple[tuple[str, ...], str | None, str, str | None, tuple[Attempt, ...]]
"""What became of a lookup: fields handed over, their source, outcome, rule, sources tried."""
_Told = tuple[Purpose, str, int | None, _Came]
"""What lookups of one entry have in common: purpose, certificate, row and what became of them."""
_Entry = tuple[_Told, list[tuple[int, str]]]
"""That, and whom each of them was about, by its number in the batch."""


class Pseudonyms:
    """Names subjects in the records under the hub's secret, never by identifier."""

    __slots__ = ("_keyed",)

    def __init__(self, secret: bytes) -> None:
        self._keyed = Keyed(secret)

    def of(self, subject: Subject | None) -> str | None:
        """64 hex digits, the same for the same identifier; none for nobody."""
        return None if subject is None else self._keyed.pseudonym(subject.identifier)

    def of_each(self, lookups: Sequence[Lookup]) -> list[str]:
        """The pseudonym of each subject, in order."""
        return self._keyed.pseudonyms([lookup.subject.identifier for lookup in lookups])


class Records:
    """Keeps what is disclosed: once that returns, it may leave."""

    def __init__(self, trail: Trail, pseudonyms: Pseudonyms) -> None:
        self._trail = trail
        self._pseudonyms = pseudonyms

    def keep(
        self,
        requester: Requester,
        lookups: Sequence[Lookup],
        catalogue: int,
        rows: Sequence[CatalogueRow | None],
        outcomes: Sequence[Outcome],
        request_id: str,
        batch_id: str,
        at: datetime,
    ) -> Coroutine[object, object, None]:
        """Return, once awaited, when every lookup of a call is durably on record; see `batch_of`.

        Raises `RecordsUnavailable` where that can't be, and `UnrecordableText`.
        """
        return self._trail.record(
            batch_of(
                requester,
                lookups,
                catalogue,
                rows,
                outcomes,
                request_id,
                batch_id,
                at,
                self._pseudonyms,
            )
        )


def batch_of(
    requester: Requester,
    lookups: Sequence[Lookup],
    catalogue: int,
    rows: Sequence[CatalogueRow | None],
    outcomes: Sequence[Outcome],
    request_id: str,
    batch_id: str,
    at: datetime,
    pseudonyms: Pseudonyms,
) -> DisclosureBatch:
    """The records of all lookups of one call, in order, as one batch.

    `catalogue` is the version's id, `rows` the ones that admitted them. Raises `UnrecordableText`.
    """
    told: list[_Entry] = []
    names = enumerate(pseudonyms.of_each(lookups))
    same: _Told | None = None
    for named, lookup, row, outcome in zip(names, lookups, rows, outcomes, strict=True):
        facts = lookup.purpose, lookup.type, row.number if row else None, _came(outcome)
        if facts != same:  # neighbours are mostly made of the very same objects
            same = facts
            about: list[tuple[int, str]] = []
            told.append((facts, about))
        about.append(named)
    if len(told) > 1:
        told = _merged(told)
    entries = [_entry(*facts, subjects, pseudonyms) for facts, subjects in told]
    return batched(
        batch_id,
        request_id,
        at,
        requester.key,
        requester.unit,
        catalogue,
        len(lookups),
        entries,
    )


def _merged(told: Iterable[_Entry]) -> list[_Entry]:
    """One entry for all that are told alike, not only for neighbours."""
    merged: dict[_Told, list[tuple[int, str]]] = {}
    for facts, subjects in told:
        merged.setdefault(facts, []).extend(subjects)
    return list(merged.items())


def record_of(
    requester: Requester,
    lookup: Lookup,
    catalogue: int,
    row: CatalogueRow | None,
    outcome: Outcome,
    request_id: str,
    at: datetime,
    pseudonyms: Pseudonyms,
) -> DisclosureRecord:
    """The record of one outcome; `catalogue` is the version's id, `row` the one that admitted it."""
    purpose = lookup.purpose
    fields, source, name, rule, trail = _came(outcome)
    return DisclosureRecord(
        id=outcome.record,
        request_id=request_id,
        at=at,
        key=requester.key,
        unit=requester.unit,
        operator=purpose.operator,
        item=purpose.item,
        case=purpose.case,
        subject=pseudonyms.of(lookup.subject) or "",
        applicant=pseudonyms.of(purpose.applicant),
        acting_for=pseudonyms.of(purpose.acting_for),
        certificate=lookup.type,
        catalogue=catalogue,
        row=row.number if row else None,
        fields=tuple(sorted(fields)),
        source=source,
        outcome=name,
        rule=rule,
        attempts=tuple(map(_noted, trail)),
    )


def _came(outcome: Outcome) -> _Came:
    name = OUTCOME_NAMES[type(outcome)]
    if isinstance(outcome, Found):
        return tuple(outcome.disclosed), outcome.holding.source, name, None, outcome.trail
    if isinstance(outcome, Denied):
        return (), None, name, outcome.rule.value, ()
    return (), None, name, None, outcome.trail


def _entry(
    purpose: Purpose,
    certificate: str,
    row: int | None,
    came: _Came,
    subjects: Sequence[tuple[int, str]],
    pseudonyms: Pseudonyms,
) -> Entry:
    fields, source, name, rule, trail = came
    return Entry(
        operator=purpose.operator,
        item=purpose.item,
        case=purpose.case,
        applicant=pseudonyms.of(purpose.applicant),
        acting_for=pseudonyms.of(purpose.acting_for),
        certificate=certificate,
        row=row,
        fields=tuple(sorted(fields)),
        source=source,
        outcome=name,
        rule=rule,
        attempts=tuple(map(_noted, trail)),
        subjects=subjects,
    )


def _noted(attempt: Attempt) -> AttemptNote:
    return {
        "source": attempt.source,
        "tier": attempt.tier,
        "said": attempt.said,
        "took_ms": round(attempt.took_ms, 3),
        "reason": attempt.reason,
    }
