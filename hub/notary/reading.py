"""Reads JSON objects strictly; every trouble names the key."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

_Read = TypeVar("_Read")


class Misread(Exception):
    """The JSON is not what was expected; says which key."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One JSON object."""

    values: Mapping[str, object]

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self.values.get(key)
        if not isinstance(value, str):
            raise Misread(f"`{key}` is missing or no text")
        return value

    def text_or_none(self, key: str) -> str | None:
        """A text, or none where it is null."""
        return None if self.values.get(key, "") is None else self.text(key)

    def read(self, key: str, read: Callable[[str], _Read]) -> _Read:
        """A text that means something else."""
        try:
            return read(self.text(key))
        except ValueError:
            raise Misread(f"`{key}` holds nothing that is known") from None

    def within(self, key: str) -> "Reading":
        """An object inside."""
        return Reading(_an_object(key, self.values.get(key)))

    def each(self, key: str) -> "Iterable[Reading]":
        """The objects of a list inside."""
        values = self.values.get(key)
        if not isinstance(values, list):
            raise Misread(f"`{key}` is missing or no list")
        return [Reading(_an_object(key, value)) for value in values]


def read_object(text: bytes, expected_format: str) -> Reading:
    """The JSON object in a text, which must say that it is of a format."""
    try:
        values: object = json.loads(text)
    except ValueError:
        raise Misread("it is not JSON") from None
    if not isinstance(values, dict) or values.get("format") != expected_format:
        raise Misread(f"its `format` is not {expected_format}")
    return Reading(values)


def moment(text: str) -> datetime:
    """A moment with its zone; `ValueError` for anything else."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("no zone")
    return read


def _an_object(key: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise Misread(f"`{key}` is missing or no object")
    return value
