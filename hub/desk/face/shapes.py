"""What bodies of calls look like: read strictly, and described for the OpenAPI document, in one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from hub.notary.words import invisible_sign

Schema = dict[str, object]
_YEARS = range(2000, 2200)


class BadBody(Exception):
    """The body isn't what this call takes; the text says where, and what is allowed."""

    def __init__(self, text: str, unknown: str | None = None) -> None:
        super().__init__(text)
        self.unknown = unknown
        """The name of the field that doesn't exist, where that is the trouble."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value without named parts: its schema, what is allowed in words, and its reading.

    `read` raises `ValueError` or `TypeError` for what isn't allowed.
    """

    schema: Schema
    allowed: str
    read: Callable[[object], object]


@dataclass(frozen=True, slots=True)
class Part:
    """A named part of a body."""

    kind: "Scalar | Shape"
    about: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """An object with these parts and no others."""

    parts: Mapping[str, Part]


def read(shape: Shape, value: object, place: str = "the body") -> Mapping[str, object]:
    """The object's parts as values of ours; raises `BadBody`, which never repeats what was given."""
    if not isinstance(value, dict):
        raise BadBody(f"{place} is no JSON object: send one with {_listed(shape)}")
    for name in value:
        if name not in shape.parts:
            raise BadBody(f"{place} has an unknown field; allowed: {_listed(shape)}", str(name))
    for name, part in shape.parts.items():
        if part.required and value.get(name) is None:
            raise BadBody(f"{place} lacks {name}: {part.about}")
    return {
        name: _part(shape.parts[name], each, name)
        for name, each in value.items()
        if each is not None
    }


def _part(part: Part, value: object, place: str) -> object:
    if isinstance(part.kind, Shape):
        return read(part.kind, value, place)
    try:
        return part.kind.read(value)
    except (ValueError, TypeError):
        raise BadBody(f"{place} isn't allowed; give {part.kind.allowed}") from None


def schema_of(kind: Scalar | Shape) -> Schema:
    """The JSON schema of a kind."""
    if isinstance(kind, Scalar):
        return kind.schema
    return {
        "type": "object",
        "properties": {
            name: {**schema_of(part.kind), "description": part.about}
            for name, part in kind.parts.items()
        },
        "required": [name for name, part in kind.parts.items() if part.required],
        "additionalProperties": False,
    }


def _listed(shape: Shape) -> str:
    return ", ".join(shape.parts)


def sound_text(value: object) -> str:
    """The text, unless it is blank or holds what a database can't; else raises `ValueError`."""
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError
    return value


def _printed(value: object) -> str:
    text = sound_text(value)
    if invisible_sign(text):
        raise ValueError
    return text


def sound_moment(text: str) -> datetime:
    """The moment of an ISO text with a zone, in this century or the next; else `ValueError`."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or moment.year not in _YEARS:
        raise ValueError
    return moment


def _texts(value: object) -> frozenset[str]:
    if not isinstance(value, list) or not value:
        raise ValueError
    return frozenset(sound_text(each) for each in value)


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError
    return value


def _date(value: object) -> date:
    day = date.fromisoformat(sound_text(value))
    if day.year not in _YEARS:
        raise ValueError
    return day


def _moment(value: object) -> datetime:
    return sound_moment(sound_text(value))


TEXT = Scalar({"type": "string", "minLength": 1}, "a text that isn't blank", sound_text)
PRINTED = Scalar(
    {"type": "string", "minLength": 1}, "a text that isn't blank, without invisible signs", _printed
)
TEXTS = Scalar(
    {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
    "a list of texts, one at least",
    _texts,
)
BOOLEAN = Scalar({"type": "boolean"}, "true or false", _boolean)
NUMBER = Scalar({"type": "integer", "minimum": 1}, "an integer from 1 on", _number)
DATE = Scalar({"type": "string", "format": "date"}, "a date such as 2026-11-23", _date)
MOMENT = Scalar(
    {"type": "string", "format": "date-time"},
    "a moment with its zone, such as 2026-11-23T15:00:00+08:00",
    _moment,
)


def one_of(*allowed: str) -> Scalar:
    """One of these texts."""

    def choice(value: object) -> str:
        if value not in allowed:
            raise ValueError
        return str(value)

    return Scalar({"type": "string", "enum": list(allowed)}, f"one of {', '.join(allowed)}", choice)
