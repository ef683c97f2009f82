"""What follows an objection (Article 13): a review, and where it says otherwise, a recall."""

from dataclasses import dataclass, field
from datetime import datetime

from hub.desk.words import Officer


@dataclass(frozen=True, slots=True, order=True)
class Receiver:
    """A unit that got a proof, and the request or record under which it did."""

    unit: str
    reference: str


@dataclass(frozen=True, slots=True)
class Recall:
    """A proof turned out wrong: who got it, and which request holds the corrected one."""

    request: str
    delivery: int
    corrected_by: str
    receivers: tuple[Receiver, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Upheld:
    """The fresh verification, made by these, said the same."""

    made_by: frozenset[Officer]


@dataclass(frozen=True, slots=True)
class Corrected:
    """The fresh verification said something else: the old proof is recalled."""

    recall: Recall


Ending = Upheld | Corrected


@dataclass(frozen=True, slots=True)
class Objection:
    """The applicant doubts a delivered answer (Article 13); a review verifies it afresh."""

    delivery: int
    grounds: str = field(repr=False)
    by: Officer
    at: datetime
    review: str
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """This request verifies another one's answer afresh; `avoid` have already said their word."""

    of: str
    delivery: int
    avoid: frozenset[Officer]
