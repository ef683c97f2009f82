"""What a unit received and was recalled (撤回) after an objection: it must not be used any more."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors.assisted_parts import Ending, ObjectionView
from connectors.assisted_words import Change, ChangeKind, ReminderView, RequestView
from hub.assisting.premises import Premises
from hub.evidence import Requester

RECALL = "recall"
_PAGE = 200
_MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class Recall:
    """A proof recalled: the request it answered, and the reference under which this unit got it.

    `corrected_by` is the request that holds the corrected answer; it, `delivery` and `certificate`
    are known where the unit may see the request.
    """

    request: str
    reference: str = field(repr=False)
    at: datetime
    certificate: str | None = None
    delivery: int | None = None
    corrected_by: str | None = None


class Recalls:
    """Finds what was recalled of what a unit received."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises

    async def since(
        self, requester: Requester, since: datetime | None, count: int | None
    ) -> tuple[Recall, ...]:
        """What was recalled from a moment on, oldest first, at most `count`, or all of it."""
        told = await self._told(requester.unit, since)
        by_request: dict[str, list[ReminderView]] = {}
        for one in told[:count]:
            by_request.setdefault(one.request, []).append(one)
        found: list[Recall] = []
        for request, reminders in by_request.items():
            view = await self._premises.platform.calls.request(request, requester.unit)
            found += _recalls(reminders, view)
        return tuple(sorted(found, key=lambda one: one.at))

    async def of_change(self, requester: Requester, change: Change) -> tuple[Recall, ...]:
        """What a change recalls of what the requester's unit received."""
        references = [one.reference for one in change.receivers if one.unit == requester.unit]
        if change.kind is not ChangeKind.RECALL or not references:
            return ()
        view = await self._premises.platform.calls.request(change.request, requester.unit)
        last = _corrected(view)[-1:]
        return tuple(
            _recall(
                change.request,
                reference,
                change.at,
                change.certificate_type,
                last[0] if last else None,
            )
            for reference in references
        )

    async def _told(self, unit: str, since: datetime | None) -> list[ReminderView]:
        """The recalls among all that a unit was told."""
        calls, found = (
            self._premises.platform.calls,
            dict[tuple[str, str, datetime], ReminderView](),
        )
        for _ in range(_MOST_PAGES):
            page = await calls.reminders(unit, since, _PAGE, RECALL)
            for one in page:
                if one.kind == RECALL and one.unit == unit:
                    found[one.request, one.reference or "", one.at] = one
            if len(page) < _PAGE or page[-1].said_at == since:
                break
            since = page[-1].said_at
        return sorted(found.values(), key=lambda one: one.at)


def _corrected(view: RequestView | None) -> list[ObjectionView]:
    objections = view.objections if view else ()
    return [one for one in objections if one.ending is Ending.CORRECTED]


def _recalls(reminders: Sequence[ReminderView], view: RequestView | None) -> list[Recall]:
    """Each recall with the objection that ended so; a unit is told of every one it received."""
    made = []
    for reference in dict.fromkeys(one.reference or "" for one in reminders):
        told = [one for one in reminders if (one.reference or "") == reference]
        corrected: list[ObjectionView | None] = [None] * len(told)
        corrected += _corrected(view)
        for one, objection in zip(told, corrected[-len(told) :], strict=True):
            certificate = view.certificate_type if view else None
            made.append(_recall(one.request, reference, one.at, certificate, objection))
    return made


def _recall(
    request: str,
    reference: str,
    at: datetime,
    certificate: str | None,
    objection: ObjectionView | None,
) -> Recall:
    if objection is None:
        return Recall(request, reference, at, certificate)
    return Recall(request, reference, at, certificate, objection.delivery, objection.review)
