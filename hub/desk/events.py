"""What can happen to a request: a closed union; none of it ends a request by declining it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from hub.desk.clocks import Due
from hub.desk.doubts import Ending
from hub.desk.findings import Findings
from hub.desk.words import QuestionKind


@dataclass(frozen=True, slots=True)
class Issue:
    """The requester's operator asks; always the first entry of a history."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """The request entered the issuer's system: the clock starts. By the platform."""

    due: Due


@dataclass(frozen=True, slots=True)
class Claim:
    """A verifier takes it; `verifiers` are those the registry designates for the unit."""

    verifiers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reassign:
    """Another verifier of the unit gets it; `verifiers` as in `Claim`."""

    to: str
    reason: str = field(repr=False)
    verifiers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Forward:
    """Another unit keeps this record; `issuers` are those the registry lists for the certificate."""

    to: str
    reason: str = field(repr=False)
    issuers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Begin:
    """The claimed verifier starts to verify."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The claimed verifier asks the requester; the clock keeps running."""

    kind: QuestionKind
    question: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """The requester's operator answers the open question."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Make:
    """The claimed verifier says what was found; on some of the fields only, where it comes in parts."""

    findings: Findings


@dataclass(frozen=True, slots=True)
class Return:
    """A draft goes back for correction, whether sealed or not; the clock keeps running."""

    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal keeper of the making unit, not its maker, seals the document."""

    seal: str
    document: str


@dataclass(frozen=True, slots=True)
class Send:
    """The sealed answer goes to the requester; the clock stops where nothing is left to answer."""


@dataclass(frozen=True, slots=True)
class ConfirmReceipt:
    """The requester's operator confirms all that was sent so far."""


@dataclass(frozen=True, slots=True)
class Close:
    """The requester's operator, or the platform after a time, closes what was received."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """The case was withdrawn; only the requester can say so."""

    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MarkOverdue:
    """The deadline passed. By the platform."""


@dataclass(frozen=True, slots=True)
class Explain:
    """The issuer gives the reason of a delay and a new estimate, which moves no deadline."""

    reason: str = field(repr=False)
    estimate: datetime | None


@dataclass(frozen=True, slots=True)
class AttemptToDecline:
    """Somebody at the issuer tried to decline: recorded as an incident, and nothing else happens."""

    said: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Urge:
    """Supervision urges the issuer (督办)."""

    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Object:
    """The applicant doubts a delivery; `promised` is the day the item is now promised for, if any."""

    delivery: int
    grounds: str = field(repr=False)
    review: str  # the id of the request that verifies afresh
    promised: date | None = None


@dataclass(frozen=True, slots=True)
class Conclude:
    """The review of an objection is through. By the platform."""

    review: str
    ending: Ending


Event = (
    Deliver
    | Claim
    | Reassign
    | Forward
    | Begin
    | Ask
    | Answer
    | Make
    | Return
    | Seal
    | Send
    | ConfirmReceipt
    | Close
    | Cancel
    | MarkOverdue
    | Explain
    | AttemptToDecline
    | Urge
    | Object
    | Conclude
)
