"""The readers of answers, made once for a shape: what `answers.py` says, at a fraction of its cost."""

from collections.abc import Sequence

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
    ValueKind,
)
from connectors.decoding import Json
from connectors.envelopes import NULLS, Gap, Row, at, opened, rows_at
from connectors.holders import is_plainly
from connectors.rows import RowReader


class AnswerReader:
    """Reads what `read_answer` reads, with the same answers and the same failures.

    What stands plainly where it is declared is taken at once; all else goes `read_answer`'s way.
    """

    def __init__(self, shape: AnswerShape) -> None:
        self._shape = shape
        self._coded = shape.absent is not None or shape.success is not None
        self._wrapping = _wrapping(shape)
        self._row_key = _one_step(shape.rows)
        self._holder = tuple(filter(None, map(_one_step, shape.holder)))
        self._rows = RowReader(shape.fields) if _are_plain(shape.fields) else None

    def read(self, document: Json, subject_id: str) -> Answer | None:
        """The answer about that subject, or `None` where it is blank."""
        found = self.found(document, subject_id)
        return found if found is None or isinstance(found, NotHeld) else Held(found)

    def found(self, document: Json, subject_id: str) -> Values | NotHeld | None:
        """What `read` gives, before it is said to be held."""
        shape = self._shape
        if self._coded:
            document = self._unwrapped(document)
            if says_absent(document, shape):
                return NotHeld()
            require_success(document, shape)
        own = self._rows_in(document)
        if not own:
            return None
        if shape.holder and not self._are_of(subject_id, own):
            own = own_rows(own, shape.holder, subject_id)
        newest = newest_row(own, shape.newest) if shape.newest else own[0]
        return self._values(newest, own)

    def _unwrapped(self, document: Json) -> Json:
        """As much of the document as counts, the text that all of it stands in opened once for all."""
        wrapping = self._wrapping
        if wrapping and type(document) is dict and type(text := document.get(wrapping)) is str:
            inside = opened(text)
            return document if isinstance(inside, str) else {wrapping: inside}
        return document

    def _rows_in(self, document: Json) -> Sequence[Row]:
        """What `rows_at` finds, sooner where the rows plainly are no blanks."""
        row = document.get(self._row_key) if type(document) is dict and self._row_key else None
        if type(row) is dict and _says_something(row):
            return (row,)
        return _plain_rows(document, self._shape.rows)

    def _are_of(self, subject_id: str, rows: Sequence[Row]) -> bool:
        """Whether the rows plainly are the subject's; where it is not plain, `False`."""
        row = rows[0]
        return len(rows) == 1 and any(is_plainly(subject_id, row.get(key)) for key in self._holder)

    def _values(self, newest: Row, own: Sequence[Row]) -> Values:
        values = self._rows.read(newest) if self._rows else {}
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


def _wrapping(shape: AnswerShape) -> str | None:
    """The first step to both the rows and the inner codes, where the codes lie deeper than it."""
    codes = [test.path for test in (shape.success, shape.absent) if test]
    firsts = {path.partition(".")[0] for path in (shape.rows, *codes)}
    return firsts.pop() if len(firsts) == 1 and all("." in path for path in codes) else None


def _are_plain(fields: Sequence[FieldSource]) -> bool:
    """Whether one row tells all of them, each by its name and under a key of its own."""
    plain = all(one.kind is not ValueKind.TEXTS and _one_step(one.key) for one in fields)
    return plain and len({one.name for one in fields}) == len(fields)


def _plain_rows(document: Json, path: str) -> Sequence[Row]:
    """What `rows_at` finds, sooner where the rows plainly are no blanks."""
    found = at(document, path)
    if not isinstance(found, Gap):
        found = opened(found)
        items = found if isinstance(found, list) else [found]
        rows = [item for item in items if isinstance(item, dict) and _says_something(item)]
        if len(rows) == len(items):
            return rows
    return rows_at(document, path)


def _says_something(row: Row) -> bool:
    """Whether some text of the row plainly is no blank; where none does, `False`."""
    for value in row.values():
        if type(value) is str and value.isalnum() and value not in NULLS:
            return True
    return False
