"""Replies of a verification platform, read strictly into words; what isn't one is `Garbled`."""

from itertools import pairwise
from typing import TypeVar

import msgspec

from connectors.assisted_parts import Moment, Word
from connectors.assisted_words import (
    Changes,
    ChangesLost,
    EntryView,
    ReminderView,
    SealedProof,
    SealKind,
    StepRejected,
)
from connectors.contract import Garbled, Refused
from connectors.http import Reply
from connectors.signed import require_accepted

T = TypeVar("T")

CREATED, NOT_FOUND = 201, 404
_PAST_THE_END = frozenset({409, 410})
_REJECTING = frozenset({403, 404, 409, 422})


class History(Word, frozen=True):
    """Every step of a request, oldest first."""

    entries: tuple[EntryView, ...]


class Reminders(Word, frozen=True):
    """What a unit was told, oldest first."""

    reminders: tuple[ReminderView, ...]


class SealRecord(Word, frozen=True):
    """A seal's ledger record as JSON text, and whether the document it is on was recalled."""

    seal: str
    recalled: bool


class _Message(Word, frozen=True):
    message: str
    reason: str | None = None


class _Proof(Word, frozen=True):
    document_number: str
    kind: SealKind
    pdf: bytes
    twin: bytes
    seal: str
    sealed_at: Moment
    extracted_at: Moment
    valid_until: Moment
    request: str | None
    delivery: int | None


class _Proofs(Word, frozen=True):
    proofs: tuple[_Proof, ...]


def read(reply: Reply, word: type[T]) -> T:
    """The word that a reply of success holds; unknown keys are passed over."""
    _require_success(reply)
    return _word(reply, word)


def rejection(reply: Reply) -> StepRejected | None:
    """Why it can't be done, where the platform says so."""
    if reply.status not in _REJECTING:
        return None
    told = _word(reply, _Message)
    return StepRejected(reply.status, told.reason, told.message)


def absent(reply: Reply) -> bool:
    """Whether the platform says, in its own words, that there is no such thing."""
    return reply.status == NOT_FOUND and bool(_word(reply, _Message).message)


def read_proofs(reply: Reply) -> tuple[SealedProof, ...]:
    """The proofs that were extracted."""
    return tuple(_proof(each) for each in read(reply, _Proofs).proofs)


def read_changes(reply: Reply, after: int | None) -> Changes:
    """The changes; `Garbled` where they don't ascend from the one asked after."""
    if reply.status in _PAST_THE_END:
        raise ChangesLost("its database is another one than before; read every request anew")
    told = read(reply, Changes)
    numbers = [after or 0, *(each.sequence for each in told.changes)]
    ascending = all(one < next_ for one, next_ in pairwise(numbers))
    if not ascending or told.last < numbers[-1]:
        raise Garbled("its changes don't ascend; tell the platform")
    return told


def _proof(told: _Proof) -> SealedProof:
    return SealedProof(
        document_number=told.document_number,
        kind=told.kind,
        pdf=told.pdf,
        twin=told.twin,
        seal=told.seal.encode(),
        sealed_at=told.sealed_at,
        extracted_at=told.extracted_at,
        valid_until=told.valid_until,
        request=told.request,
        delivery=told.delivery,
    )


def _require_success(reply: Reply) -> None:
    if reply.status == 403:
        raise Refused("HTTP status 403: have the unit added to this client's in its registry")
    if reply.status >= 500:
        raise Refused(f"HTTP status {reply.status}: the platform has trouble of its own; try later")
    if reply.status != CREATED:
        require_accepted(reply)


def _word(reply: Reply, word: type[T]) -> T:
    try:
        return msgspec.json.decode(reply.body, type=word)
    except (ValueError, RecursionError):
        failure = Garbled(f"the answer (status {reply.status}) isn't as agreed; tell the platform")
    # Raised out here so that no context is kept: msgspec's errors hold parts of the answer.
    raise failure
