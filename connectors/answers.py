"""A document and the declared shape of answers, made into an answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from connectors.contract import (
    Answer,
    AnswerShape,
    Blank,
    FieldSource,
    Garbled,
    Held,
    NotHeld,
    Refused,
    Value,
    ValueKind,
    WrongHolder,
)
from connectors.decoding import Json
from connectors.envelopes import Gap, Row, at, code_at, rows_at, shown
from connectors.holders import Match, holder_match
from connectors.reading import Unreadable, read_moment, read_value

Values = Mapping[str, Value | None]


def read_answer(document: Json, shape: AnswerShape, subject_id: str) -> Answer | None:
    """The answer about that subject, or `None` where it is blank."""
    if says_absent(document, shape):
        return NotHeld()
    require_success(document, shape)
    rows = rows_at(document, shape.rows)
    return held(rows, shape, subject_id) if rows else None


def blank_answer(shape: AnswerShape, succeeded: bool) -> Answer:
    """What a last blank means: not held where the call is known to have succeeded, or a failure."""
    if shape.blank is Blank.NOT_HELD and succeeded:
        return NotHeld()
    raise Garbled("the answer is blank, which here says nothing; ask the platform why")


def says_success(document: Json, shape: AnswerShape) -> bool:
    """Whether the inner code of success is there; that it is the right one was asked before."""
    return shape.success is not None and not isinstance(code_at(document, shape.success), Gap)


def says_absent(document: Json, shape: AnswerShape) -> bool:
    """Whether the inner code says that nothing is held."""
    return shape.absent is not None and code_at(document, shape.absent) in shape.absent.values


def held(rows: Sequence[Row], shape: AnswerShape, subject_id: str) -> Held:
    """The newest of the subject's own rows, read field by field; `WrongHolder` if none is its own."""
    own = own_rows(rows, shape.holder, subject_id)
    newest = newest_row(own, shape.newest) if shape.newest else own[0]
    return Held(read_fields(shape.fields, newest, own))


def read_fields(fields: Sequence[FieldSource], newest: Row, own: Sequence[Row]) -> Values:
    """A value per field, `None` where it is open; `Garbled` where one can't be read, or none is there."""
    values = {source.name: _value(source, newest, own) for source in fields}
    if not any_known(values):
        raise Garbled("none of the declared fields is in the answer; check [fields]")
    return values


def any_known(values: Values) -> bool:
    """Whether at least one of the values is there."""
    for value in values.values():  # noqa: SIM110  # a tenth of what a generator costs
        if value is not None:
            return True
    return False


def require_success(document: Json, shape: AnswerShape) -> None:
    """Pass where the inner code says success, or where a blank stands in its place."""
    code = code_at(document, shape.success) if shape.success else Gap.BLANK
    if code is Gap.MISSING:
        raise Garbled("the inner code is missing; check [answer.success]")
    if isinstance(code, str) and shape.success and code not in shape.success.values:
        raise Refused(f"inner code {shown(code)}; look it up in the platform's code table")


def own_rows(rows: Sequence[Row], holder: tuple[str, ...], subject_id: str) -> Sequence[Row]:
    """The rows about the subject, or all where none is about somebody else; `WrongHolder` if none is its own."""
    matches = [holder_match(_present(row, holder), subject_id) for row in rows]
    if Match.OTHER not in matches:
        return rows
    own = [row for row, match in zip(rows, matches, strict=True) if match is Match.SAME]
    if not own:
        raise WrongHolder("the answer is about somebody else; tell the platform")
    return own


def _present(row: Row, keys: tuple[str, ...]) -> list[Json]:
    found = (at(row, key) for key in keys)
    return [value for value in found if not isinstance(value, Gap)]


def newest_row(rows: Sequence[Row], key: str) -> Row:
    """The first of the rows with the latest moment; `Garbled` where one is no moment."""
    moments = [_moment(row, key) for row in rows]
    latest = max((moment for moment in moments if moment), default=None)
    return rows[moments.index(latest)]


def _moment(row: Row, key: str) -> datetime | None:
    found = at(row, key)
    try:
        return None if isinstance(found, Gap) else read_moment(found)
    except Unreadable as error:
        raise Garbled(f"{key}: {error}; check `newest`") from None


def _value(source: FieldSource, newest: Row, own: Sequence[Row]) -> Value | None:
    try:
        if source.kind is ValueKind.TEXTS:
            return _gathered(source, own)
        found = at(newest, source.key)
        return None if isinstance(found, Gap) else read_value(found, source.kind)
    except Unreadable as error:
        raise Garbled(f"{source.key}: {error}; check the field's type and key") from None


def _gathered(source: FieldSource, rows: Sequence[Row]) -> tuple[str, ...] | None:
    found = [value for row in rows for value in _items(at(row, source.key))]
    read = read_value(found, ValueKind.TEXTS) if found else None
    return read if isinstance(read, tuple) else None


def _items(found: Json | Gap) -> list[Json]:
    if isinstance(found, Gap):
        return []
    return found if isinstance(found, list) else [found]
