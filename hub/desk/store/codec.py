"""The desk's values as JSON and back; what isn't JSON of itself says what it is."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from msgspec import Struct, structs

from hub.desk import doubts, events, findings, words
from hub.desk.clocks import Due, DueRule
from hub.desk.request import Entry, VerificationRequest
from hub.evidence import HolderKind, Purpose, Subject

_MODULES = (doubts, events, findings, words)
_FURTHER: tuple[type, ...] = (
    Due,
    DueRule,
    Entry,
    VerificationRequest,
    HolderKind,
    Purpose,
    Subject,
)


def _own_classes() -> dict[str, type]:
    found = {
        name: value
        for module in _MODULES
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    }
    return found | {each.__name__: each for each in _FURTHER}


_CLASSES = _own_classes()
_TEXTS: Mapping[str, Callable[[str], object]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "decimal": Decimal,
}


def encoded(value: object) -> object:
    """The value in JSON's own types."""
    match value:
        case Enum() | datetime() | date() | Decimal():
            return _encoded_text(value)
        case None | str() | bool() | int():
            return value
        case tuple():
            return [encoded(each) for each in value]
        case _:
            return _encoded_parts(value)


def _encoded_text(value: Enum | date | Decimal) -> object:
    match value:
        case Enum():
            return {"is": type(value).__name__, "of": value.value}
        case Decimal():
            return {"is": "decimal", "of": str(value)}
        case _:
            return {"is": type(value).__name__, "of": value.isoformat()}


def _encoded_parts(value: object) -> object:
    match value:
        case frozenset():
            return {"is": "set", "of": [encoded(each) for each in sorted(value, key=repr)]}
        case Mapping():
            return {"is": "map", "of": {key: encoded(each) for key, each in value.items()}}
        case _:
            name = type(value).__name__
            if name not in _CLASSES:
                raise TypeError(f"{name} is no value of the desk")
            parts = {part: encoded(getattr(value, part)) for part in _parts(value)}
            return {"is": name, "of": parts}


def _parts(value: object) -> list[str]:
    """The names of a value's parts."""
    if isinstance(value, Struct):
        return [each.name for each in structs.fields(value)]
    if is_dataclass(value):
        return [each.name for each in fields(value)]
    raise TypeError(f"{type(value).__name__} is no value of the desk")


def decoded(document: object) -> object:
    """The value that `encoded` made this document of."""
    match document:
        case list():
            return tuple(decoded(each) for each in document)
        case {"is": str(name), "of": of}:
            return _named(name, of)
        case _:
            return document


def _named(name: str, of: object) -> object:
    match of:
        case list():  # only sets are written so
            return frozenset(decoded(each) for each in of)
        case dict():
            parts = {key: decoded(each) for key, each in of.items()}
            return parts if name == "map" else _CLASSES[name](**parts)
        case str() if name in _TEXTS:
            return _TEXTS[name](of)
        case _:
            return _CLASSES[name](of)
