"""The registry of seals as a JSON document: to be handed to those who check, and read back."""

import base64
import json
from collections.abc import Mapping

from hub.notary.reading import Misread, Reading, moment, read_object
from hub.notary.registry import ABOUT_AN_OPERATOR, Change, Registry, SealEvent, SealRecord
from hub.notary.words import ProofTrouble, Seal, SealKind, SealUse, Unit

FORMAT = "certhub-seals/1"


def write_registry(registry: Registry) -> bytes:
    """All seals with their changes and uses."""
    records = [_record(registry.records[seal]) for seal in sorted(registry.records)]
    return json.dumps({"format": FORMAT, "seals": records}, ensure_ascii=False, indent=1).encode()


def read_registry(text: bytes) -> Registry:
    """The registry as `write_registry` wrote it; anything else is a `ProofTrouble`."""
    try:
        records = [_read(record) for record in read_object(text, FORMAT).each("seals")]
    except Misread as trouble:
        raise ProofTrouble(f"this is no registry of seals: {trouble}. Export it anew") from None
    return Registry({record.seal.id: record for record in records})


def _record(record: SealRecord) -> Mapping[str, object]:
    seal = record.seal
    return {
        "id": seal.id,
        "kind": seal.kind.value,
        "unit": {"code": seal.unit.code, "name": seal.unit.name_zh},
        "certificate": base64.b64encode(seal.certificate).decode(),
        "madeAt": seal.made_at.isoformat(),
        "notBefore": seal.not_before.isoformat(),
        "notAfter": seal.not_after.isoformat(),
        "events": [
            {
                "at": event.at.isoformat(),
                "change": event.change.value,
                "by": event.by,
                "operator": event.operator,
                "reason": event.reason,
            }
            for event in record.events
        ],
        "uses": [
            {"operator": use.operator, "at": use.at.isoformat(), "document": use.document_number}
            for use in record.uses
        ],
    }


def _read(told: Reading) -> SealRecord:
    unit = told.within("unit")
    seal = Seal(
        id=told.text("id"),
        kind=told.read("kind", SealKind),
        unit=Unit(unit.text("code"), unit.text("name")),
        certificate=told.read("certificate", base64.b64decode),
        made_at=told.read("madeAt", moment),
        not_before=told.read("notBefore", moment),
        not_after=told.read("notAfter", moment),
    )
    uses = (
        SealUse(seal.id, use.text("operator"), use.read("at", moment), use.text("document"))
        for use in told.each("uses")
    )
    return SealRecord(seal, tuple(_event(event) for event in told.each("events")), tuple(uses))


def _event(told: Reading) -> SealEvent:
    change, operator = told.read("change", Change), told.text_or_none("operator")
    if (operator is None) == (change in ABOUT_AN_OPERATOR):
        raise Misread("an `operator` is named for what is not about one, or missing")
    at, by, reason = told.read("at", moment), told.text("by"), told.text("reason")
    return SealEvent(at, change, by, operator, reason)
