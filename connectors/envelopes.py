"""Declared paths through envelopes; text that holds JSON is opened on the way."""

import re
from enum import Enum

from connectors.contract import CodeTest, Garbled
from connectors.decoding import Json, loads

Row = dict[str, Json]

NULLS = frozenset({"", "\\N", "null", "NULL"})
_WRAPPINGS = 4  # JSON in text in JSON …: nobody wraps deeper in good faith
_DEEPEST_BLANK = 8
_PUBLIC_CODE = re.compile(r"(?!.*\d{9})[A-Za-z0-9_.-]{1,24}", re.ASCII)


class Gap(Enum):
    """Why a path leads nowhere."""

    BLANK = "blank"  # an empty answer stands where the path goes on
    MISSING = "missing"  # there is an answer, but not of the declared shape


def at(document: Json, path: str) -> Json | Gap:
    """What stands at a dotted path (the document itself for ""); the case of keys is ignored."""
    value = document
    for step in path.split(".") if path else ():
        if type(value) is dict and step in value:
            value = value[step]
            continue
        value = opened(value)
        child = _child(value, step)
        if isinstance(child, Gap):
            return Gap.BLANK if is_blank(value) else child
        value = child
    return value


def under(value: Json, key: str) -> Json | Gap:
    """What `at` finds at a path of one step, without looking why there is nothing."""
    if type(value) is dict:
        found = value.get(key)
        return _in_another_case(value, key) if found is None and key not in value else found
    return at(value, key)


def _child(value: Json, step: str) -> Json | Gap:
    if isinstance(value, dict):
        return value[step] if step in value else _in_another_case(value, step)
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return Gap.MISSING


def _in_another_case(row: Row, key: str) -> Json | Gap:
    return row.get(spelt(row, key), Gap.MISSING)


def spelt(row: Row, key: str) -> str:
    """The name under which a key stands in a row, in whatever case; the key where there is none."""
    if key in row:
        return key
    folded = key.casefold()
    for name in row:
        # Only beyond ASCII a letter's cases may differ in length.
        if (len(name) == len(folded) or not name.isascii()) and name.casefold() == folded:
            return name
    return key


def opened(value: Json) -> Json:
    """The JSON inside a text; anything else as it is."""
    if not isinstance(value, str):
        return value
    for _ in range(_WRAPPINGS):
        if not isinstance(value, str) or not value.strip().startswith(("{", "[", '"')):
            break
        try:
            value = loads(value.strip())
        except ValueError:
            break
    return value


def is_null(value: Json) -> bool:
    """Whether the platform wrote a null, in one of its ways."""
    return value is None or (isinstance(value, str) and value.strip() in NULLS)


def is_blank(value: Json, depth: int = _DEEPEST_BLANK) -> bool:
    """Whether nothing stands here: null, empty text, list or object, or only such, not too deep."""
    if not isinstance(value, dict | list):
        return is_null(value) or value in ("[]", "{}")
    inside = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(is_blank(inner, depth - 1) for inner in inside)


def rows_at(document: Json, path: str) -> list[Row]:
    """The rows at a path, blank ones left out; `Garbled` where no rows can stand there."""
    found = at(document, path)
    if found is Gap.MISSING:
        raise Garbled(f"nothing stands at {path!r}; check `rows` of the interface")
    inside = None if isinstance(found, Gap) else opened(found)
    items = [opened(item) for item in inside] if isinstance(inside, list) else [inside]
    return [_row(item, path) for item in items if not is_blank(item)]


def _row(item: Json, path: str) -> Row:
    if not isinstance(item, dict):
        raise Garbled(f"no rows stand at {path!r}; check `rows` of the interface")
    return item


def code_at(document: Json, test: CodeTest) -> str | Gap:
    """The code at a test's path, as text."""
    found = at(document, test.path)
    return found if isinstance(found, Gap) else code_text(found)


def code_text(value: Json) -> str:
    """A code as text: `200`, `true`, `00`."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else ""


def shown(code: str) -> str:
    """A platform's code fit for an error's text: whatever could be a person's is left out."""
    return code if _PUBLIC_CODE.fullmatch(code) else "(not shown)"
