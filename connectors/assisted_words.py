"""The words of assisted verification (协助核实): what is asked of a platform, and what it tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from connectors.assisted_parts import (
    AskedPurpose,
    AskedSubject,
    Clarification,
    DeliveryView,
    Draft,
    Due,
    Hop,
    Incident,
    Moment,
    ObjectionView,
    Officer,
    Overdue,
    RequestState,
    SubjectKind,
    Word,
)
from connectors.contract import Refused


@dataclass(frozen=True, slots=True)
class Submission:
    """A request to be opened: who asks the issuer to verify which fields of whose certificate.

    `immediate` and `promised` come from the catalogue and the case; `issuer` may be left out where
    only one unit issues the certificate.
    """

    by: Officer
    certificate: str
    fields: tuple[str, ...]
    subject_kind: SubjectKind
    subject_id: str = field(repr=False)
    subject_name: str | None = field(repr=False)
    item: str
    case: str = field(repr=False)
    immediate: bool
    promised: date | None = None
    issuer: str | None = None

    def body(self) -> Mapping[str, object]:
        """The body of the call."""
        return _given(
            by=self.by,
            certificateType=self.certificate,
            fields=self.fields,
            subject=_subject(self.subject_kind, self.subject_id, self.subject_name),
            purpose={"item": self.item, "case": self.case},
            immediate=self.immediate,
            promised=self.promised,
            issuer=self.issuer,
        )


@dataclass(frozen=True, slots=True)
class Extraction:
    """Proofs to be had: of one request's deliveries, or else whatever is held about the subject.

    Without a `delivery`, all deliveries of the `request` that are in force. The endorsement (背书)
    names the item as `item_name` says, which only who holds the catalogue may.
    """

    by: Officer
    certificate: str
    subject_kind: SubjectKind
    subject_id: str = field(repr=False)
    subject_name: str | None = field(repr=False)
    item: str
    case: str = field(repr=False)
    item_name: str | None = None
    request: str | None = None
    delivery: int | None = None

    def body(self) -> Mapping[str, object]:
        """The body of the call."""
        return _given(
            by=self.by,
            certificateType=self.certificate,
            subject=_subject(self.subject_kind, self.subject_id, self.subject_name),
            purpose=_given(item=self.item, case=self.case, itemName=self.item_name),
            request=self.request,
            delivery=self.delivery,
        )


@dataclass(frozen=True, slots=True)
class StepRejected:
    """The platform says why this can't be done, now or by this person; nothing was changed.

    `reason` is its code where it gives one, `message` its words with the remedy.
    """

    status: int
    reason: str | None
    message: str = field(repr=False)


class RequestView(Word, frozen=True):
    """A request as one of its units sees it, all but its history; a draft only its holder sees.

    `issuer` is who holds it now, `time_left` the seconds until it is due (below zero when late,
    `None` where the clock doesn't run), `version` counts its steps.
    """

    shown = ("id", "state", "version")

    id: str
    state: RequestState
    certificate_type: str
    fields: tuple[str, ...]
    outstanding: tuple[str, ...]
    subject: AskedSubject
    purpose: AskedPurpose
    requester: Officer
    issuer: str
    verifier: str | None
    issued_at: Moment
    due: Due | None
    time_left: float | None
    waited_for_requester: float
    overdue: Overdue | None
    draft: Draft | None
    deliveries: tuple[DeliveryView, ...]
    clarifications: tuple[Clarification, ...]
    hops: tuple[Hop, ...]
    incidents: tuple[Incident, ...]
    objections: tuple[ObjectionView, ...]
    review_of: str | None
    version: int


class EntryView(Word, frozen=True):
    """One step of a request's history; `by` nobody where the platform itself took it."""

    shown = ("at", "event", "state")

    at: Moment
    by: Officer | None
    event: str
    state: RequestState


class PageView(Word, frozen=True):
    """Part of an inbox or outbox; `next` is the cursor of the part after it."""

    shown = ("requests",)

    requests: tuple[RequestView, ...]
    next: str | None


class ReminderView(Word, frozen=True):
    """Something a unit was told: reminder, escalation or recall; no unit where it is supervision."""

    shown = ("request", "kind", "said_at")

    request: str
    kind: str
    at: Moment
    said_at: Moment
    unit: str | None
    role: str
    person: str | None
    reference: str | None


class SealKind(StrEnum):
    """Under which seal a proof is: 共享信息专用章 or 核实信息专用章."""

    SHARING = "sharing"
    VERIFICATION = "verification"


@dataclass(frozen=True, slots=True)
class SealedProof:
    """A sealed document, its machine-readable twin, and the ledger record of its seal.

    `request` and `delivery` say which answer it is of, where it is of one.
    """

    document_number: str
    kind: SealKind
    pdf: bytes = field(repr=False)
    twin: bytes = field(repr=False)
    seal: bytes = field(repr=False)
    sealed_at: datetime
    extracted_at: datetime
    valid_until: datetime
    request: str | None
    delivery: int | None


@dataclass(frozen=True, slots=True)
class SealOnDocument:
    """The ledger record of a seal with its use on one document, and whether that was recalled."""

    ledger: bytes = field(repr=False)
    recalled: bool


class ChangeKind(StrEnum):
    """What a change tells: a step was taken, a reminder was said, a proof was recalled."""

    STEP = "step"
    REMINDER = "reminder"
    RECALL = "recall"


class Receiver(Word, frozen=True):
    """A unit that got a proof, and the reference under which it did."""

    shown = ("unit",)

    unit: str
    reference: str


class Change(Word, frozen=True):
    """One committed change of a request, told exactly once, in the order of `sequence`.

    `event` is the step's, or the kind of reminder; `former_holder` is set where the request moved
    on, `receivers` where a proof is recalled.
    """

    shown = ("sequence", "kind", "request", "event", "state")

    sequence: int
    at: Moment
    kind: ChangeKind
    request: str
    version: int
    event: str
    state: RequestState
    certificate_type: str
    requester: str
    holder: str
    former_holder: str | None
    receivers: tuple[Receiver, ...]


class Changes(Word, frozen=True):
    """Changes in ascending order, and the sequence to ask after next."""

    shown = ("changes", "last")

    changes: tuple[Change, ...]
    last: int


class ChangesLost(Refused):
    """The platform doesn't know the change asked after: start again at its present end."""


def _subject(kind: SubjectKind, identifier: str, name: str | None) -> Mapping[str, object]:
    return _given(kind=kind, id=identifier, name=name)


def _given(**parts: object) -> Mapping[str, object]:
    """The parts that are given at all."""
    return {name: part for name, part in parts.items() if part is not None}
