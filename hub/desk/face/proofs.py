"""The proof lookup that connectors ask, many subjects in one call; and the desk's health."""

import time
from collections.abc import Mapping

from aiohttp import web

from hub.desk.desk import Desk
from hub.desk.doubts import Receiver
from hub.desk.face.calls import Signed
from hub.desk.face.replies import Refused, json_reply
from hub.desk.face.shapes import sound_text
from hub.desk.face.views import plain
from hub.desk.lookup import Answer, ProofLookup, Proven, look_up
from hub.desk.shared import Shared, Silent
from hub.desk.steps.guards import playing
from hub.desk.words import Officer, Role

LARGEST_BATCH = 100
SILENT = "sharedInformationSilent"
"""Who holds shared information doesn't answer: it may be there."""
NO_OPERATOR = (
    "this client doesn't hold the catalogue: name a designated operator (操作人员) of the unit in"
    " purpose.operator"
)

Asked = Mapping[str, object]


async def lookup(desk: Desk, signed: Signed) -> web.Response:
    """Answer a batch: held with its fields, not held, or an error, each with its `ref`."""
    asked = _requests(signed.document())
    if len(asked) > LARGEST_BATCH:
        raise Refused(413, f"{len(asked)} requests: send {LARGEST_BATCH} at most")
    lookups = [_lookup(desk, signed, each) for each in asked]
    proven = iter(await look_up(desk, [each for each in lookups if not isinstance(each, str)]))
    answers = [
        _error(each) if isinstance(each, str) else _answer(each, next(proven)) for each in lookups
    ]
    refs = (each.get("ref") for each in asked)
    return json_reply(
        {"answers": [{"ref": ref, **answer} for ref, answer in zip(refs, answers, strict=True)]}
    )


def health() -> web.Response:
    """That the desk is up, and its clock in epoch milliseconds, for callers to sign by."""
    return json_reply({"status": "up", "time": int(time.time() * 1000)})


def _requests(document: object) -> list[Asked]:
    requests = document.get("requests") if isinstance(document, dict) else None
    if not isinstance(requests, list) or not all(isinstance(each, dict) for each in requests):
        raise Refused(400, "requests is missing: send an object with a list of requests")
    return requests


def _lookup(desk: Desk, signed: Signed, asked: Asked) -> ProofLookup | str:
    """The lookup, or the code of what it lacks."""
    certificate = str(asked.get("certificateType"))
    subject, purpose = asked.get("subject"), asked.get("purpose")
    if not (desk.registry.issuers(certificate) or certificate in desk.types):
        return "unknownCertificateType"
    if not isinstance(subject, dict) or not _sound(subject.get("id")):
        return "subjectMissing"
    if not isinstance(purpose, dict) or not _sound(purpose.get("item")):
        return "purposeMissing"
    unit, case, operator = (_text(purpose, name) for name in ("unit", "case", "operator"))
    receiver = Receiver(unit or signed.client.name, case or "")
    _may_receive(desk, signed, Officer(receiver.unit, operator or ""))
    return ProofLookup(
        certificate,
        subject["id"],
        receiver,
        purpose["item"],
        operator or "",
        _text(subject, "name"),
    )


def _may_receive(desk: Desk, signed: Signed, by: Officer) -> None:
    """Raise `Refused` unless the client answers for who looks up, or names an operator of its own."""
    signed.may_act_for(by.unit)
    if not signed.client.states_items and playing(desk.registry.actor(by), Role.OPERATOR):
        raise Refused(403, NO_OPERATOR)


def _text(given: Asked, name: str) -> str | None:
    value = given.get(name)
    return value if isinstance(value, str) and _sound(value) else None


def _sound(text: object) -> bool:
    try:
        sound_text(text)
    except ValueError:
        return False
    return True


def _answer(asked: ProofLookup, answer: Answer) -> dict[str, object]:
    match answer:
        case None:
            return {"status": "notHeld"}
        case Silent():
            return _error(SILENT)
        case Proven(values):
            proof = "verified"
        case Shared(values):
            proof = "shared"
    holder = {"id": asked.subject}
    return {"status": "held", "fields": plain(values), "holder": holder, "proof": proof}


def _error(code: str) -> dict[str, object]:
    return {"status": "error", "code": code}
