"""What is the same for all lookups that differ only in their subject, found out once."""

from datetime import date, datetime

from hub.catalogue.admission import Admitted
from hub.declarations.words import CertificateType
from hub.evidence import Found, Lookup, NotHeld, Outcome, Step, Subject, Unavailable
from hub.possible import steps_after
from hub.routing.inquiry import Inquiries
from hub.routing.kept import Asker
from hub.routing.route import RouteBook, tiers_of
from hub.routing.search import Finding, Question


class Brief:
    """How lookups like one that was admitted are asked and answered.

    `like` them are those of the same type, purpose, terms, selection and kind of subject; `number`
    tells questions of this type, purpose and age from others.
    """

    __slots__ = (
        "_declared",
        "_inquiries",
        "_like",
        "_number",
        "_routes",
        "_shown",
        "_steps",
        "_withheld",
        "row",
        "unit",
    )

    def __init__(
        self,
        admitted: Admitted,
        like: Lookup,
        number: int,
        declared: CertificateType,
        sources: RouteBook,
        today: date,
    ) -> None:
        self.row, unit = admitted.row, admitted.unit
        self.unit = unit.code
        self._like = like
        self._number = number
        self._declared = declared
        self._routes = sources.routes(like.type, tiers_of(self.row, unit.kind))
        self._inquiries = Inquiries(like.purpose, declared, unit, today)
        wanted = frozenset(declared.fields)
        if like.selected is not None:
            wanted &= like.selected
        self._shown = tuple(wanted & self.row.granted)
        self._withheld = wanted - self.row.granted
        self._steps: dict[bool, tuple[Step, ...]] = {}

    def question(self, subject: Subject) -> Question:
        """What is asked about a subject, of whom, and for whom."""
        inquiry = self._inquiries.about(subject)
        freshness, max_age = self._declared.freshness, self._like.terms.max_age
        return Question(
            (self._number, inquiry.key),
            self._routes.of(subject),
            inquiry,
            Asker(self.unit, subject, freshness, max_age, self._like.purpose.applicant),
        )

    def outcome(self, lookup: Lookup, finding: Finding, at: datetime, record: str) -> Outcome:
        """What became of one of the lookups."""
        holding, type_ = finding.holding, self._like.type
        if holding is not None:
            values = holding.values
            return Found(
                type_,
                holding,
                {name: values.get(name) for name in self._shown},
                self._withheld,
                finding.trail,
                holding.as_of or at,
                self.row.issuer_zh,
                self.row.legal_force_exception,
                record,
            )
        steps, trail, silent = self._next(lookup), finding.trail, finding.silent
        if silent or not trail:
            return Unavailable(type_, trail, silent, steps, record, finding.retry_after)
        return NotHeld(type_, trail, steps, record)

    def _next(self, lookup: Lookup) -> tuple[Step, ...]:
        """What is still possible, which among these differs for the applicant and for others."""
        applicant = lookup.purpose.applicant
        own = applicant is None or applicant.identifier == lookup.subject.identifier
        if own not in self._steps:
            self._steps[own] = steps_after(self.row, lookup, self._declared)
        return self._steps[own]


def is_plainly_like(lookup: Lookup, other: Lookup) -> bool:
    """Whether they differ only in their subject, by a look that costs nothing; they may all the same."""
    return (
        lookup.purpose is other.purpose
        and lookup.selected is other.selected
        and lookup.terms is other.terms
        and lookup.type == other.type
        and lookup.subject.kind is other.subject.kind
    )
