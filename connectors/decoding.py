"""Bytes to text to JSON: the charset they name, then strict UTF-8, then GB18030."""

import json
from collections.abc import Iterator
from typing import Never, TypeAlias

import orjson

from connectors.contract import Garbled

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

_GB18030_COVERS = frozenset({"gb2312", "gbk", "x-gbk", "cp936", "gb18030"})
# Servers name Latin-1 where nobody chose a charset; no Chinese answer is ever written in it.
_UNCHOSEN = frozenset({"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"})
_UTF8 = frozenset({"utf-8", "utf8"})


def decoded(body: bytes, charset: str | None) -> str:
    """The body as text, without a byte order mark; `Garbled` where no encoding fits."""
    for encoding in _candidates(charset):
        try:
            return body.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    raise Garbled("the answer is neither in its charset nor UTF-8 nor GB18030; tell the platform")


def _candidates(charset: str | None) -> Iterator[str]:
    named = (charset or "").lower()
    if named in _GB18030_COVERS:
        yield "gb18030"
    elif named and named not in _UNCHOSEN:
        yield "utf-8-sig" if named in _UTF8 else named
    yield "utf-8-sig"
    yield "gb18030"


def json_document(body: bytes, charset: str | None) -> Json:
    """The body as JSON; `Garbled` where it is none."""
    if not charset or charset.lower() in _UTF8:
        try:
            return _strict(body)
        except ValueError:
            pass
    try:
        return loads(decoded(body, charset))
    except ValueError:
        raise Garbled("the answer is not JSON, or was cut off; tell the platform") from None


def loads(text: str) -> Json:
    """JSON, with raw line breaks inside its strings allowed; `ValueError` where it is none."""
    try:
        return _strict(text)
    except ValueError:
        return _lenient(text)


def _strict(text: str | bytes) -> Json:
    parsed: Json = orjson.loads(text)
    return parsed


def _lenient(text: str) -> Json:
    try:
        parsed = json.loads(text, strict=False, parse_constant=_not_json)
        # Once more through orjson, which turns away lone surrogates: they can't be stored or sent.
        return _strict(orjson.dumps(parsed))
    except (RecursionError, TypeError):
        raise ValueError("too deep, or not text") from None


def _not_json(constant: str) -> Never:
    raise ValueError(constant)
