"""What each layer states in JSON under its signature, written and read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from connectors.contract import Value
from hub.notary.reading import Reading, moment, read_object
from hub.notary.words import (
    AnswerKind,
    Content,
    ContentField,
    Endorsement,
    Seal,
    SealKind,
    SealUse,
    Unit,
)

FORMAT = "certhub-proof/1"

Statement = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SealedStatement:
    """What a sealed layer states, as far as it is checked."""

    document_number: str
    certificate: str
    kind: SealKind
    answer: AnswerKind
    holder: str = field(repr=False)
    unit: Unit
    seal: str
    seal_kind: SealKind
    operator: str
    sealed_at: datetime


def content_statement(content: Content, seal: Seal, use: SealUse) -> Statement:
    """The content and the seal's use, as the unit signs them."""
    return {
        "format": FORMAT,
        "documentNumber": content.document_number,
        "kind": content.kind.value,
        "certificate": content.certificate,
        "title": content.title_zh,
        "answer": content.answer.value,
        "holder": {
            "kind": content.holder.kind.value,
            "id": content.holder.identifier,
            "name": content.holder.name,
        },
        "fields": [_line(line) for line in content.fields],
        "remark": content.remark_zh,
        "source": content.source_zh,
        "makingUnit": _unit(content.unit),
        "madeAt": content.made_at.isoformat(),
        "seal": {
            "id": seal.id,
            "kind": seal.kind.value,
            "operator": use.operator,
            "usedAt": use.at.isoformat(),
        },
    }


def endorsement_statement(endorsement: Endorsement) -> Statement:
    """The endorsement, as the platform signs it."""
    return {
        "format": FORMAT,
        "documentNumber": endorsement.document_number,
        "extractingUnit": _unit(endorsement.extracting),
        "makingUnit": _unit(endorsement.making),
        "operator": endorsement.operator,
        "item": endorsement.item,
        "itemName": endorsement.item_zh,
        "case": endorsement.case,
        "extractedAt": endorsement.extracted_at.isoformat(),
        "validUntil": endorsement.valid_until.isoformat(),
    }


def twin_of(content: Statement, endorsement: Statement, content_sha256: str) -> bytes:
    """The machine-readable twin: both statements and the hash of the sealed layer's bytes."""
    twin = {
        "format": FORMAT,
        "documentNumber": content["documentNumber"],
        "contentSha256": content_sha256,
        "content": content,
        "endorsement": endorsement,
    }
    return json.dumps(twin, ensure_ascii=False, indent=1).encode()


def read_statement(text: bytes) -> Statement:
    """The JSON object in a signature dictionary."""
    return read_object(text, FORMAT).values


def read_sealed(statement: Statement) -> SealedStatement:
    """What the sealed layer states."""
    whole = Reading(statement)
    with_seal = whole.within("seal")
    return SealedStatement(
        document_number=whole.text("documentNumber"),
        certificate=whole.text("certificate"),
        kind=whole.read("kind", SealKind),
        answer=whole.read("answer", AnswerKind),
        holder=whole.within("holder").text("id"),
        unit=_unit_in(whole, "makingUnit"),
        seal=with_seal.text("id"),
        seal_kind=with_seal.read("kind", SealKind),
        operator=with_seal.text("operator"),
        sealed_at=with_seal.read("usedAt", moment),
    )


def read_endorsement(statement: Statement) -> Endorsement:
    """The endorsement that the second layer states."""
    whole = Reading(statement)
    return Endorsement(
        document_number=whole.text("documentNumber"),
        extracting=_unit_in(whole, "extractingUnit"),
        making=_unit_in(whole, "makingUnit"),
        operator=whole.text("operator"),
        item=whole.text("item"),
        item_zh=whole.text("itemName"),
        case=whole.text("case"),
        extracted_at=whole.read("extractedAt", moment),
        valid_until=whole.read("validUntil", moment),
    )


def _unit_in(reading: Reading, key: str) -> Unit:
    unit = reading.within(key)
    return Unit(unit.text("code"), unit.text("name"))


def _unit(unit: Unit) -> Statement:
    return {"code": unit.code, "name": unit.name_zh}


def _line(line: ContentField) -> Statement:
    return {"name": line.name, "label": line.label_zh, "value": _plain(line.value)}


def _plain(value: Value | None) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
