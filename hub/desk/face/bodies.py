"""The bodies that calls of the desk take, and the words they become."""

from collections.abc import Mapping
from datetime import date, datetime

from connectors.contract import Value
from hub.desk.face.shapes import (
    BOOLEAN,
    DATE,
    NUMBER,
    PRINTED,
    TEXT,
    TEXTS,
    BadBody,
    Part,
    Scalar,
    Shape,
    one_of,
)
from hub.desk.findings import AmbiguousSubject, Findings, NoRecord, Verified
from hub.desk.words import Officer, Wanted
from hub.evidence import HolderKind, Purpose, Subject

Given = Mapping[str, object]


def _values(value: object) -> Mapping[str, Value | None]:
    if not isinstance(value, dict) or not value:
        raise ValueError
    return {name: _value(each) for name, each in value.items()}


def _value(value: object) -> Value | None:
    match value:
        case None | str() | bool() | int():
            return value
        case list() if all(isinstance(each, str) for each in value):
            return tuple(value)
        case _:
            raise ValueError


VALUES = Scalar(
    {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {
            "type": ["string", "integer", "boolean", "array", "null"],
            "items": {"type": "string"},
        },
    },
    "an object of field names and values; dates as ISO texts, decimals as texts, null: left open",
    _values,
)
OFFICER = Shape(
    {
        "unit": Part(TEXT, "the unit (单位) that acts"),
        "name": Part(TEXT, "the person in the unit, as the registry names them (经办人)"),
    }
)
SUBJECT = Shape(
    {
        "kind": Part(one_of(*HolderKind), "whether a person or an organisation"),
        "id": Part(TEXT, "resident id (GB 11643) or credit code (GB 32100)"),
        "name": Part(TEXT, "the subject's name", required=False),
    }
)
PURPOSE = Shape(
    {
        "item": Part(PRINTED, "the item (事项) that is applied for"),
        "case": Part(PRINTED, "the case (办件)"),
    }
)
SUBMISSION = Shape(
    {
        "by": Part(OFFICER, "the operator (操作人员) who asks"),
        "certificateType": Part(TEXT, "the certificate type, by its name"),
        "fields": Part(TEXTS, "the fields to be verified"),
        "subject": Part(SUBJECT, "whom it is about"),
        "purpose": Part(PURPOSE, "what it is for; other use is misuse (Article 17)"),
        "immediate": Part(BOOLEAN, "whether the catalogue has an immediate item (即办事项)"),
        "promised": Part(DATE, "the day the item is promised for (承诺时限)", required=False),
        "issuer": Part(
            TEXT, "the unit that legally issues it; needed where several do", required=False
        ),
    }
)
EXTRACTION = Shape(
    {
        "by": Part(OFFICER, "the operator (操作人员) who extracts"),
        "certificateType": Part(TEXT, "the certificate type, by its name"),
        "subject": Part(SUBJECT, "whom it is about"),
        "purpose": Part(
            Shape(
                {
                    **PURPOSE.parts,
                    "itemName": Part(
                        PRINTED, "the item's name, by clients that state items", required=False
                    ),
                }
            ),
            "what it is for, as the endorsement (背书) will say",
        ),
        "request": Part(TEXT, "the request whose answer is extracted", required=False),
        "delivery": Part(NUMBER, "which of its deliveries; all if left out", required=False),
    }
)
FINDINGS = Shape(
    {
        "verified": Part(VALUES, "what the issuer verified, field by field", required=False),
        "noRecord": Part(
            Shape({"searched": Part(TEXT, "which registers were searched")}),
            "there is no such record (查无记录)",
            required=False,
        ),
        "ambiguous": Part(
            Shape({"candidates": Part(NUMBER, "how many fit")}),
            "several fit, and the requester was asked which one is meant",
            required=False,
        ),
    }
)


def text(given: Given, name: str) -> str:
    """A text that was read."""
    value = given[name]
    assert isinstance(value, str)
    return value


def text_if_any(given: Given, name: str) -> str | None:
    """A text that was read, if there was one."""
    return text(given, name) if name in given else None


def number(given: Given, name: str) -> int:
    """A number that was read."""
    value = given[name]
    assert isinstance(value, int)
    return value


def date_if_any(given: Given, name: str) -> date | None:
    """A date that was read, if there was one."""
    value = given.get(name)
    assert value is None or isinstance(value, date)
    return value


def moment_if_any(given: Given, name: str) -> datetime | None:
    """A moment that was read, if there was one."""
    value = given.get(name)
    assert value is None or isinstance(value, datetime)
    return value


def inside(given: Given, name: str) -> Given:
    """The parts of an object that was read."""
    value = given[name]
    assert isinstance(value, Mapping)
    return value


def officer(given: Given) -> Officer:
    """Who acts."""
    by = inside(given, "by")
    return Officer(text(by, "unit"), text(by, "name"))


def subject(given: Given) -> Subject:
    """Whom it is about."""
    who = inside(given, "subject")
    return Subject(HolderKind(text(who, "kind")), text(who, "id"), text_if_any(who, "name"))


def wanted(given: Given) -> Wanted:
    """What a submission asks for."""
    purpose = inside(given, "purpose")
    fields = given["fields"]
    assert isinstance(fields, frozenset)
    return Wanted(
        certificate=text(given, "certificateType"),
        subject=subject(given),
        purpose=Purpose(text(purpose, "item"), text(purpose, "case"), officer(given).name),
        fields=fields,
        immediate=given["immediate"] is True,
        promised=date_if_any(given, "promised"),
    )


def findings(given: Given) -> Findings:
    """What a verifier found; raises `BadBody` unless it is one kind of answer."""
    found = inside(given, "findings")
    if len(found) != 1:
        raise BadBody("findings is one of verified, noRecord, ambiguous: give one of them")
    if "verified" in found:
        verified = found["verified"]
        assert isinstance(verified, Mapping)
        return Verified(dict(verified))
    if "noRecord" in found:
        return NoRecord(text(inside(found, "noRecord"), "searched"))
    return AmbiguousSubject(number(inside(found, "ambiguous"), "candidates"))
