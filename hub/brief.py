"""What is the same for all lookups of a unit that differ only in subject and case, found out once."""

from collections.abc import Hashable, Mapping
from datetime import date, datetime

from hub.catalogue.admission import Admitted, Refusal, admit_unit, operator_barred
from hub.catalogue.rows import Catalogue
from hub.declarations.words import CertificateType
from hub.evidence import Found, Lookup, NotHeld, Outcome, Requester, Step, Unavailable
from hub.possible import steps_after
from hub.routing.inquiry import Inquiries
from hub.routing.kept import Asker
from hub.routing.route import RouteBook, tiers_of
from hub.routing.search import Search

_BRIEFS = 4096
"""More than there are of rows, kinds of subject and selections that are in use at a time."""


class Brief:
    """How lookups like one that was admitted are searched for and answered.

    `like` it are those of the same unit, item, type, selection and kind of subject.
    """

    __slots__ = (
        "_declared",
        "_inquiries",
        "_is_kept",
        "_routes",
        "_shown",
        "_steps",
        "_unit",
        "_withheld",
        "row",
    )

    def __init__(
        self,
        admitted: Admitted,
        like: Lookup,
        declared: CertificateType,
        sources: RouteBook,
        today: date,
    ) -> None:
        self.row, unit = admitted.row, admitted.unit
        self._unit = unit.code
        self._declared = declared
        self._is_kept = declared.freshness.held > 0
        self._routes = sources.routes(declared.name, tiers_of(self.row, unit.kind))
        self._inquiries = Inquiries(declared, unit, today)
        wanted = frozenset(declared.fields)
        if like.selected is not None:
            wanted &= like.selected
        self._shown = tuple(wanted & self.row.granted)
        self._withheld = wanted - self.row.granted
        self._steps: dict[tuple[bool, bool], tuple[Step, ...]] = {}

    def search(self, lookup: Lookup, number: int) -> Search:
        """What is asked about a subject, of whom, and for whom.

        `number` tells those of the same purpose, type and age from others.
        """
        subject = lookup.subject
        inquiry = self._inquiries.about(subject, lookup.purpose)
        asker = self._asker(lookup) if self._is_kept else None
        return Search((number, inquiry.key), self._routes.of(subject), inquiry, asker)

    def _asker(self, lookup: Lookup) -> Asker:
        freshness, applicant = self._declared.freshness, lookup.purpose.applicant
        return Asker(self._unit, lookup.subject, freshness, lookup.terms.max_age, applicant)

    def outcome(self, lookup: Lookup, ended: Search, at: datetime, record: str) -> Outcome:
        """What became of one of the lookups."""
        holding, trail = ended.holding, ended.trail
        if holding is not None:
            values = holding.values
            return Found(
                lookup.type,
                holding,
                {name: values.get(name) for name in self._shown},
                self._withheld,
                trail,
                holding.as_of or at,
                self.row.issuer_zh,
                self.row.legal_force_exception,
                record,
            )
        steps, silent = self._next(lookup), ended.silent
        if silent or not trail:
            return Unavailable(lookup.type, trail, silent, steps, record, ended.retry_after)
        return NotHeld(lookup.type, trail, steps, record)

    def _next(self, lookup: Lookup) -> tuple[Step, ...]:
        """What is still possible, which differs for agents, for the applicant and for others."""
        applicant = lookup.purpose.applicant
        own = applicant is None or applicant.identifier == lookup.subject.identifier
        who = own, lookup.purpose.acting_for is None
        steps = self._steps.get(who)
        if steps is None:
            steps = self._steps[who] = steps_after(self.row, lookup, self._declared)
        return steps


class Briefs:
    """The briefs of one catalogue, some sources and one day; who may not look up has none."""

    def __init__(
        self,
        types: Mapping[str, CertificateType],
        catalogue: Catalogue,
        sources: RouteBook,
        today: date,
    ) -> None:
        self.catalogue = catalogue
        self._sources = sources
        self._today = today
        self._types = types
        self._known: dict[Hashable, Brief] = {}

    def __len__(self) -> int:
        return len(self._known)

    def are_of(self, catalogue: Catalogue, sources: RouteBook, today: date) -> bool:
        """Whether they are of these very ones."""
        return catalogue is self.catalogue and sources is self._sources and today == self._today

    def of(self, requester: Requester, lookup: Lookup) -> Brief | Refusal:
        """The brief of a lookup, or the first rule against it; the operator is the key's own affair."""
        barred = operator_barred(requester, lookup)
        if barred is not None:
            return barred
        item, kind = lookup.purpose.item, lookup.subject.kind
        like = requester.unit, item, lookup.type, kind, lookup.selected
        return self._known.get(like) or self._made(like, requester.unit, lookup)

    def _made(self, like: Hashable, unit: str, lookup: Lookup) -> Brief | Refusal:
        declared = self._types[lookup.type]
        verdict = admit_unit(self.catalogue, unit, lookup, declared.holders)
        if isinstance(verdict, Refusal):
            return verdict
        if len(self._known) == _BRIEFS:  # somebody selects ever something else
            self._known.clear()
        brief = Brief(verdict, lookup, declared, self._sources, self._today)
        self._known[like] = brief
        return brief


def is_plainly_like(lookup: Lookup, other: Lookup) -> bool:
    """Whether they differ only in their subject, by a look that costs nothing; they may all the same."""
    return (
        lookup.purpose is other.purpose
        and lookup.selected is other.selected
        and lookup.terms is other.terms
        and lookup.type == other.type
        and lookup.subject.kind is other.subject.kind
    )
