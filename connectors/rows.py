"""Reading the fields of rows, quickly where they are written as most platforms write them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from connectors.contract import FieldSource, Value, ValueKind
from connectors.decoding import Json
from connectors.envelopes import NULLS, Row, spelt
from connectors.reading import SENTINELS, Unreadable, read_text, read_value

Read = Callable[[Json], Value | None]

_DASHED, _COMPACT = len("yyyy-MM-dd"), len("yyyyMMdd")


class RowReader:
    """Reads the fields of rows, each under a key of its own.

    Where a platform leaves keys out or writes them in another case than declared, they are looked
    for once, as long as its rows have the same names.
    """

    def __init__(self, fields: Sequence[FieldSource]) -> None:
        self._declared = tuple((one.name, one.key, reader_of(one.kind)) for one in fields)
        self._spelt = self._declared
        self._names: tuple[str, ...] | None = None  # of the last row that was not as declared

    def read(self, row: Row) -> dict[str, Value | None]:
        """A value per field, `None` where it is open; nothing where one can't be read."""
        try:
            if self._names is None:
                return {name: read(row[key]) for name, key, read in self._declared}
        except KeyError:
            pass
        except Unreadable:
            return {}
        return self._looked_for(row)

    def _looked_for(self, row: Row) -> dict[str, Value | None]:
        names = tuple(row)
        if names != self._names:
            self._learn(row, names)
        find = row.get
        try:
            return {name: read(find(key)) for name, key, read in self._spelt}
        except Unreadable:
            return {}

    def _learn(self, row: Row, names: tuple[str, ...]) -> None:
        self._spelt = tuple((name, spelt(row, key), read) for name, key, read in self._declared)
        self._names = None if all(key in row for _, key, _ in self._declared) else names


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
