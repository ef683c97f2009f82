"""The registry of seals: what was done to each, and so who might use it at any moment (Article 15)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from hub.notary.words import Seal, SealKind, SealState, SealUse


class Change(StrEnum):
    """What can be done to a seal after it was made; revoking is the last."""

    PERMITTED = "permitted"  # to one operator
    WITHDRAWN = "withdrawn"  # from one operator
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REVOKED = "revoked"


ABOUT_AN_OPERATOR = frozenset({Change.PERMITTED, Change.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class SealEvent:
    """One change: when, by whom, and for which operator where it is about one."""

    at: datetime
    change: Change
    by: str
    operator: str | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.operator is None) == (self.change in ABOUT_AN_OPERATOR):
            raise ValueError(f"`{self.change}` and operator {self.operator!r} do not go together")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a seal stands at one moment, and the operators it is permitted to."""

    state: SealState
    operators: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Forbidden:
    """It may not be done; says why and what to do."""

    message: str


@dataclass(frozen=True, slots=True)
class SealRecord:
    """A seal with all that was done to it, oldest first, and every use of it."""

    seal: Seal
    events: tuple[SealEvent, ...] = ()
    uses: tuple[SealUse, ...] = field(default=(), repr=False)

    def standing(self, at: datetime) -> Standing:
        """How the seal stood at a moment; what was done at that very moment counts."""
        state, operators = SealState.MADE, frozenset[str]()
        for event in self.events:
            if event.at <= at:
                operators = _operators_after(operators, event)
                state = _state_after(state, operators, event.change)
        return Standing(state, operators)

    def used_on(self, document_number: str) -> SealUse | None:
        """The use of this seal on a document, where there is one."""
        return next((use for use in self.uses if use.document_number == document_number), None)


class RegistryView(Protocol):
    """What checking a proof needs to know of the registry."""

    def record(self, seal: str) -> SealRecord | None:
        """The record of a seal, by its id."""


@dataclass(frozen=True, slots=True)
class Registry:
    """All seals, held in memory."""

    records: Mapping[str, SealRecord] = field(default_factory=dict)

    def record(self, seal: str) -> SealRecord | None:
        """The record of a seal, by its id."""
        return self.records.get(seal)

    def having(self, record: SealRecord) -> "Registry":
        """This registry with one record put in or put anew."""
        return replace(self, records={**self.records, record.seal.id: record})


def changed(record: SealRecord, event: SealEvent) -> SealRecord | Forbidden:
    """The record with one more event; nothing is done before what was done last, or after revoking."""
    last = record.events[-1].at if record.events else record.seal.made_at
    state = record.standing(last).state
    if event.at < last:
        return Forbidden(f"the last change was at {last.isoformat()}: give a later time")
    if state is SealState.REVOKED:
        return Forbidden("the seal is revoked for good: have a new one made")
    wanted = {Change.RESUMED: True, Change.SUSPENDED: False}.get(event.change)
    if wanted is not None and wanted != (state is SealState.SUSPENDED):
        return Forbidden(f"the seal is {state}, so it can't be {event.change}")
    return replace(record, events=(*record.events, event))


def use(
    record: SealRecord, kind: SealKind, operator: str, document_number: str, at: datetime
) -> SealUse | Forbidden:
    """The use an operator makes of a seal, to be put on record; or why it may not be made."""
    seal, standing = record.seal, record.standing(at)
    if seal.kind is not kind:
        return Forbidden(f"seal {seal.id} is the {seal.kind.title_zh}: use the {kind.title_zh}")
    if standing.state is not SealState.PERMITTED:
        return Forbidden(_NOT_PERMITTED[standing.state].format(seal.id))
    if operator not in standing.operators:
        return Forbidden(f"seal {seal.id} is not permitted to this operator: have it permitted")
    if not seal.not_before <= at <= seal.not_after:
        return Forbidden(f"the certificate of seal {seal.id} is not in date: have a new one made")
    if record.used_on(document_number):
        return Forbidden(f"document {document_number} bears seal {seal.id} already")
    return SealUse(seal.id, operator, at, document_number)


_NOT_PERMITTED = {
    SealState.MADE: "seal {} is permitted to nobody: have it permitted (certhub seals permit)",
    SealState.SUSPENDED: "seal {} is suspended: use another, or have it resumed by who suspended it",
    SealState.REVOKED: "seal {} is revoked for good: use another, or have a new one made",
}


def used(record: SealRecord, made: SealUse) -> SealRecord:
    """The record with one more use."""
    return replace(record, uses=(*record.uses, made))


def _operators_after(operators: frozenset[str], event: SealEvent) -> frozenset[str]:
    if event.operator is None:
        return operators
    named = {event.operator}
    return operators | named if event.change is Change.PERMITTED else operators - named


def _state_after(state: SealState, operators: frozenset[str], change: Change) -> SealState:
    if change is Change.REVOKED or state is SealState.REVOKED:
        return SealState.REVOKED
    if change is Change.SUSPENDED or (
        state is SealState.SUSPENDED and change is not Change.RESUMED
    ):
        return SealState.SUSPENDED
    return SealState.PERMITTED if operators else SealState.MADE
