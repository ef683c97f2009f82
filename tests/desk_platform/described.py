"""Whether what a desk takes and answers is as its OpenAPI document describes it, closely read."""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson

from hub.desk.openapi import openapi_document
from tests.desk_platform.ground import Caller, Reply

Schema = Mapping[str, Any]

_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_KNOWN = frozenset(
    {
        "$ref",
        "additionalProperties",
        "anyOf",
        "contentEncoding",
        "contentMediaType",
        "description",
        "enum",
        "format",
        "items",
        "maxItems",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "properties",
        "required",
        "type",
        "uniqueItems",
    }
)
"""The words of JSON Schema that are read here; any other one is told as a fault."""


def faults(schema: Schema, value: object, place: str = "$") -> Iterator[str]:
    """What of the value isn't as the schema says; a key that isn't described is a fault too."""
    if unknown := schema.keys() - _KNOWN:
        yield f"{place}: {sorted(unknown)} isn't read here"
    if "$ref" in schema:
        yield from faults(_component(schema["$ref"]), value, place)
        return
    if "anyOf" in schema:
        found = [list(faults(each, value, place)) for each in schema["anyOf"]]
        if all(found):
            yield from min(found, key=len)
        return
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if kinds and not any(_is(kind, value) for kind in kinds):
        yield f"{place}: {type(value).__name__} in place of {kinds}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} isn't among {schema['enum']}"
    match value:
        case dict():
            yield from _object_faults(schema, value, place)
        case list():
            yield from _list_faults(schema, value, place)
        case str():
            yield from _text_faults(schema, value, place)
        case int() | float() if value < schema.get("minimum", value):
            yield f"{place}: {value} is less than {schema['minimum']}"


def _object_faults(schema: Schema, value: dict[str, object], place: str) -> Iterator[str]:
    described, more = schema.get("properties", {}), schema.get("additionalProperties", False)
    if "properties" not in schema and "additionalProperties" not in schema:
        return  # any object
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{place}.{name} is missing"
    for name, each in value.items():
        if name in described:
            yield from faults(described[name], each, f"{place}.{name}")
        elif isinstance(more, dict):
            yield from faults(more, each, f"{place}.{name}")
        elif not more:
            yield f"{place}.{name} isn't described"
    if len(value) < schema.get("minProperties", 0):
        yield f"{place} has too few parts"


def _list_faults(schema: Schema, value: list[object], place: str) -> Iterator[str]:
    for number, each in enumerate(value):
        yield from faults(schema.get("items", {}), each, f"{place}[{number}]")
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        yield f"{place} has {len(value)} items"
    if schema.get("uniqueItems") and len({repr(each) for each in value}) < len(value):
        yield f"{place} has an item twice"


def _text_faults(schema: Schema, value: str, place: str) -> Iterator[str]:
    if len(value) < schema.get("minLength", 0):
        yield f"{place} is too short"
    try:
        if schema.get("contentEncoding") == "base64":
            base64.b64decode(value, validate=True)
        if schema.get("contentMediaType") == "application/json":
            orjson.loads(value)
        match schema.get("format"):
            case "date":
                date.fromisoformat(value)
            case "date-time" if datetime.fromisoformat(value).tzinfo is None:
                yield f"{place} has no zone"
    except ValueError:
        forms = ("format", "contentEncoding", "contentMediaType")
        yield f"{place} is no {next(schema[each] for each in forms if each in schema)}"


def _is(kind: str, value: object) -> bool:
    return isinstance(value, _KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _component(reference: str) -> Schema:
    document: Any = openapi_document()
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return dict(document)


@dataclass
class ReadingCaller(Caller):
    """A caller that holds every call and answer against the description."""

    seen: set[tuple[str, int]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    async def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """A signed call, whose answer is as described."""
        reply = await super().send(method, path, body, headers)
        self.wrong += self._faults(method, path, body, dict(headers or {}), reply)
        return reply

    def _faults(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], reply: Reply
    ) -> Iterator[str]:
        path, _, query = path.partition("?")
        operation = _operation(method, path)
        if operation is None:
            return
        name, good = operation["operationId"], reply.status < 300
        self.seen.add((name, reply.status))
        described = operation["responses"].get(str(reply.status))
        if described is None:
            yield f"{name}: status {reply.status} isn't described"
            return
        for fault in _content_faults(described, reply):
            yield f"{name} {reply.status}: {fault}"
        if good:
            for fault in _call_faults(operation, query, headers, body):
                yield f"{name}: {fault}"


def _content_faults(described: Schema, reply: Reply) -> Iterator[str]:
    kind = reply.headers.get("Content-Type", "").partition(";")[0]
    if kind not in described["content"]:
        yield f"{kind} isn't described"
    elif kind == "application/json":
        yield from faults(described["content"][kind]["schema"], reply.body)


def _call_faults(
    operation: Schema, query: str, headers: Mapping[str, str], body: bytes
) -> Iterator[str]:
    """What of a call that was taken isn't described."""
    given = {("query", name) for name, _ in parse_qsl(query, keep_blank_values=True)}
    given |= {("header", name) for name in headers}
    described = {(each["in"], each["name"]): each["required"] for each in operation["parameters"]}
    yield from (f"{each} isn't described" for each in sorted(given - described.keys()))
    needed = {each for each, required in described.items() if required and each[0] != "path"}
    yield from (f"{each} was not needed" for each in sorted(needed - given))
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        yield from faults(schema, orjson.loads(body), "body")
    elif body:
        yield "a body isn't described"


def _operation(method: str, path: str) -> Any:
    """The operation of a path: a literal one before one with parts to fill in."""
    paths: Any = openapi_document()["paths"]
    for template in sorted(paths, key=lambda each: each.count("{")):
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path):
            return paths[template].get(method.lower())
    return None
