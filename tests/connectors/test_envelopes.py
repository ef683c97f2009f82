"""Paths through envelopes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from connectors.contract import Garbled
from connectors.decoding import Json
from connectors.envelopes import Gap, at, code_text, is_blank, opened, rows_at, shown
from tests.connectors.people import MEI
from tests.connectors.test_reading import values

keys = some.text(alphabet="abcXYZ_1", min_size=1, max_size=5).filter(lambda key: key.isascii())
paths = some.lists(keys, min_size=1, max_size=5)
leaves = some.integers(min_value=1) | some.text(alphabet="中文x", min_size=1)


@given(paths, leaves, some.lists(some.booleans(), min_size=5, max_size=5))
def test_any_path(path: list[str], leaf: Json, as_text: list[bool]) -> None:
    """A leaf is found at its path, however many of the envelopes on the way are text."""
    document = leaf
    for key, text in zip(reversed(path), as_text, strict=False):
        document = {key: document}
        document = json.dumps(document) if text else document

    assert at(document, ".".join(path)) == leaf
    assert at(document, ".".join(path).swapcase()) == leaf


@given(values, some.lists(some.sampled_from(["a", "0", "", "é"]), max_size=4))
def test_no_document_breaks_a_path(document: Json, path: list[str]) -> None:
    """Any path through any document leads somewhere or to a gap; rows stand there or it is garbled."""
    at(document, ".".join(path))
    try:
        assert all(isinstance(row, dict) for row in rows_at(document, ".".join(path)))
    except Garbled as error:
        assert "check `rows`" in str(error)  # either way is right


def test_exact_key_first() -> None:
    """Where keys differ in case only, the declared spelling wins."""
    assert at({"NAME": "legal person", "name": "firm"}, "name") == "firm"
    assert at({"NAME": "legal person", "name": "firm"}, "Name") == "legal person"


def test_gaps() -> None:
    """A blank on the way and a missing key are different things."""
    assert at({"datas": ""}, "datas.x") is Gap.BLANK
    assert at({"datas": {"y": 1}}, "datas.x") is Gap.MISSING
    assert at({"datas": "text"}, "datas.x") is Gap.MISSING
    assert at("", "") == ""


def test_a_text_at_the_end_stays_a_text() -> None:
    """A value that looks like JSON is a text, unless the path goes on."""
    assert at({"a": "[1]"}, "a") == "[1]"


def test_opened_no_deeper_than_good_faith() -> None:
    """Wrapped six times is left alone."""
    wrapped: Json = {"a": 1}
    for _ in range(6):
        wrapped = json.dumps(wrapped)

    assert isinstance(opened(wrapped), str)


@pytest.mark.parametrize("blank", [None, "", " ", "\\N", "[]", "{}", [], {}, [{}], {"a": [""]}])
def test_blank(blank: Json) -> None:
    """Every way of saying nothing."""
    assert is_blank(blank)


@pytest.mark.parametrize("something", [0, False, "0", [0], {"a": 0}, "[0]"])
def test_not_blank(something: Json) -> None:
    """Zero and false are something."""
    assert not is_blank(something)


def test_endless_nesting_is_not_blank() -> None:
    """Emptiness too deep to be meant is no absence."""
    nested: Json = []
    for _ in range(5000):
        nested = [nested]

    assert not is_blank(nested)


@pytest.mark.parametrize(
    ("value", "text"), [(200, "200"), (True, "true"), (False, "false"), (" 00 ", "00"), ([], "")]
)
def test_code_text(value: Json, text: str) -> None:
    """A code is compared as text."""
    assert code_text(value) == text


@pytest.mark.parametrize("code", [MEI, "梅一", "13800000000", "330299700101001", "x" * 25, ""])
def test_private_codes_are_not_shown(code: str) -> None:
    """What could be a person's is not shown."""
    assert shown(code) == "(not shown)"
