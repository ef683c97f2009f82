"""What a request of assisted verification is made of, as a verification platform tells it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta, Struct, field

Moment = Annotated[datetime, Meta(tz=True)]
Told = str | int | bool | tuple[str, ...] | None
"""A verified value as JSON has it: dates as ISO texts, decimals as texts."""


class Word(Struct, frozen=True, rename="camel"):
    """A word of the platform's, camelCase on the wire; only what `shown` names is in its repr."""

    shown: ClassVar[tuple[str, ...]] = ()

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({inside})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [(name, getattr(self, name)) for name in self.shown]


class RequestState(StrEnum):
    """Where a request is; only `CLOSED` and `CANCELLED` are ends, and neither is a refusal."""

    ISSUED = "issued"
    DELIVERED = "delivered"
    CLAIMED = "claimed"
    IN_VERIFICATION = "in_verification"
    MADE = "made"
    SEALED = "sealed"
    SENT = "sent"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class SubjectKind(StrEnum):
    """Whom a request is about."""

    PERSON = "person"
    ORGANISATION = "organisation"


class DueRule(StrEnum):
    """Which sentence of Article 14 set the deadline."""

    HALF_HOUR = "half_hour"
    TWENTY_FOUR_HOURS = "twenty_four_hours"
    DAY_BEFORE_PROMISE = "day_before_promise"


class QuestionKind(StrEnum):
    """What the issuer needs to know."""

    DETAIL = "detail"
    AMBIGUOUS_SUBJECT = "ambiguous_subject"


class Ending(StrEnum):
    """How an objection ended."""

    UPHELD = "upheld"
    CORRECTED = "corrected"


class Officer(Word, frozen=True):
    """One named member (经办人) of a unit, as the platform's registry names them."""

    shown = ("unit",)

    unit: str
    name: str


class AskedSubject(Word, frozen=True):
    """Whom it is about."""

    shown = ("kind",)

    kind: SubjectKind
    id: str
    name: str | None


class AskedPurpose(Word, frozen=True):
    """The item (事项) and the case (办件) it is for."""

    shown = ("item",)

    item: str
    case: str


class Due(Word, frozen=True):
    """When the answer is due; `estimated` where the working-day calendar isn't published yet.

    `infeasible`: due before it was received, so that nobody can keep it.
    """

    shown = ("at", "rule")

    received_at: Moment
    at: Moment
    rule: DueRule
    estimated: bool
    infeasible: bool


class Explanation(Word, frozen=True):
    """Why an answer is late, and when it is to come."""

    shown = ("at",)

    by: Officer
    at: Moment
    reason: str
    estimate: Moment | None


class Overdue(Word, frozen=True):
    """The deadline passed without an answer."""

    shown = ("since",)

    since: Moment
    explanation_asked: bool
    explanations: tuple[Explanation, ...]


class Verified(Word, frozen=True):
    """The issuer verified these fields; `None` where its record leaves one open."""

    values: Mapping[str, Told]


class NoRecord(Word, frozen=True):
    """The issuer searched and has no such record (查无记录)."""

    searched: str


class Ambiguous(Word, frozen=True):
    """Several subjects fit, and the requester was asked which one is meant."""

    candidates: int


class Findings(Word, frozen=True):
    """Exactly one of three kinds of answer; `answer` is that one."""

    verified: Mapping[str, Told] | None = None
    no_record: NoRecord | None = None
    ambiguous: Ambiguous | None = None

    def __post_init__(self) -> None:
        given = (self.verified, self.no_record, self.ambiguous)
        if sum(each is not None for each in given) != 1:
            raise ValueError("findings are one of verified, noRecord, ambiguous")

    @property
    def answer(self) -> Verified | NoRecord | Ambiguous:
        """The one that was given."""
        if self.verified is not None:
            return Verified(self.verified)
        answer = self.no_record or self.ambiguous
        assert answer is not None
        return answer


class Draft(Word, frozen=True):
    """What the verifier made, before it is sealed: findings on these fields."""

    shown = ("fields", "made_at")

    findings: Findings
    fields: tuple[str, ...]
    made_by: Officer
    made_at: Moment


class DeliveryView(Word, frozen=True):
    """One sealed answer that was sent; a request has several where it came in parts.

    `document` is the sealed document's digest, `recalled_by` the review that corrected it.
    """

    shown = ("number", "sent_at")

    number: int
    findings: Findings
    fields: tuple[str, ...]
    made_by: Officer
    made_at: Moment
    seal: str
    document: str
    sealed_by: Officer
    sealed_at: Moment
    sent_at: Moment
    confirmed_at: Moment | None
    recalled_by: str | None


class Clarification(Word, frozen=True):
    """A question to the requester; ended without an answer, it lapsed."""

    shown = ("kind", "asked_at", "ended_at")

    kind: QuestionKind
    question: str
    asked_by: Officer
    asked_at: Moment
    ended_at: Moment | None
    answer: str | None


class Hop(Word, frozen=True):
    """The request moved on to the issuer that really keeps the record."""

    shown = ("origin", "to", "at")

    origin: str = field(name="from")
    to: str
    by: Officer
    at: Moment
    reason: str


class Incident(Word, frozen=True):
    """Somebody tried to decline, which Article 16 forbids; the request stays open."""

    shown = ("at", "article")

    by: Officer
    at: Moment
    said: str
    article: str


class ObjectionView(Word, frozen=True):
    """The applicant doubts a delivery (Article 13); `review` is the request that verifies afresh."""

    shown = ("delivery", "review", "ending")

    delivery: int
    grounds: str
    by: Officer
    at: Moment
    review: str
    ending: Ending | None
