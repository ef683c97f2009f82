"""The record of one lookup: who asked what about whom, for which item, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime

from hub.catalogue.rows import CatalogueRow
from hub.evidence import Attempt, Denied, Found, Lookup, Outcome, Requester, Subject
from hub.trail.records import AttemptNote, DisclosureRecord, pseudonym

OUTCOME_NAMES = {
    "Found": "found",
    "NotHeld": "not_held",
    "Unavailable": "unavailable",
    "Denied": "denied",
}


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Names subjects in the records under the hub's secret, never by identifier."""

    secret: bytes = field(repr=False)

    def of(self, subject: Subject | None) -> str | None:
        """64 hex digits, the same for the same identifier; none for nobody."""
        return None if subject is None else pseudonym(self.secret, subject.identifier)


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
    found = outcome if isinstance(outcome, Found) else None
    trail = () if isinstance(outcome, Denied) else outcome.trail
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
        fields=tuple(sorted(found.disclosed)) if found else (),
        source=found.holding.source if found else None,
        outcome=OUTCOME_NAMES[type(outcome).__name__],
        rule=outcome.rule.value if isinstance(outcome, Denied) else None,
        attempts=tuple(_noted(attempt) for attempt in trail),
    )


def _noted(attempt: Attempt) -> AttemptNote:
    return {
        "source": attempt.source,
        "tier": attempt.tier.value,
        "said": attempt.said.value,
        "took_ms": round(attempt.took_ms, 3),
        "reason": attempt.reason,
    }
