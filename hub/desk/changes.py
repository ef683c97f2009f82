"""What changes at the desk: each step, each reminder, each recall, as those concerned are told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.desk.clocks import TimerKind
from hub.desk.doubts import Recall, Receiver
from hub.desk.request import Entry, VerificationRequest
from hub.desk.words import State


class ChangeKind(StrEnum):
    """What kind of change it is."""

    STEP = "step"
    REMINDER = "reminder"
    RECALL = "recall"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one request; `version` is how many entries its history had by then.

    `event` is the step, the timer's kind, or `recall`. `former_holder` is there where the change
    took the request away from a unit, `receivers` where it recalls a proof.
    """

    at: datetime
    kind: ChangeKind
    request: str
    version: int
    event: str
    state: State
    certificate: str
    requester: str
    holder: str
    former_holder: str | None = None
    receivers: tuple[Receiver, ...] = ()

    @property
    def units(self) -> frozenset[str]:
        """Every unit that is told of it."""
        former = () if self.former_holder is None else (self.former_holder,)
        received = (each.unit for each in self.receivers)
        return frozenset((self.requester, self.holder, *former, *received))


@dataclass(frozen=True, slots=True)
class Numbered:
    """A change and its number: one more than that of the change committed before it."""

    sequence: int
    change: Change


def steps_taken(before: VerificationRequest | None, after: VerificationRequest) -> list[Change]:
    """A change for each entry that the history has more than before."""
    kept = len(before.history) if before else 0
    new = enumerate(after.history[kept:], kept + 1)
    moved = before is not None and before.holder != after.holder
    former = before.holder if before and moved else None
    return [_step(after, entry, version, former) for version, entry in new]


def _step(request: VerificationRequest, entry: Entry, version: int, former: str | None) -> Change:
    return Change(
        at=entry.at,
        kind=ChangeKind.STEP,
        request=request.id,
        version=version,
        event=type(entry.event).__name__,
        state=entry.state,
        certificate=request.wanted.certificate,
        requester=request.requester.unit,
        holder=request.holder,
        former_holder=former,
    )


def reminded(request: VerificationRequest, kind: TimerKind, at: datetime) -> Change:
    """That a timer of the request fired."""
    return _told(request, ChangeKind.REMINDER, kind.value, at, ())


def recalled(request: VerificationRequest, recall: Recall) -> Change:
    """That a proof of the request is recalled, with everybody who received it."""
    return _told(request, ChangeKind.RECALL, "recall", recall.at, recall.receivers)


def _told(
    request: VerificationRequest,
    kind: ChangeKind,
    event: str,
    at: datetime,
    receivers: tuple[Receiver, ...],
) -> Change:
    return Change(
        at=at,
        kind=kind,
        request=request.id,
        version=len(request.history),
        event=event,
        state=request.state,
        certificate=request.wanted.certificate,
        requester=request.requester.unit,
        holder=request.holder,
        receivers=receivers,
    )
