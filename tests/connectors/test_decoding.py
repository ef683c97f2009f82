"""Encodings, in the order of trust."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from connectors.contract import Garbled
from connectors.decoding import Json, decoded, json_document, loads

TEXT = '{"name":"梅䶮"}'
READ: Json = {"name": "梅䶮"}


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        ("utf-8", None),
        ("utf-8", "UTF-8"),
        ("utf-8", "ISO-8859-1"),
        ("utf-8", "no-such-charset"),
        ("utf-8", "base64"),
        ("utf-8", "ascii"),
        ("utf-8-sig", None),
        ("utf-8-sig", "utf-8"),
        ("gb18030", None),
        ("gb18030", "utf-8"),
        ("gb18030", "gb2312"),
        ("gb18030", "GBK"),
        ("utf-16", "utf-16"),
        ("big5hkscs", "big5hkscs"),
    ],
)
def test_encodings(encoding: str, charset: str | None) -> None:
    """The named charset, then strict UTF-8, then GB18030; Latin-1 is nobody's choice."""
    text = TEXT if encoding != "big5hkscs" else TEXT.replace("䶮", "")
    read: Json = READ if encoding != "big5hkscs" else {"name": "梅"}

    assert json_document(text.encode(encoding), charset) == read


def test_no_encoding() -> None:
    """Bytes of no encoding are garbled."""
    with pytest.raises(Garbled, match="neither in its charset nor UTF-8 nor GB18030"):
        decoded(b"\xff\xff", "utf-8")


@pytest.mark.parametrize(
    "text", ["", "{", '{"a":NaN}', '{"a":Infinity}', '"\\ud800\n"', '["\n' + "[" * 100_000]
)
def test_not_json(text: str) -> None:
    """Cut off, not JSON, not text, or nested without end: no JSON."""
    with pytest.raises(ValueError, match=r".*"):
        loads(text)


def test_line_breaks_inside_text() -> None:
    """Raw line breaks inside a text are taken as they are."""
    assert loads('{"a":"x\r\ny"}') == {"a": "x\r\ny"}


@given(some.binary(), some.sampled_from([None, "utf-8", "gbk", "latin-1", "utf-7", "idna"]))
def test_any_bytes(body: bytes, charset: str | None) -> None:
    """Any bytes are a document or garbled."""
    try:
        json.dumps(json_document(body, charset))
    except Garbled as error:
        assert "tell the platform" in str(error)  # either way is right
