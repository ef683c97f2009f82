"""The words of the desk: who acts, what is asked, what is said under seal, what went wrong."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from hub.evidence import Purpose, Subject


class Role(StrEnum):
    """What a person is designated for in a unit (Article 17)."""

    OPERATOR = "operator"  # 操作人员: asks, answers questions, confirms, objects
    VERIFIER = "verifier"  # 核查人员: verifies and makes the proof
    SEAL_KEEPER = "seal_keeper"  # 印章管理人员: checks it and sets the seal
    COORDINATOR = "coordinator"  # 管理责任人员: reassigns, forwards, explains
    SUPERVISOR = "supervisor"  # 监督检查人员: urges, whatever the unit
    PLATFORM = "platform"  # the desk itself, never a person


@dataclass(frozen=True, slots=True)
class Officer:
    """One person of one unit; names need to differ inside a unit only."""

    unit: str
    name: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with the roles the registry gave them; never taken from what a client says."""

    unit: str
    name: str
    roles: frozenset[Role]

    def __post_init__(self) -> None:
        if Role.PLATFORM in self.roles and (self.unit or len(self.roles) > 1):
            raise ValueError("the platform's role belongs to no unit and goes with no other role")

    @property
    def officer(self) -> Officer:
        """The person without their roles."""
        return Officer(self.unit, self.name)


PLATFORM = Actor("", "platform", frozenset({Role.PLATFORM}))


class State(StrEnum):
    """Where a request is; only `CLOSED` and `CANCELLED` are ends, and neither is a refusal."""

    ISSUED = "issued"
    DELIVERED = "delivered"  # it entered the issuer's system: the clock runs
    CLAIMED = "claimed"  # a named verifier has it
    IN_VERIFICATION = "in_verification"
    MADE = "made"
    SEALED = "sealed"
    SENT = "sent"  # all of it: the clock stands
    RECEIVED = "received"  # the requester confirmed that it arrived
    CLOSED = "closed"
    CANCELLED = "cancelled"  # the requester withdrew the case


WITH_ISSUER = (
    State.DELIVERED,
    State.CLAIMED,
    State.IN_VERIFICATION,
    State.MADE,
    State.SEALED,
)
"""The states in which the clock runs."""

ENDS = (State.CLOSED, State.CANCELLED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be verified: these fields of a certificate of a subject, for a purpose.

    `immediate` and `promised` (承诺时限) come from the catalogue and the case, never from a client.
    """

    certificate: str
    subject: Subject
    purpose: Purpose
    fields: frozenset[str]
    immediate: bool
    promised: date | None = None

    def __post_init__(self) -> None:
        if not self.fields:
            raise ValueError("a request names at least one field")
        if isinstance(self.promised, datetime):
            raise ValueError("a promise ends on a day: give a date without a time")


class QuestionKind(StrEnum):
    """What the issuer needs to know."""

    DETAIL = "detail"
    AMBIGUOUS_SUBJECT = "ambiguous_subject"  # several fit: which one is meant?


@dataclass(frozen=True, slots=True)
class Clarification:
    """A question to the requester; the time until it ended is the requester's, the clock runs on."""

    kind: QuestionKind
    question: str = field(repr=False)
    asked_by: Officer
    asked_at: datetime
    ended_at: datetime | None = None
    answer: str | None = field(default=None, repr=False)  # none: it lapsed


@dataclass(frozen=True, slots=True)
class Hop:
    """The request moved on to the issuer that really keeps the record."""

    origin: str
    to: str
    by: Officer
    at: datetime
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Incident:
    """Somebody tried to decline, which Article 16 forbids; the request stays open."""

    by: Officer
    at: datetime
    said: str = field(repr=False)
    article: str = "16"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an answer is late, and when it is to come; no estimate where it has been sent."""

    by: Officer
    at: datetime
    reason: str = field(repr=False)
    estimate: datetime | None


@dataclass(frozen=True, slots=True)
class Overdue:
    """The deadline passed without an answer."""

    since: datetime
    explanations: tuple[Explanation, ...] = ()


class Reason(StrEnum):
    """Why a step can't be taken."""

    WRONG_STATE = "wrong_state"
    WRONG_UNIT = "wrong_unit"
    WRONG_ROLE = "wrong_role"
    OWN_UNIT = "own_unit"  # nobody verifies for their own unit
    NOT_THE_VERIFIER = "not_the_verifier"
    FIRST_VERIFIER = "first_verifier"  # a review goes to somebody else
    NOT_DESIGNATED = "not_designated"
    SAME_PERSON = "same_person"  # who made it doesn't seal it
    LOOP = "loop"
    NOT_AN_ISSUER = "not_an_issuer"
    BLANK = "blank"
    FOREIGN_FIELD = "foreign_field"
    ASK_FIRST = "ask_first"
    QUESTION_OPEN = "question_open"
    NO_QUESTION = "no_question"
    WRONG_CLOCK = "wrong_clock"
    NOT_OVERDUE = "not_overdue"
    NO_ESTIMATE = "no_estimate"
    NOTHING_SENT = "nothing_sent"
    NO_SUCH_DELIVERY = "no_such_delivery"
    UNDER_REVIEW = "under_review"
    RECALLED = "recalled"
    EXPIRED = "expired"
    REVIEW_GOES_ON = "review_goes_on"
    NO_SUCH_REVIEW = "no_such_review"
    ALREADY_SO = "already_so"


@dataclass(frozen=True, slots=True)
class Rejected:
    """This step, by this actor, now, can't be taken; the request is as it was."""

    reason: Reason
    remedy: str
