"""The readers made once for a shape, held against `read_answer` and `read_value`, which define them."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from connectors.answers import read_answer
from connectors.contract import (
    Answer,
    AnswerShape,
    CodeTest,
    ConnectorError,
    FieldSource,
    Held,
    Value,
    ValueKind,
)
from connectors.decoding import Json
from connectors.envelopes import Gap, at, under
from connectors.readers import AnswerReader, Readers
from connectors.reading import Unreadable, read_value
from connectors.rows import reader_of
from tests.connectors.people import LAN, MEI

KEYS = ("name", "NAME", "born", "Born", "id", "ſtate", "state", "none", "a.b", "")
PATHS = (*KEYS, "fields", "Fields", "fields.0", "data.fields", "none.none")
TEXTS = (
    *(
        "",
        " ",
        "null",
        "NULL",
        "\\N",
        "[]",
        "{}",
        "/",
        "无",
        "梅一",
        " 梅 一 ",
        "男",
        "1",
        "00",
        "1.5",
    ),
    *("2020-02-29", "20200229", "2021-02-29", "20210229", "2020-W01-1", "2020-W01", "2020-2-9"),
    *("0000-00-00", "00000000", "9999-12-31", "18991231", "0001-01-01", "202002", "20200229235959"),
    *("٢٠٢٠٠٢٢٩", "2020-02-2９", "２０２０-０２-２９", "-1234567", "1234567890123", "长期"),
    *(MEI, MEI.lower(), LAN, f"{MEI},{LAN}", f" {MEI}", "330299************", "*" * 18),
    *('{"name":"梅一"}', '[{"name":"梅一","born":"20200229"}]', '"text"', "{broken"),
)

texts = some.sampled_from(TEXTS) | some.text(max_size=12)
days = some.from_regex(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}|[-0-9W]{8}|[-0-9W]{10}", fullmatch=True)
leaves: some.SearchStrategy[Json] = (
    some.none() | some.booleans() | some.integers(-(10**14), 10**14) | texts | days
) | some.floats(allow_nan=False, allow_infinity=False)


def _inside(inner: some.SearchStrategy[Json]) -> some.SearchStrategy[Json]:
    rows = some.dictionaries(some.sampled_from(PATHS), inner, max_size=6)
    as_text = rows.map(lambda row: orjson.dumps(row).decode())
    return some.lists(inner, max_size=3) | rows | as_text


documents = some.recursive(leaves, _inside, max_leaves=12)
fields = some.builds(
    FieldSource,
    some.sampled_from(("x", "y", "z")),
    some.sampled_from(PATHS),
    some.sampled_from(ValueKind),
)
tests = some.none() | some.builds(
    CodeTest, some.sampled_from(PATHS), some.lists(texts, max_size=2).map(tuple)
)
shapes = some.builds(
    AnswerShape,
    rows=some.sampled_from(PATHS),
    fields=some.lists(fields, max_size=4).map(tuple),
    success=tests,
    absent=tests,
    holder=some.lists(some.sampled_from(PATHS), max_size=2).map(tuple),
    newest=some.none() | some.sampled_from(PATHS),
)
PLAIN = AnswerShape(
    "fields",
    (
        FieldSource("x", "name", ValueKind.TEXT),
        FieldSource("y", "born", ValueKind.DATE),
        FieldSource("z", "id", ValueKind.IDENTIFIER),
    ),
    holder=("id",),
)


def outcome(read: Callable[[], Answer | None]) -> object:
    """What came of it: a failure by its kind and text."""
    try:
        return read()
    except ConnectorError as error:
        return type(error), str(error)


def value(read: Callable[[], Value | None]) -> object:
    """What came of it, with its type, as `1 == True`."""
    try:
        return type(found := read()), found
    except Unreadable as error:
        return Unreadable, str(error)


@given(documents, shapes, some.sampled_from((MEI, LAN, "", "*", "a b")))
@settings(max_examples=500, deadline=None)
def test_any_shape(document: Json, shape: AnswerShape, subject_id: str) -> None:
    """Whatever a platform says, and in whatever shape it is declared, both read the same."""
    reader = AnswerReader(shape)

    assert outcome(lambda: reader.read(document, subject_id)) == outcome(
        lambda: read_answer(document, shape, subject_id)
    )


people = some.sampled_from((MEI, MEI.lower(), LAN, "330299************", "", None)) | leaves
rows = some.fixed_dictionaries(
    {"name": leaves, "born": leaves, "id": people}, optional={"other": leaves}
)
newest = some.sampled_from((None, "born"))


@given(rows | some.lists(rows, max_size=3), newest)
@settings(max_examples=500, deadline=None)
@example({"name": "梅一", "born": "2020-02-29", "id": MEI}, None)
@example({"name": "梅一", "born": "soon", "id": LAN}, None)
@example({"name": None, "born": "长期", "id": None, "other": "梅一"}, None)
@example([{"name": n, "born": "20200229", "id": who} for n, who in (("a", MEI), ("b", LAN))], None)
@example([{"name": n, "born": day, "id": MEI} for n, day in (("a", ""), ("b", "20200229"))], "born")
def test_plain_rows(found: Json, newest: str | None) -> None:
    """Rows where they are declared, about the subject or another one: both read the same."""
    shape = replace(PLAIN, newest=newest)
    reader = AnswerReader(shape)

    assert outcome(lambda: reader.read({"fields": found}, MEI)) == outcome(
        lambda: read_answer({"fields": found}, shape, MEI)
    )


spellings = some.permutations(("name", "NAME", "Born", "born", "ID", "id", "ſtate")).flatmap(
    lambda names: some.fixed_dictionaries(dict.fromkeys(names[:4], texts))
)


@given(some.lists(spellings, max_size=6))
@settings(max_examples=300, deadline=None)
@example([{"NAME": "a", "born": "20200229"}, {"NAME": "b", "name": "c"}, {"NAME": "d"}])
@example([{"NAME": "a"}, {"name": "b", "born": "", "id": MEI}, {"NAME": "c"}, {"NAME": "soon"}])
def test_one_row_after_the_other(told: list[dict[str, Json]]) -> None:
    """However a reader's rows before were spelt, the next one is read as if it were the first."""
    reader = AnswerReader(PLAIN)

    for row in told:
        document: Json = {"fields": row}
        assert outcome(partial(reader.read, document, MEI)) == outcome(
            partial(read_answer, document, PLAIN, MEI)
        )


