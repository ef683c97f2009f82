"""The call that reads the feed of changes, waiting for them if the reader likes."""

import re

from aiohttp import web

from hub.desk.changes import Numbered
from hub.desk.desk import Desk
from hub.desk.doubts import Receiver
from hub.desk.face.calls import Signed
from hub.desk.face.replies import Refused, json_reply
from hub.desk.face.views import View, moment_view
from hub.desk.feed import Ahead, Reading

LONGEST_WAIT = 30
MOST_CHANGES = 100
_LARGEST = 2**53
_SECONDS = re.compile(r"[0-9]{1,2}(\.[0-9]{1,9})?")


async def changes(desk: Desk, signed: Signed) -> web.Response:
    """Changes in the order they were committed, each once; without `after`, where the end is."""
    units, count, wait = _units(desk, signed), signed.count(MOST_CHANGES), _wait(signed)
    if "after" not in signed.request.query:
        return json_reply({"changes": [], "last": await desk.feed.end()})
    page = await desk.feed.read(Reading(_after(signed), units, count), wait)
    if isinstance(page, Ahead):
        raise Refused(
            409,
            f"after is past the end, {page.last}: the desk's database is another one than before;"
            " read your requests anew, and go on after that end",
        )
    views = [change_view(each, units) for each in page.changes]
    return json_reply({"changes": views, "last": page.last})


def change_view(numbered: Numbered, units: frozenset[str] | None) -> View:
    """A change as these units see it; other units' receipts aren't among it."""
    change = numbered.change
    return {
        "sequence": numbered.sequence,
        "at": moment_view(change.at),
        "kind": change.kind.value,
        "request": change.request,
        "version": change.version,
        "event": change.event,
        "state": change.state.value,
        "certificateType": change.certificate,
        "requester": change.requester,
        "holder": change.holder,
        "formerHolder": change.former_holder,
        "receivers": [_receiver(each) for each in change.receivers if _sees(units, each)],
    }


def _receiver(receiver: Receiver) -> View:
    return {"unit": receiver.unit, "reference": receiver.reference}


def _sees(units: frozenset[str] | None, receiver: Receiver) -> bool:
    return units is None or receiver.unit in units


def _units(desk: Desk, signed: Signed) -> frozenset[str] | None:
    """The units whose changes are read; `None`, all, for who may read every request."""
    units = frozenset({signed.unit()}) if "unit" in signed.request.query else signed.client.units
    if units is None or any(desk.registry.supervises(unit) for unit in units):
        return None
    return units


def _after(signed: Signed) -> int:
    text = signed.request.query["after"]
    if not text.isascii() or not text.isdigit() or len(text) > 16 or int(text) > _LARGEST:
        raise Refused(400, "after isn't allowed; give `last` of the answer before")
    return int(text)


def _wait(signed: Signed) -> float:
    text = signed.request.query.get("wait", "0")
    if not _SECONDS.fullmatch(text) or float(text) > LONGEST_WAIT:
        raise Refused(400, f"wait isn't allowed; give seconds from 0 to {LONGEST_WAIT}")
    return float(text)
