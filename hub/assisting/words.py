"""The words of asking for assisted verification (协助核实): what is asked, and what comes of it."""

from dataclasses import dataclass, field
from datetime import date

from connectors.assisted import AssistedVerification
from connectors.assisted_words import RequestView
from hub.evidence import Attempt, Denied, Lookup, Tier, Unavailable


@dataclass(frozen=True, slots=True)
class AssistedPlatform:
    """The verification platform that is asked, by its name in the declarations."""

    name: str
    tier: Tier
    calls: AssistedVerification


@dataclass(frozen=True, slots=True)
class Ask:
    """A verification to be asked for.

    `accepted_on` is the day the case was accepted (受理日期); `fields` are all that the row grants
    unless given; `issuer` is needed where several units issue the certificate; `key` is the
    caller's own, under which repeating is harmless.
    """

    lookup: Lookup
    accepted_on: date
    fields: frozenset[str] | None = None
    issuer: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """The issuer was asked: the request as it stands, and the record of asking."""

    type: str
    request: RequestView = field(repr=False)
    trail: tuple[Attempt, ...]
    record: str


CameOfAsking = Pending | Denied | Unavailable


class WrongAsk(Exception):
    """The caller can mend this: what is wrong, and in `hint` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class NoVerificationPlatform(Exception):
    """No verification platform is declared, so nothing can be verified on request."""


class NoRoots(Exception):
    """The root certificates that proofs are checked by are missing or can't be read."""
