"""Requests as their two sides see them, in JSON."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from connectors.contract import Value
from hub.desk.clocks import Due, in_china
from hub.desk.doubts import Corrected, Objection
from hub.desk.findings import AmbiguousSubject, Delivery, Draft, Findings, NoRecord, Verified
from hub.desk.request import Entry, VerificationRequest
from hub.desk.store.timers import Reminder
from hub.desk.words import Clarification, Hop, Incident, Officer, Overdue, Role

View = dict[str, object]


def request_view(
    request: VerificationRequest, unit: str, now: datetime, version: int | None = None
) -> View:
    """All of a request but its history; what is only drafted, its holder alone sees.

    What a delivery says, who asked and who made it see; others see that it was sent. `version` is needed where the request was read without its history.
    """
    wanted = request.wanted
    holds = unit == request.holder
    return {
        "id": request.id,
        "version": len(request.history) if version is None else version,
        "state": request.state.value,
        "certificateType": wanted.certificate,
        "fields": sorted(wanted.fields),
        "outstanding": sorted(request.outstanding),
        "subject": {
            "kind": wanted.subject.kind.value,
            "id": wanted.subject.identifier,
            "name": wanted.subject.name,
        },
        "purpose": {"item": wanted.purpose.item, "case": wanted.purpose.case},
        "requester": _officer(request.requester),
        "issuer": request.holder,
        "verifier": request.verifier,
        "issuedAt": moment_view(request.issued_at),
        "due": request.due and _due(request.due),
        "timeLeft": _time_left(request, now),
        "waitedForRequester": request.waited_for_requester(now).total_seconds(),
        "overdue": request.overdue and _overdue(request.overdue, request, now),
        "draft": _draft(request.draft) if holds and request.draft else None,
        "deliveries": [
            _delivery(each, sees_values(request, each, unit)) for each in request.deliveries
        ],
        "clarifications": [_clarification(each) for each in request.clarifications],
        "hops": [_hop(each) for each in request.hops],
        "incidents": [_incident(each) for each in request.incidents],
        "objections": [_objection(each) for each in request.objections],
        "reviewOf": request.review and request.review.of,
    }


def sees_values(request: VerificationRequest, delivery: Delivery, unit: str) -> bool:
    """Whether a unit may see what a delivery says: it asked for it, or made it."""
    return unit in (request.requester.unit, delivery.draft.made_by.unit)


def entry_view(entry: Entry) -> View:
    """One step of a history: when, who, what, and where it led."""
    return {
        "at": moment_view(entry.at),
        "by": None if Role.PLATFORM in entry.by.roles else _officer(entry.by.officer),
        "event": type(entry.event).__name__,
        "state": entry.state.value,
    }


def reminder_view(reminder: Reminder) -> View:
    """Something a unit was told."""
    return {
        "request": reminder.request,
        "kind": reminder.kind,
        "at": moment_view(reminder.at),
        "saidAt": moment_view(reminder.said_at),
        "unit": reminder.unit or None,
        "role": reminder.role,
        "person": reminder.person,
        "reference": reminder.reference or None,
    }


def plain(values: Mapping[str, Value | None]) -> View:
    """Values as JSON has them: dates as ISO texts, decimals as texts."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Value | None) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def moment_view(moment: datetime | None) -> str | None:
    """A moment in China's time, as ISO text."""
    return in_china(moment).isoformat() if moment else None


def _officer(officer: Officer) -> View:
    return {"unit": officer.unit, "name": officer.name}


def _due(due: Due) -> View:
    return {
        "receivedAt": moment_view(due.received),
        "at": moment_view(due.at),
        "rule": due.rule.value,
        "estimated": due.estimated,
        "infeasible": due.infeasible,
    }


def _time_left(request: VerificationRequest, now: datetime) -> float | None:
    """Seconds until it is due, below zero when late; nothing where the clock doesn't run."""
    if request.due is None or not request.running:
        return None
    return (request.due.at - now).total_seconds()


def _overdue(overdue: Overdue, request: VerificationRequest, now: datetime) -> View:
    return {
        "since": moment_view(overdue.since),
        "explanationAsked": request.explanation_asked(now),
        "explanations": [
            {
                "by": _officer(each.by),
                "at": moment_view(each.at),
                "reason": each.reason,
                "estimate": moment_view(each.estimate),
            }
            for each in overdue.explanations
        ],
    }


def _findings(findings: Findings) -> View:
    match findings:
        case Verified(values):
            return {"verified": plain(values)}
        case NoRecord(searched):
            return {"noRecord": {"searched": searched}}
        case AmbiguousSubject(candidates):
            return {"ambiguous": {"candidates": candidates}}


def _draft(draft: Draft) -> View:
    return {
        "findings": _findings(draft.findings),
        "fields": sorted(draft.fields),
        "madeBy": _officer(draft.made_by),
        "madeAt": moment_view(draft.made_at),
    }


def _delivery(delivery: Delivery, whole: bool) -> View:
    draft = _draft(delivery.draft)
    if not whole and isinstance(delivery.draft.findings, Verified):
        draft["findings"] = _findings(Verified({}))
    return {
        "number": delivery.number,
        **draft,
        "seal": delivery.mark.seal,
        "document": delivery.mark.document,
        "sealedBy": _officer(delivery.mark.set_by),
        "sealedAt": moment_view(delivery.mark.set_at),
        "sentAt": moment_view(delivery.sent_at),
        "confirmedAt": moment_view(delivery.confirmed_at),
        "recalledBy": delivery.recalled_by,
    }


def _clarification(asked: Clarification) -> View:
    return {
        "kind": asked.kind.value,
        "question": asked.question,
        "askedBy": _officer(asked.asked_by),
        "askedAt": moment_view(asked.asked_at),
        "endedAt": moment_view(asked.ended_at),
        "answer": asked.answer,
    }


def _hop(hop: Hop) -> View:
    return {
        "from": hop.origin,
        "to": hop.to,
        "by": _officer(hop.by),
        "at": moment_view(hop.at),
        "reason": hop.reason,
    }


def _incident(incident: Incident) -> View:
    return {
        "by": _officer(incident.by),
        "at": moment_view(incident.at),
        "said": incident.said,
        "article": incident.article,
    }


def _objection(objection: Objection) -> View:
    ending = objection.ending
    outcome = "corrected" if isinstance(ending, Corrected) else "upheld"
    return {
        "delivery": objection.delivery,
        "grounds": objection.grounds,
        "by": _officer(objection.by),
        "at": moment_view(objection.at),
        "review": objection.review,
        "ending": outcome if ending else None,
    }
