"""What every dialect promises: inquiries in, one answer or one failure each, in order."""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

import msgspec

from connectors.renewals import Renewals

Value = str | int | bool | date | Decimal | tuple[str, ...]
"""A value read from the wire; `tuple[str, ...]` gathers one field over every row."""


class ValueKind(StrEnum):
    """How the text of a field is to be read."""

    TEXT = "text"
    IDENTIFIER = "identifier"  # a resident id or credit code; may come masked, is never a key
    SEX = "sex"  # GB/T 2261.1: read to "male" | "female" | "unknown"
    DATE = "date"
    DECIMAL = "decimal"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TEXTS = "texts"  # one text from every row


class Blank(StrEnum):
    """What an empty answer means; it differs by interface, so each declares it."""

    NOT_HELD = "not_held"
    ASK_AGAIN = "ask_again"  # ask once more; blank again is a failure
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where one field of the certificate stands in a row: `key` is a dotted path, case is ignored."""

    name: str
    key: str
    kind: ValueKind


@dataclass(frozen=True, slots=True)
class CodeTest:
    """A code inside the answer, at a dotted `path`, and the values that pass."""

    path: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerShape:
    """Where the rows lie and how to read them.

    `rows` is a dotted path from the root of the body; text that holds JSON is opened on the way.
    `holder` names the row keys that may hold the subject's identifier: where any is present and
    none matches, the answer is about somebody else. `newest` is the row key that decides which of
    several rows counts; without it the first row does.
    """

    rows: str
    fields: tuple[FieldSource, ...]
    blank: Blank = Blank.NOT_HELD
    success: CodeTest | None = None
    absent: CodeTest | None = None
    holder: tuple[str, ...] = ()
    newest: str | None = None


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface of a platform, as declared.

    `target` is a path, a message code or a certificate type, as the dialect has it; `parameters`
    map a wire parameter to a template such as `{subject.id}` over the facts of an inquiry.
    """

    name: str
    target: str
    style: str
    parameters: Mapping[str, str]
    answer: AnswerShape
    timeout: float  # seconds for one wire call


class Inquiry(msgspec.Struct, frozen=True, gc=False):
    """One question about one subject: the facts that templates may name.

    Two of the same `key` are one question: whoever makes an inquiry gives it the cheapest key that
    tells it from others, or none, where all its facts do.

    Always there: `subject.id`, `purpose.item`, `purpose.case`, `purpose.operator`,
    `purpose.material`, `purpose.sponsor_name`, `purpose.sponsor_code`, `today.year` (yyyy),
    `today.month` (MM). Where known:
    `subject.name`, `subject.sex`, `subject.born_on` (yyyyMMdd), `applicant.id`, `applicant.name`.
    """

    facts: Mapping[str, str]
    key: Hashable = None

    def __repr__(self) -> str:
        return "Inquiry()"


class ProofKind(StrEnum):
    """What kind of sealed proof there is of what is held."""

    VERIFIED = "verified"  # 核实信息: the issuer verified it on request
    SHARED = "shared"  # 共享信息: as a shared platform holds it


class Held(msgspec.Struct, frozen=True, gc=False):
    """The platform holds it: a value per declared field, `None` where the row leaves it open.

    `proof` where the platform says that a sealed proof of it can be extracted.
    """

    values: Mapping[str, Value | None]
    proof: ProofKind | None = None

    def __repr__(self) -> str:
        return f"Held(proof={self.proof!r})"


class NotHeld(msgspec.Struct, frozen=True, gc=False):
    """The platform answered: it holds nothing of this kind about this subject."""


Answer = Held | NotHeld


class ConnectorError(Exception):
    """A platform's failure; its text names interface, code and reason, never a person."""


class Unreachable(ConnectorError):
    """No connection, a reset, or a name that does not resolve."""


class TimedOut(ConnectorError):
    """No whole answer within the interface's timeout, or none before patience ended."""


class Crowded(TimedOut):
    """No slot came free in time: so many calls were before it that the platform was not asked."""


class Refused(ConnectorError):
    """The platform answered with an error: a status, a code, a bad credential."""


class CredentialRefused(Refused):
    """The platform does not accept our credential; a person must look (credential alarm)."""


class QuotaSpent(ConnectorError):
    """The interface's quota is used up (code 18)."""


class Garbled(ConnectorError):
    """The answer can't be read: broken, oversize, wrong encoding, unknown shape."""


class WrongHolder(Garbled):
    """The answer is about somebody else; it is never delivered."""


class Incomplete(ConnectorError):
    """The inquiry lacks a fact the interface needs (the subject's name, say); nothing was asked."""


@dataclass(frozen=True, slots=True)
class Health:
    """What a probe saw: whether the platform answers, takes the credential, and its clock offset in seconds.

    `failing` where it answers with an error of its own, whatever the credential.
    """

    reachable: bool
    credential_accepted: bool | None
    clock_offset: float | None
    message: str
    failing: bool = False


PATIENCE = 10.0  # seconds

Told = Callable[[int, "Answer | ConnectorError"], None]
"""Takes the outcome of the inquiry at a place as soon as it is known."""


def untold(_place: int, _outcome: "Answer | ConnectorError") -> None:
    """For who waits for all outcomes together."""


class Connector(Protocol):
    """A dialect bound to one platform."""

    async def fetch(
        self,
        interface: Interface,
        inquiries: Sequence[Inquiry],
        patience: float = PATIENCE,
        told: Told = untold,
    ) -> list[Answer | ConnectorError]:
        """One answer or failure per inquiry, in order; never raises for one of them.

        An inquiry that has no slot after `patience` seconds is `Crowded`; a call that has begun has
        the interface's timeout. `told` gets each outcome once, at the latest when this returns.
        """
        ...

    async def probe(self) -> Health:
        """Ask the platform for nothing but whether it would answer us."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How one platform is reached: base URL, named secrets, and limits of every call."""

    platform: str
    url: str
    credential: Mapping[str, str] = field(repr=False)
    concurrency: int = 64  # wire calls in flight at once
    batch: int = 100  # subjects in one wire call, where the dialect has a batch call
    max_bytes: int = 4_000_000  # of one answer's body
    connect_timeout: float = 1.0
    trace: bool = False  # whether it is told whose trace a call is part of (W3C Trace Context)
    replicas: tuple[str, ...] = ()  # base URLs of other servers of the same platform
    slots: asyncio.Semaphore | None = field(default=None, repr=False, compare=False)
    """`concurrency` of them, where calls sent to a second address share them; needed by replicas."""
    renewals: Renewals | None = field(default=None, repr=False, compare=False)
    """Who renews its secrets, where another process does so for several."""
