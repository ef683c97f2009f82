"""Functions made from generated source: straight-line code instead of a loop over fields.

What is generated holds names of the schema, and nothing of a caller's: response keys, which may be long or
name somebody, and every value, function and type reach it by name, as what it is closed over.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from cachetools import LRUCache, cached

ROOM = 1_000_000
"""Characters of source whose functions are kept, in all: a caller may select what has never been selected."""


class _Maker(NamedTuple):
    """Makes the function of a source when it is told what its names stand for."""

    make: Callable[..., Any]
    characters: int


@cached(LRUCache(ROOM, getsizeof=lambda one: one.characters))
def _maker(source: str) -> _Maker:
    scope: dict[str, Any] = {}
    exec(compile(source, "<plan>", "exec"), scope)  # noqa: S102  # our own text, see above
    return _Maker(scope["make"], len(source))


def made(head: str, lines: Iterable[str], names: Mapping[str, object]) -> Callable[..., Any]:
    """The function `def <head>:` over indented lines; equal source is compiled once."""
    source = [
        f"def make({', '.join(names)}):",
        f"    def {head}:",
        *(f"        {line}" for line in lines),
        f"    return {head.partition('(')[0]}",
    ]
    return _maker("\n".join(source)).make(**names)  # type: ignore[no-any-return]  # see there
