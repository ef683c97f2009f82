"""What was asked of the verification platform: written before it is asked, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from hub.trail.records import check_text


class Came(StrEnum):
    """What came of asking."""

    TAKEN = "taken"  # the platform did it
    REJECTED = "rejected"  # the platform said why it can't be done
    SILENT = "silent"  # no answer: it may have been done, and repeating it does it once


@dataclass(frozen=True, slots=True)
class Opening:
    """A request to be opened, as it is asked: all but whom it is about, who is a pseudonym here.

    `matter` names unit, case, certificate and subject under the hub's secret, and `turn` counts
    the requests about one matter: no two are open at a time. `client_key` is the caller's own.
    """

    matter: str
    turn: int
    certificate: str
    item: str
    case: str = field(repr=False)
    subject: str
    catalogue: int
    row: int
    fields: tuple[str, ...]
    immediate: bool
    promised: date | None
    issuer: str | None
    client_key: str | None


@dataclass(frozen=True, slots=True)
class Intent:
    """One write to the verification platform, on record before it is made (Articles 17 and 19).

    `person` is the member of the unit who acts; `action` is `submit` or a step of `request`; `key`
    makes the write harmless to repeat.
    """

    id: str
    at: datetime
    api_key: str
    unit: str
    person: str = field(repr=False)
    action: str
    key: str
    request: str | None = None
    opening: Opening | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("the time of an intent needs a zone: give an aware datetime")
        for name, text in _texts(self).items():
            check_text(name, text)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What came of an intent; `request` is the one that was opened or changed."""

    intent: str
    at: datetime
    came: Came
    request: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """An intent to open a request, with what came of it last, if anything did."""

    intent: Intent
    opening: Opening
    conclusion: Conclusion | None

    @property
    def request(self) -> str | None:
        """The request that was opened, as far as is known."""
        return self.conclusion.request if self.conclusion else None

    @property
    def rejected(self) -> bool:
        """Whether the platform said that it can't be opened."""
        return self.conclusion is not None and self.conclusion.came is Came.REJECTED


def _texts(intent: Intent) -> Mapping[str, str | None]:
    opening = intent.opening
    texts: dict[str, str | None] = {"person": intent.person, "request": intent.request}
    if opening is None:
        return texts
    told = {"item": opening.item, "case": opening.case, "issuer": opening.issuer}
    return texts | told | {"key": opening.client_key}
