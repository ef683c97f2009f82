"""Answers of a verification platform, with every part there is, and ways to spoil them."""

import copy
from collections.abc import Iterator, Mapping

Document = dict[str, object]
Path = tuple[str | int, ...]

WHO, WHEN = {"unit": "civil-affairs", "name": "Secretperson"}, "2025-03-12T10:00:00+08:00"
PERSONAL = ("Secretperson", "330203199001016712", "测试", "case-77-secret", "Secretword")

_DRAFT: Document = {
    "findings": {"verified": {"spouse": "Secretword", "children": 2, "names": ["Secretword"]}},
    "fields": ["children", "names", "spouse"],
    "madeBy": WHO,
    "madeAt": WHEN,
}
REQUEST: Document = {
    "id": "abc123",
    "version": 9,
    "state": "made",
    "certificateType": "no_marriage_record",
    "fields": ["children", "names", "spouse"],
    "outstanding": ["spouse"],
    "subject": {"kind": "person", "id": "330203199001016712", "name": "测试"},
    "purpose": {"item": "许可-00757-001", "case": "case-77-secret"},
    "requester": WHO,
    "issuer": "civil-affairs",
    "verifier": "Secretperson",
    "issuedAt": WHEN,
    "due": {
        "receivedAt": WHEN,
        "at": WHEN,
        "rule": "half_hour",
        "estimated": False,
        "infeasible": False,
    },
    "timeLeft": -3.5,
    "waitedForRequester": 0.0,
    "overdue": {
        "since": WHEN,
        "explanationAsked": True,
        "explanations": [{"by": WHO, "at": WHEN, "reason": "Secretword", "estimate": WHEN}],
    },
    "draft": _DRAFT,
    "deliveries": [
        {
            "number": 1,
            **_DRAFT,
            "seal": "seal-1",
            "document": "d1",
            "sealedBy": WHO,
            "sealedAt": WHEN,
            "sentAt": WHEN,
            "confirmedAt": WHEN,
            "recalledBy": "def456",
        }
    ],
    "clarifications": [
        {
            "kind": "detail",
            "question": "Secretword",
            "askedBy": WHO,
            "askedAt": WHEN,
            "endedAt": WHEN,
            "answer": "Secretword",
        }
    ],
    "hops": [{"from": "a", "to": "b", "by": WHO, "at": WHEN, "reason": "Secretword"}],
    "incidents": [{"by": WHO, "at": WHEN, "said": "Secretword", "article": "16"}],
    "objections": [
        {
            "delivery": 1,
            "grounds": "Secretword",
            "by": WHO,
            "at": WHEN,
            "review": "def456",
            "ending": "upheld",
        }
    ],
    "reviewOf": "abc122",
}
HISTORY: Document = {"entries": [{"at": WHEN, "by": WHO, "event": "Make", "state": "made"}]}
PAGE: Document = {"requests": [REQUEST], "next": "cursor"}
REMINDERS: Document = {
    "reminders": [
        {
            "request": "abc123",
            "kind": "recall",
            "at": WHEN,
            "saidAt": WHEN,
            "unit": "housing",
            "role": "operator",
            "person": "Secretperson",
            "reference": "case-77-secret",
        }
    ]
}
PROOFS: Document = {
    "proofs": [
        {
            "documentNumber": "甬核-1",
            "kind": "verification",
            "pdf": "U2VjcmV0d29yZA==",
            "twin": "U2VjcmV0d29yZA==",
            "seal": '{"format":"certhub-seals/1"}',
            "sealedAt": WHEN,
            "extractedAt": WHEN,
            "validUntil": WHEN,
            "request": "abc123",
            "delivery": 1,
        }
    ]
}
SEAL: Document = {"seal": '{"format":"certhub-seals/1"}', "recalled": False}
CHANGE: Document = {
    "sequence": 8,
    "at": WHEN,
    "kind": "recall",
    "request": "abc123",
    "version": 9,
    "event": "recall",
    "state": "received",
    "certificateType": "no_marriage_record",
    "requester": "housing",
    "holder": "civil-affairs",
    "formerHolder": "archives",
    "receivers": [{"unit": "housing", "reference": "case-77-secret"}],
}
CHANGES: Document = {"changes": [CHANGE], "last": 8}
NULLABLE = frozenset(
    {
        "answer",
        "by",  # of an entry: the platform's own step
        "confirmedAt",
        "delivery",  # of a proof
        "draft",
        "due",
        "ending",
        "endedAt",
        "estimate",
        "formerHolder",
        "name",  # of a subject
        "next",
        "overdue",
        "person",
        "recalledBy",
        "reference",  # of a reminder
        "request",  # of a proof
        "reviewOf",
        "timeLeft",
        "unit",  # of a reminder
        "verifier",
    }
)
"""Keys that may be null somewhere; they are spoilt with another type only."""


def spoilt(document: Document) -> Iterator[tuple[str, Document]]:
    """The document with one thing wrong, for every thing in it: key gone, null, another type."""
    for path in _paths(document):
        name = ".".join(str(step) for step in path)
        if isinstance(path[-1], str):
            yield f"{name} gone", _without(document, path)
        if path[-1] not in NULLABLE:
            yield f"{name} null", _with(document, path, None)
        yield f"{name} alien", _with(document, path, [{"alien": PERSONAL[0]}])
        if isinstance(_at(document, path), str) and str(_at(document, path)) == WHEN:
            yield f"{name} without a zone", _with(document, path, WHEN[:19])


def extended(document: object) -> object:
    """The document with an unknown key in every object but those of verified values."""
    if isinstance(document, list):
        return [extended(each) for each in document]
    if not isinstance(document, dict):
        return document
    inside = {
        name: each if name == "verified" else extended(each) for name, each in document.items()
    }
    return {**inside, "newerKey": {"deep": [1, None]}}


def _paths(document: object, before: Path = ()) -> Iterator[Path]:
    steps: Mapping[str | int, object] = {}
    if isinstance(document, dict):
        steps = dict(document)
    elif isinstance(document, list):
        steps = dict(enumerate(document))
    for step, each in steps.items():
        yield (*before, step)
        if step != "verified":
            yield from _paths(each, (*before, step))


def _at(document: object, path: Path) -> object:
    for step in path:
        assert isinstance(document, dict | list)
        document = document[step]  # type: ignore[index]  # a key or a place, as the path was made
    return document


def _with(document: Document, path: Path, value: object) -> Document:
    changed = copy.deepcopy(document)
    holder = _at(changed, path[:-1])
    holder[path[-1]] = value  # type: ignore[index]  # as above
    return changed


def _without(document: Document, path: Path) -> Document:
    changed = copy.deepcopy(document)
    holder = _at(changed, path[:-1])
    assert isinstance(holder, dict)
    del holder[path[-1]]
    return changed
