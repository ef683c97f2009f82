"""The schemas of what the desk answers."""

from hub.desk.changes import ChangeKind
from hub.desk.clocks import DueRule
from hub.desk.face.bodies import FINDINGS
from hub.desk.face.shapes import Schema, schema_of
from hub.desk.words import QuestionKind, Reason, Role, State
from hub.notary.words import SealKind

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
BOOLEAN: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}


def referring(name: str) -> Schema:
    """A reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(**parts: Schema) -> Schema:
    return {"type": "object", "properties": parts, "required": list(parts)}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _words(*allowed: str) -> Schema:
    return {"type": "string", "enum": list(allowed)}


OFFICER = _object(unit=TEXT, name=TEXT)
_DRAFT: dict[str, Schema] = {
    "findings": schema_of(FINDINGS),
    "fields": _list(TEXT),
    "madeBy": OFFICER,
    "madeAt": MOMENT,
}
DELIVERY = _object(
    number=NUMBER,
    **_DRAFT,
    seal=TEXT,
    document=TEXT,
    sealedBy=OFFICER,
    sealedAt=MOMENT,
    sentAt=MOMENT,
    confirmedAt=_or_null(MOMENT),
    recalledBy=_or_null(TEXT),
)
CLARIFICATION = _object(
    kind=_words(*QuestionKind),
    question=TEXT,
    askedBy=OFFICER,
    askedAt=MOMENT,
    endedAt=_or_null(MOMENT),
    answer=_or_null(TEXT),
)
EXPLANATION = _object(by=OFFICER, at=MOMENT, reason=TEXT, estimate=_or_null(MOMENT))
OVERDUE = _object(since=MOMENT, explanationAsked=BOOLEAN, explanations=_list(EXPLANATION))
DUE = _object(
    receivedAt=MOMENT, at=MOMENT, rule=_words(*DueRule), estimated=BOOLEAN, infeasible=BOOLEAN
)
HOP: Schema = {
    "type": "object",
    "properties": {"from": TEXT, "to": TEXT, "by": OFFICER, "at": MOMENT, "reason": TEXT},
    "required": ["from", "to", "by", "at", "reason"],
}
INCIDENT = _object(by=OFFICER, at=MOMENT, said=TEXT, article=TEXT)
OBJECTION = _object(
    delivery=NUMBER,
    grounds=TEXT,
    by=OFFICER,
    at=MOMENT,
    review=TEXT,
    ending=_or_null(_words("upheld", "corrected")),
)
REQUEST = _object(
    id=TEXT,
    version={"type": "integer"},
    state=_words(*State),
    certificateType=TEXT,
    fields=_list(TEXT),
    outstanding=_list(TEXT),
    subject=_object(kind=_words("person", "organisation"), id=TEXT, name=_or_null(TEXT)),
    purpose=_object(item=TEXT, case=TEXT),
    requester=OFFICER,
    issuer=TEXT,
    verifier=_or_null(TEXT),
    issuedAt=MOMENT,
    due=_or_null(DUE),
    timeLeft=_or_null(NUMBER),
    waitedForRequester=NUMBER,
    overdue=_or_null(OVERDUE),
    draft=_or_null(_object(**_DRAFT)),
    deliveries=_list(DELIVERY),
    clarifications=_list(CLARIFICATION),
    hops=_list(HOP),
    incidents=_list(INCIDENT),
    objections=_list(OBJECTION),
    reviewOf=_or_null(TEXT),
)
ENTRY = _object(at=MOMENT, by=_or_null(OFFICER), event=TEXT, state=_words(*State))
REMINDER = _object(
    request=TEXT,
    kind=TEXT,
    at=MOMENT,
    saidAt=MOMENT,
    unit=_or_null(TEXT),
    role=_words(*Role),
    person=_or_null(TEXT),
    reference=_or_null(TEXT),
)
CHANGE = _object(
    sequence={"type": "integer"},
    at=MOMENT,
    kind=_words(*ChangeKind),
    request=TEXT,
    version={"type": "integer"},
    event=TEXT,
    state=_words(*State),
    certificateType=TEXT,
    requester=TEXT,
    holder=TEXT,
    formerHolder=_or_null(TEXT),
    receivers=_list(_object(unit=TEXT, reference=TEXT)),
)
LOOKUPS = _object(
    requests={
        "type": "array",
        "maxItems": 100,
        "items": {
            "type": "object",
            "properties": {
                "ref": TEXT,
                "certificateType": TEXT,
                "subject": {
                    "type": "object",
                    "properties": {"id": TEXT, "name": _or_null(TEXT)},
                    "required": ["id"],
                },
                "purpose": {
                    "type": "object",
                    "properties": {
                        "item": TEXT,
                        "case": _or_null(TEXT),
                        "operator": _or_null(TEXT),
                        "unit": _or_null(TEXT),
                    },
                    "required": ["item"],
                },
            },
            "required": ["ref", "certificateType", "subject", "purpose"],
        },
    }
)
PROOF_ANSWER: Schema = {
    "type": "object",
    "properties": {
        "ref": TEXT,
        "status": _words("held", "notHeld", "error"),
        "fields": {"type": "object"},
        "holder": _object(id=TEXT),
        "proof": _words("verified", "shared"),
        "code": TEXT,
    },
    "required": ["ref", "status"],
}
BASE64: Schema = {"type": "string", "contentEncoding": "base64"}
LEDGER: Schema = {
    "type": "string",
    "contentMediaType": "application/json",
    "description": "The seal's record (certhub-seals/1), with its use on this document only.",
}
EXTRACTED_PROOF = _object(
    documentNumber=TEXT,
    kind=_words(*SealKind),
    pdf=BASE64,
    twin=BASE64,
    seal=LEDGER,
    sealedAt=MOMENT,
    extractedAt=MOMENT,
    validUntil=MOMENT,
    request=_or_null(TEXT),
    delivery=_or_null({"type": "integer"}),
)
SCHEMAS: Schema = {
    "Anything": {"type": "object"},
    "Health": _object(status=_words("up"), time={"type": "integer"}),
    "Message": {
        "type": "object",
        "properties": {"message": TEXT, "reason": _words(*Reason), "recorded": BOOLEAN},
        "required": ["message"],
    },
    "Request": REQUEST,
    "Page": _object(requests=_list(referring("Request")), next=_or_null(TEXT)),
    "History": _object(entries=_list(ENTRY)),
    "Reminders": _object(reminders=_list(REMINDER)),
    "Changes": _object(changes=_list(CHANGE), last={"type": "integer"}),
    "ProofAnswers": _object(answers=_list(PROOF_ANSWER)),
    "ExtractedProofs": _object(proofs=_list(EXTRACTED_PROOF)),
    "SealRecord": _object(seal=LEDGER, recalled=BOOLEAN),
}
