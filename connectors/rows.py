"""Reading the fields of rows, quickly where they are written as most platforms write them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from connectors.contract import FieldSource, Value, ValueKind
from connectors.decoding import Json
from connectors.envelopes import NULLS, Row, spelt
from connectors.reading import SENTINELS, Unreadable, read_text, read_value

Read = Callable[[Json], Value | None]
Places = tuple[tuple[str, str, Read], ...]
"""Each field's name, the key it stands under, and what reads it."""

_DASHED, _COMPACT = len("yyyy-MM-dd"), len("yyyyMMdd")


class RowReader:
    """Reads the fields of rows, each under a key of its own.

    Where a platform leaves keys out or writes them in another case than declared, they are looked
    for once, as long as its rows have the same names.
    """

    def __init__(self, fields: Sequence[FieldSource]) -> None:
        self._open = dict[str, Value | None].fromkeys(one.name for one in fields)
        self._declared: Places = tuple((one.name, one.key, reader_of(one.kind)) for one in fields)
        self._spelt: Places = ()
        self._names: tuple[str, ...] | None = None  # of the last row, if it was not as declared

    def read(self, row: Row) -> dict[str, Value | None]:
        """A value per field, `None` where it is open; nothing where one can't be read."""
        try:
            if self._names is None:
                return self._values(row, self._declared)
        except KeyError:
            pass
        names = tuple(row)
        if names != self._names:
            self._learn(row, names)
        return self._values(row, self._spelt)

    def _values(self, row: Row, places: Places) -> dict[str, Value | None]:
        values = self._open.copy()
        try:
            for name, key, read in places:
                value = row[key]
                if read is _text and type(value) is str:  # here, as a call would cost as much again
                    text = value.strip()
                    values[name] = None if text in NULLS else text
                else:
                    values[name] = read(value)
        except Unreadable:
            return {}
        return values

    def _learn(self, row: Row, names: tuple[str, ...]) -> None:
        found = ((name, spelt(row, key), read) for name, key, read in self._declared)
        self._spelt = tuple(place for place in found if place[1] in row)
        as_declared = all(key in row for _, key, _ in self._declared)
        self._names = None if as_declared else names


def reader_of(kind: ValueKind) -> Read:
    """What `read_value` reads for values of that kind."""
    return _QUICK.get(kind) or (lambda value: read_value(value, kind))


def _text(value: Json) -> Value | None:
    if type(value) is not str:
        return None if value is None else read_text(value)
    text = value.strip()
    return None if text in NULLS else text


def _identifier(value: Json) -> Value | None:
    if type(value) is not str:
        return None if value is None else read_value(value, ValueKind.IDENTIFIER)
    text = value.strip()
    return None if text in NULLS else text.upper()


def _date(value: Json) -> Value | None:
    if type(value) is str and _looks_like_a_day(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return read_value(value, ValueKind.DATE)
        return None if day in SENTINELS else day
    return read_value(value, ValueKind.DATE)


def _looks_like_a_day(text: str) -> bool:
    """Whether it is written yyyy-MM-dd or yyyyMMdd, as far as a glance tells."""
    if len(text) == _DASHED:
        return text[4] == "-" == text[7]
    return len(text) == _COMPACT and text.isdecimal()


_QUICK: Mapping[ValueKind, Read] = {
    ValueKind.TEXT: _text,
    ValueKind.IDENTIFIER: _identifier,
    ValueKind.DATE: _date,
}
