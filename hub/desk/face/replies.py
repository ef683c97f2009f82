"""What the face answers: JSON, and a status that says whose turn it is."""

from datetime import datetime

import orjson
from aiohttp import web

from hub.desk.desk import NoSuchRequest, Outcome, Tell
from hub.desk.face.views import request_view
from hub.desk.request import VerificationRequest
from hub.desk.store.answers import OtherBody, Told
from hub.desk.words import Reason, Rejected

_FORBIDDEN = frozenset(
    {
        Reason.WRONG_UNIT,
        Reason.WRONG_ROLE,
        Reason.OWN_UNIT,
        Reason.NOT_THE_VERIFIER,
        Reason.FIRST_VERIFIER,
        Reason.SAME_PERSON,
    }
)
_UNSOUND = frozenset(
    {
        Reason.BLANK,
        Reason.FOREIGN_FIELD,
        Reason.NOT_DESIGNATED,
        Reason.NOT_AN_ISSUER,
        Reason.LOOP,
        Reason.NO_ESTIMATE,
        Reason.NO_SUCH_DELIVERY,
    }
)
NO_SUCH_REQUEST = "no request of this id concerns this unit; check both"
OTHER_BODY = (
    "this Idempotency-Key was used for another call: repeat that very call to see its answer,"
    " or send a new key"
)
NO_DECLINING = (
    "A request can't be refused (Article 16 第十六条). Answer it (also that there is no such"
    " record), ask back, or forward it."
)


class Refused(Exception):
    """The call can't be taken as it is."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def json_reply(document: object, status: int = 200) -> web.Response:
    """A document as the body."""
    return web.Response(body=orjson.dumps(document), status=status, content_type="application/json")


def said(status: int, message: str) -> web.Response:
    """A message as the body."""
    return json_reply({"message": message}, status)


def told_reply(told: Told | OtherBody) -> web.Response:
    """The answer to a write, whether new or given before."""
    if isinstance(told, OtherBody):
        return said(409, OTHER_BODY)
    return web.Response(body=told.body, status=told.status, content_type="application/json")


def telling(unit: str, now: datetime, status: int = 200) -> Tell:
    """Puts an outcome into words for a unit."""

    def tell(outcome: Outcome) -> Told:
        match outcome:
            case VerificationRequest():
                return _told(status, request_view(outcome, unit, now))
            case Rejected():
                return rejected(outcome)
            case NoSuchRequest():
                return _told(404, {"message": NO_SUCH_REQUEST})

    return tell


def rejected(outcome: Rejected) -> Told:
    """Why a step can't be taken, and what to do."""
    told = {"message": outcome.remedy, "reason": outcome.reason.value}
    return _told(_status(outcome.reason), told)


def not_declined(outcome: Outcome) -> Told:
    """What somebody is told who tried to decline."""
    recorded = isinstance(outcome, VerificationRequest)
    return _told(405, {"message": NO_DECLINING, "recorded": recorded})


def _told(status: int, document: object) -> Told:
    return Told(status, orjson.dumps(document))


def _status(reason: Reason) -> int:
    if reason in _FORBIDDEN:
        return 403
    return 422 if reason in _UNSOUND else 409
