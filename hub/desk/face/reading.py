"""The calls that only read: inbox, outbox, one request, its history and documents, reminders."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import orjson
from aiohttp import web

from hub.desk.desk import Desk
from hub.desk.face.calls import Signed
from hub.desk.face.replies import NO_SUCH_REQUEST, Refused, json_reply
from hub.desk.face.shapes import sound_moment, sound_text
from hub.desk.face.views import entry_view, reminder_view, request_view, sees_values
from hub.desk.request import VerificationRequest
from hub.desk.store import requests
from hub.desk.store.proofs import document_of
from hub.desk.store.requests import Listed, Mark
from hub.desk.store.timers import reminders_of

_THE_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


async def inbox(desk: Desk, signed: Signed) -> web.Response:
    """What lies with a unit, soonest due first, with the time left."""
    return await _page(desk, signed, "inbox")


async def outbox(desk: Desk, signed: Signed) -> web.Response:
    """What a unit asked for, oldest first."""
    return await _page(desk, signed, "outbox")


async def status(desk: Desk, signed: Signed) -> web.Response:
    """One request."""
    unit, now = signed.unit(), desk.now()
    return json_reply(request_view(await _found(desk, signed, unit), unit, now))


async def history(desk: Desk, signed: Signed) -> web.Response:
    """Every step of one request."""
    request = await _found(desk, signed, signed.unit())
    return json_reply({"entries": [entry_view(entry) for entry in request.history]})


async def document(desk: Desk, signed: Signed) -> web.Response:
    """The sealed document of a delivery, for who asked for it and who made it."""
    unit = signed.unit()
    request, number = await _found(desk, signed, unit), signed.request.match_info["number"]
    delivery = next((each for each in request.deliveries if str(each.number) == number), None)
    if delivery is None or not sees_values(request, delivery, unit):
        raise Refused(404, "no delivery of this number was sent; see the request's deliveries")
    async with desk.database.reading() as connection:
        found = await document_of(connection, request.id, delivery.mark.document)
    assert found is not None
    return web.Response(body=found.content, content_type=found.media_type)


async def reminders(desk: Desk, signed: Signed) -> web.Response:
    """What a unit was told: reminders, escalations, recalls; supervision's own with them."""
    unit, count = signed.unit(), signed.count()
    units = [unit, ""] if desk.registry.supervises(unit) else [unit]
    since, kind = _since(signed), _kind(signed)
    async with desk.database.reading() as connection:
        found = await reminders_of(connection, units, since, count, kind)
    return json_reply({"reminders": [reminder_view(each) for each in found]})


async def _page(desk: Desk, signed: Signed, box: Literal["inbox", "outbox"]) -> web.Response:
    unit, count, after, now = signed.unit(), signed.count(), _mark(signed), desk.now()
    ask = requests.inbox if box == "inbox" else requests.outbox
    async with desk.database.reading() as connection:
        found = await ask(connection, unit, after, count + 1)
    page = found[:count]
    return json_reply(
        {
            "requests": [request_view(each.request, unit, now, each.version) for each in page],
            "next": _cursor(page, box) if len(found) > count else None,
        }
    )


def _cursor(page: Sequence[Listed], box: Literal["inbox", "outbox"]) -> str:
    last = page[-1].request
    at = last.due.at if box == "inbox" and last.due else last.issued_at
    return base64.urlsafe_b64encode(orjson.dumps([at.isoformat(), last.id])).decode()


def _mark(signed: Signed) -> Mark | None:
    cursor = signed.request.query.get("after")
    if cursor is None:
        return None
    try:
        at, request_id = orjson.loads(base64.urlsafe_b64decode(cursor))
        return Mark(sound_moment(at), sound_text(request_id))
    except (binascii.Error, ValueError, TypeError):
        raise Refused(400, "after isn't a cursor; give `next` of the page before") from None


def _kind(signed: Signed) -> str | None:
    kind = signed.request.query.get("kind")
    try:
        return None if kind is None else sound_text(kind)
    except ValueError:
        raise Refused(400, "kind isn't one; give `kind` of a reminder, or leave it out") from None


def _since(signed: Signed) -> datetime:
    text = signed.request.query.get("since")
    if text is None:
        return _THE_BEGINNING
    try:
        return sound_moment(text)
    except ValueError:
        raise Refused(400, "since isn't a moment; give `saidAt` of the last one seen") from None


async def _found(desk: Desk, signed: Signed, unit: str) -> VerificationRequest:
    request = await desk.find(signed.id(), unit)
    if request is None:
        raise Refused(404, NO_SUCH_REQUEST)
    return request
