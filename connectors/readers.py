"""The readers of answers, made once for a shape: what `answers.py` says, at a fraction of its cost."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from connectors.answers import (
    Values,
    any_known,
    newest_row,
    own_rows,
    read_fields,
    require_success,
    says_absent,
)
from connectors.contract import (
    Answer,
    AnswerShape,
    FieldSource,
    Held,
    NotHeld,
    Value,
    ValueKind,
)
from connectors.decoding import Json
from connectors.envelopes import NULLS, Row, opened, rows_at
from connectors.holders import is_plainly
from connectors.reading import SENTINELS, Unreadable, read_text, read_value

Read = Callable[[Json], Value | None]

_DASHED, _COMPACT = len("yyyy-MM-dd"), len("yyyyMMdd")


class AnswerReader:
    """Reads what `read_answer` reads, with the same answers and the same failures.

    What stands plainly where it is declared is taken at once; all else goes `read_answer`'s way.
    """

    def __init__(self, shape: AnswerShape) -> None:
        self._shape = shape
        self._coded = shape.absent is not None or shape.success is not None
        self._rows = _one_step(shape.rows)
        self._holder = tuple(filter(None, map(_one_step, shape.holder)))
        plain = all(map(_is_plain, shape.fields))
        self._fields = tuple(
            (source.name, source.key, reader_of(source.kind)) for source in shape.fields if plain
        )

    def read(self, document: Json, subject_id: str) -> Answer | None:
        """The answer about that subject, or `None` where it is blank."""
        shape = self._shape
        if self._coded:
            if says_absent(document, shape):
                return NotHeld()
            require_success(document, shape)
        rows = self._rows_in(document)
        if not rows:
            return None
        own = rows if self._are_of(subject_id, rows) else own_rows(rows, shape.holder, subject_id)
        newest = newest_row(own, shape.newest) if shape.newest else own[0]
        return Held(self._values(newest, own))

    def _rows_in(self, document: Json) -> Sequence[Row]:
        if type(document) is dict and self._rows in document:
            found = opened(document[self._rows])
            items = found if isinstance(found, list) else [found]
            rows = [item for item in items if isinstance(item, dict) and _says_something(item)]
            if len(rows) == len(items):
                return rows
        return rows_at(document, self._shape.rows)

    def _are_of(self, subject_id: str, rows: Sequence[Row]) -> bool:
        """Whether the rows plainly are the subject's; where it is not plain, `False`."""
        if not self._shape.holder:
            return True
        row = rows[0]
        return len(rows) == 1 and any(is_plainly(subject_id, row.get(key)) for key in self._holder)

    def _values(self, newest: Row, own: Sequence[Row]) -> Values:
        try:
            values = {name: read(newest[key]) for name, key, read in self._fields}
        except (KeyError, Unreadable):
            values = {}
        return values if any_known(values) else read_fields(self._shape.fields, newest, own)


class Readers:
    """A reader per interface, by name; where a reload changed its shape, it is made anew."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[AnswerShape, AnswerReader]] = {}

    def of(self, interface: str, shape: AnswerShape) -> AnswerReader:
        """The reader of that interface's answers, which are of that shape."""
        made = self._made.get(interface)
        if made is None or made[0] is not shape:
            made = self._made[interface] = (shape, AnswerReader(shape))
        return made[1]


def _one_step(path: str) -> str | None:
    return path if path and "." not in path else None


def _is_plain(source: FieldSource) -> bool:
    """Whether one row tells the field, under a key of its own."""
    return source.kind is not ValueKind.TEXTS and _one_step(source.key) is not None


def _says_something(row: Row) -> bool:
    """Whether some text of the row plainly is no blank; where none does, `False`."""
    for value in row.values():
        if type(value) is str and value.isalnum() and value not in NULLS:
            return True
    return False


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
