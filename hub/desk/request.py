"""A verification request: one frozen value that carries its whole history."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.desk.clocks import Due
from hub.desk.doubts import Objection, Review
from hub.desk.events import Event, Issue
from hub.desk.findings import Delivery, Draft, SealMark
from hub.desk.words import (
    ENDS,
    WITH_ISSUER,
    Actor,
    Clarification,
    Hop,
    Incident,
    Officer,
    Overdue,
    State,
    Wanted,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a history: when, by whom in which roles, what, and where it led."""

    at: datetime
    by: Actor
    event: Event | Issue
    state: State


@dataclass(frozen=True, slots=True)
class VerificationRequest:
    """A request for assisted verification (协助核实) from one unit to the legal issuer.

    `due` stands from the first delivery on and never changes. `holder` is the unit that has to
    answer now, `verifier` its person. A draft is there while it is made or sealed, a mark while it
    is sealed.
    """

    id: str
    wanted: Wanted
    requester: Officer
    holder: str
    issued_at: datetime
    state: State = State.ISSUED
    due: Due | None = None
    verifier: str | None = None
    draft: Draft | None = None
    mark: SealMark | None = None
    deliveries: tuple[Delivery, ...] = ()
    clarifications: tuple[Clarification, ...] = ()
    hops: tuple[Hop, ...] = ()
    incidents: tuple[Incident, ...] = ()
    overdue: Overdue | None = None
    objections: tuple[Objection, ...] = ()
    review: Review | None = None
    history: tuple[Entry, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether it came to its end: answered and closed, or withdrawn by the requester."""
        return self.state in ENDS

    @property
    def running(self) -> bool:
        """Whether the law's clock runs."""
        return self.state in WITH_ISSUER

    @property
    def received(self) -> datetime | None:
        """When the first issuer's system got it; forwarding changes nothing about that."""
        return self.due.received if self.due else None

    @property
    def holders(self) -> frozenset[str]:
        """Every unit that had or has it."""
        return frozenset({self.holder, *(hop.origin for hop in self.hops)})

    @property
    def outstanding(self) -> frozenset[str]:
        """The fields nothing has been sent about yet."""
        return self.wanted.fields.difference(*(each.draft.fields for each in self.deliveries))

    @property
    def question(self) -> Clarification | None:
        """The open question to the requester, if there is one; it is always the last."""
        last = self.clarifications[-1] if self.clarifications else None
        return last if last and last.ended_at is None else None

    @property
    def objection(self) -> Objection | None:
        """The objection that is under review, if there is one; it is always the last."""
        last = self.objections[-1] if self.objections else None
        return last if last and last.ending is None else None

    def delivery(self, number: int) -> Delivery | None:
        """The delivery of that number."""
        return next((each for each in self.deliveries if each.number == number), None)

    def waited_for_requester(self, now: datetime) -> timedelta:
        """How long questions to the requester stood open: time that isn't the issuer's."""
        waits = ((each.ended_at or now) - each.asked_at for each in self.clarifications)
        return sum(waits, timedelta(0))

    def explanation_asked(self, now: datetime) -> bool:
        """Whether the issuer owes a reason for its delay, or another as its estimate passed too."""
        if self.overdue is None:
            return False
        if not self.overdue.explanations:
            return True
        estimate = self.overdue.explanations[-1].estimate
        return self.running and estimate is not None and estimate < now
