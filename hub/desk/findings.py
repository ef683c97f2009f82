"""What an issuer says under its seal: findings, drafts, sealed answers that were sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.contract import Value
from hub.desk.words import Officer


@dataclass(frozen=True, slots=True)
class Verified:
    """The issuer verified these fields; `None` where its record leaves one open."""

    values: Mapping[str, Value | None] = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoRecord:
    """The issuer searched and has no such record (查无记录): an answer like any other."""

    searched: str = field(repr=False)  # which registers were searched


@dataclass(frozen=True, slots=True)
class AmbiguousSubject:
    """Several persons or organisations fit, and the requester was asked which one is meant."""

    candidates: int


Findings = Verified | NoRecord | AmbiguousSubject


@dataclass(frozen=True, slots=True)
class Draft:
    """What the verifier made, before it is sealed: findings on these fields."""

    findings: Findings
    fields: frozenset[str]
    made_by: Officer
    made_at: datetime


@dataclass(frozen=True, slots=True)
class SealMark:
    """The verification seal (核实信息专用章) on a document."""

    seal: str
    document: str  # the sealed document's digest
    set_by: Officer
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One sealed answer that was sent; a request has several where it came in parts."""

    number: int  # from 1
    draft: Draft
    mark: SealMark
    sent_at: datetime
    confirmed_at: datetime | None = None
    recalled_by: str | None = None  # the review that corrected it
