"""Trees of objects by dotted paths, and objects that travel as text."""

import json
from collections.abc import Sequence
from enum import StrEnum

Tree = dict[str, object]
Row = dict[str, object]


class Wrapping(StrEnum):
    """How the outermost part of an answer travels."""

    OBJECT = "object"
    TEXT = "text"
    TEXT_WITH_BREAKS = "text with breaks"


def put(tree: Tree, path: str, value: object) -> None:
    """Set the value at a dotted path, making the objects on the way."""
    *way, leaf = path.split(".")
    for step in way:
        inner = tree.setdefault(step, {})
        if not isinstance(inner, dict):
            inner = tree[step] = {}
        tree = inner
    tree[leaf] = value


def wrapped(value: object, wrapping: Wrapping) -> object:
    """An object or list as the text that holds it; anything else stays."""
    if wrapping is Wrapping.OBJECT or not isinstance(value, dict | list) or not value:
        return value
    if wrapping is Wrapping.TEXT:
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, indent=1).replace("\n", "\r\n")


def steps(path: str, root: str) -> Sequence[str]:
    """The steps of a dotted path below the root element."""
    way = path.split(".")
    return way[1:] if way[0] == root else way
