"""The desk's OpenAPI 3.1 document, made of the list of its calls."""

import re
from collections.abc import Iterable
from functools import lru_cache

from hub.desk.face.operations import HEALTH, OPENAPI, OPERATIONS, Operation
from hub.desk.face.shapes import Schema, schema_of
from hub.desk.openapi_schemas import LOOKUPS, SCHEMAS, referring

_QUERY: dict[str, tuple[str, bool]] = {
    "unit": ("The unit that reads; the client must be allowed to act for it.", True),
    "after": ("`next` of the page before.", False),
    "since": ("`saidAt` of the last reminder seen.", False),
    "kind": ("Only reminders of this kind, such as `recall`; all if left out.", False),
    "count": ("How many, 1 to 200; 50 if left out.", False),
    "document": ("The number of the document that bears the seal.", True),
    "feed.after": ("`last` of the answer before; left out: only where the end is.", False),
    "feed.wait": ("Seconds to wait for a change, 0 to 30; 0 if left out.", False),
    "feed.count": ("How many, 1 to 200; 100 if left out.", False),
    "feed.unit": ("What concerns this unit; all of the client's units if left out.", False),
}
_TROUBLE = {
    "400": "The call isn't formed as it must be; the message says how.",
    "401": "Invalid access key, Invalid signature, or Clock skew exceeded (90 s).",
    "403": "This client or person may not do it; the message says who may.",
    "404": "No such request concerns the unit.",
    "409": "It can't be done now, or the Idempotency-Key was used for another call.",
    "413": "The body is too large: 100 lookups, or 256 KiB, at most.",
    "422": "The body isn't allowed; the message says what is.",
    "503": "The desk can't answer now: repeat the same call under the same key.",
}


@lru_cache(maxsize=1)
def openapi_document() -> Schema:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Supplementary verification platform 电子证明共享核查平台",
            "version": "1",
            "description": (
                "Calls are signed like the BG-HMAC gateway's: X-BG-HMAC-SIGNATURE is"
                " base64(HMAC-SHA256(secret, METHOD, path, sorted query, access key, date, each"
                " followed by a newline)). Every write takes an Idempotency-Key; repeated within"
                " seven days, it gives the same answer. No call ends a request by declining it (Article 16)."
            ),
        },
        "paths": _paths(OPERATIONS),
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "bgHmac": {"type": "apiKey", "in": "header", "name": "X-BG-HMAC-SIGNATURE"}
            },
        },
    }


def _paths(operations: Iterable[Operation]) -> Schema:
    paths: dict[str, Schema] = {
        HEALTH: {"get": _open("health", "That the desk is up, and its clock.", "Health")},
        OPENAPI: {"get": _open("openapi", "This document.", "Anything")},
    }
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return dict(paths)


def _open(name: str, about: str, answers: str) -> Schema:
    return {
        "operationId": name,
        "summary": about,
        "security": [],
        "responses": {"200": _content("As asked.", referring(answers))},
    }


def _described(operation: Operation) -> Schema:
    described: Schema = {
        "operationId": operation.name,
        "summary": operation.about,
        "security": [{"bgHmac": []}],
        "parameters": list(_parameters(operation)),
        "responses": _responses(operation),
    }
    if operation.body is not None:
        described["requestBody"] = {"required": True, **_json(schema_of(operation.body))}
    elif operation.answers == "ProofAnswers":
        described["requestBody"] = {"required": True, **_json(LOOKUPS)}
    return described


def _parameters(operation: Operation) -> Iterable[Schema]:
    for name in re.findall(r"{(\w+)}", operation.path):
        yield _parameter(name, "path", f"The {name}.", required=True)
    for name in operation.query:
        about, required = _QUERY[name]
        yield _parameter(name.rpartition(".")[2], "query", about, required=required)
    if operation.writes:
        about = "New for each write, the same when it is repeated; at most 200 characters."
        yield _parameter("Idempotency-Key", "header", about, required=True)


def _parameter(name: str, where: str, about: str, *, required: bool) -> Schema:
    return {
        "name": name,
        "in": where,
        "required": required,
        "description": about,
        "schema": {"type": "string"},
    }


def _responses(operation: Operation) -> Schema:
    good = str(operation.status)
    trouble = {
        status: _content(about, referring("Message"))
        for status, about in _TROUBLE.items()
        if status != good
    }
    if operation.answers == "Document":
        return {
            good: {"description": "The document.", "content": {"application/pdf": {}}},
            **trouble,
        }
    return {good: _content(operation.about, referring(operation.answers)), **trouble}


def _content(about: str, schema: Schema) -> Schema:
    return {"description": about, **_json(schema)}


def _json(schema: Schema) -> Schema:
    return {"content": {"application/json": {"schema": schema}}}
