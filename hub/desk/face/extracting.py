"""The calls about sealed proofs: extract them, and the record of the seal on one."""

import base64

import orjson
from aiohttp import web

from hub.desk.clocks import in_china
from hub.desk.desk import Desk
from hub.desk.extraction import Extracted, NothingThere, Outcome, extract
from hub.desk.face.bodies import (
    EXTRACTION,
    Given,
    inside,
    number,
    officer,
    subject,
    text,
    text_if_any,
)
from hub.desk.face.calls import Signed
from hub.desk.face.replies import Refused, json_reply, rejected, told_reply
from hub.desk.face.shapes import BadBody, sound_text
from hub.desk.originals import Asked, VerifiedOriginal
from hub.desk.store.answers import Told
from hub.desk.store.proofs import was_recalled
from hub.desk.store.seals import record_of
from hub.desk.words import Rejected
from hub.notary.ledger import write_registry
from hub.notary.registry import Registry

NOTHING = (
    "there is no proof in force and no shared information that this unit could extract; have it"
    " verified by a request"
)
NO_SUCH_USE = "no seal of this number is on a document of this number; check both"


async def extraction(desk: Desk, signed: Signed) -> web.Response:
    """Hand over proofs with the platform's endorsement, which says who extracts and for what."""
    call, given = signed.call, signed.given(EXTRACTION)
    purpose = inside(given, "purpose")
    if "itemName" in purpose and not signed.client.states_items:
        raise Refused(
            403, "this client doesn't hold the catalogue: leave itemName out of the purpose"
        )
    return told_reply(await extract(desk, call, _asked(given, purpose), _tell))


async def seal_record(desk: Desk, signed: Signed) -> web.Response:
    """The record of a seal, with its use on one document, and whether that was recalled."""
    signed.unit()
    seal, document = signed.request.match_info["id"], _document(signed)
    async with desk.database.reading() as connection:
        record = await record_of(connection, seal, document)
        recalled = await was_recalled(connection, document)
    if record is None or record.used_on(document) is None:
        raise Refused(404, NO_SUCH_USE)
    ledger = write_registry(Registry().having(record)).decode()
    return json_reply({"seal": ledger, "recalled": recalled})


def _document(signed: Signed) -> str:
    try:
        return sound_text(signed.request.query.get("document"))
    except ValueError:
        raise Refused(400, "say on which document: ?document=<number>") from None


def _asked(given: Given, purpose: Given) -> Asked:
    if "delivery" in given and "request" not in given:
        raise BadBody("delivery is a number inside a request: give request too, or neither")
    return Asked(
        by=officer(given),
        certificate=text(given, "certificateType"),
        subject=subject(given),
        item=text(purpose, "item"),
        case=text(purpose, "case"),
        item_zh=text_if_any(purpose, "itemName") or "",
        request=text_if_any(given, "request"),
        delivery=number(given, "delivery") if "delivery" in given else None,
    )


def _tell(outcome: Outcome) -> Told:
    match outcome:
        case tuple():
            return Told(200, orjson.dumps({"proofs": [_view(each) for each in outcome]}))
        case Rejected():
            return rejected(outcome)
        case NothingThere():
            return Told(404, orjson.dumps({"message": NOTHING}))


def _view(extracted: Extracted) -> dict[str, object]:
    original = extracted.original
    proof = original.proof if isinstance(original, VerifiedOriginal) else None
    return {
        "documentNumber": extracted.proof.document_number,
        "kind": extracted.kind.value,
        "pdf": base64.b64encode(extracted.proof.pdf).decode(),
        "twin": base64.b64encode(extracted.proof.twin).decode(),
        "seal": extracted.ledger.decode(),
        "sealedAt": in_china(extracted.sealed_at).isoformat(),
        "extractedAt": in_china(extracted.extracted_at).isoformat(),
        "validUntil": in_china(original.valid_until).isoformat(),
        "request": proof and proof.request,
        "delivery": proof and proof.delivery.number,
    }