CODED = replace(PLAIN, rows="datas.fields", success=CodeTest("datas.code", ("1",)))


@given(leaves | rows, some.sampled_from(("1", "2", "", 1, None)), some.integers(0, 6))
@example({"name": "梅一", "born": "2020-02-29", "id": MEI}, "1", 1)
@example({"name": "梅一", "born": "2020-02-29", "id": MEI}, "1", 6)
def test_all_in_one_text(found: Json, code: Json, wrapped: int) -> None:
    """Code and rows inside one text, however often that is text itself, are read the same."""
    inside: Json = {"code": code, "fields": found}
    for _ in range(wrapped):
        inside = orjson.dumps(inside).decode()
    document: Json = {"datas": inside}

    assert outcome(partial(AnswerReader(CODED).read, document, MEI)) == outcome(
        partial(read_answer, document, CODED, MEI)
    )


def test_a_code_that_is_the_text_itself() -> None:
    """Where the text with the rows in it is the code too, it is read as it was written."""
    text = '{"fields":{"name":"梅一"}}'
    shape = replace(PLAIN, rows="datas.fields", success=CodeTest("datas", (text,)), holder=())

    assert AnswerReader(shape).read({"datas": text}, MEI) == read_answer(
        {"datas": text}, shape, MEI
    )


@pytest.mark.parametrize("kind", ValueKind)
@given(documents)
@settings(max_examples=100, deadline=None)
def test_values(kind: ValueKind, found: Json) -> None:
    """A value of any kind is read the same, or refused in the same words."""
    assert value(lambda: reader_of(kind)(found)) == value(lambda: read_value(found, kind))


@pytest.mark.parametrize("kind", ValueKind)
@pytest.mark.parametrize("text", TEXTS)
def test_texts_in_the_wild(kind: ValueKind, text: str) -> None:
    """Dates, blanks and identifiers as platforms write them are read the same."""
    assert value(lambda: reader_of(kind)(text)) == value(lambda: read_value(text, kind))


@given(documents, some.sampled_from([key for key in KEYS if key and "." not in key]))
def test_one_step(document: Json, key: str) -> None:
    """One step leads where a path of one step leads, or nowhere either."""
    found, one = under(document, key), at(document, key)

    assert found == one or (isinstance(found, Gap) and isinstance(one, Gap))


def test_a_shape_declared_anew() -> None:
    """A reader is made once for a shape; an interface declared anew gets a new one."""
    readers = Readers()
    other = replace(PLAIN, fields=PLAIN.fields[:1])
    document: Json = {"fields": {"name": "梅一"}}

    first = readers.of("id_card", PLAIN)

    assert readers.of("id_card", PLAIN) is first
    assert readers.of("id_card", other).read(document, MEI) == Held({"x": "梅一"})
    assert readers.of("licence", PLAIN) is not first
