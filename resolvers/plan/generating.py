"""Functions made from generated source: straight-line code instead of a loop over fields.

What is generated holds names of the schema and response keys, which are GraphQL names, and nothing else of
a caller's: every value, function and type reaches it by name, as what it is closed over.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=2048)
def _maker(source: str) -> Callable[..., Any]:
    scope: dict[str, Any] = {}
    exec(compile(source, "<plan>", "exec"), scope)  # noqa: S102  # our own text, see above
    return scope["make"]  # type: ignore[no-any-return]  # the function just made


def made(head: str, lines: Iterable[str], names: Mapping[str, object]) -> Callable[..., Any]:
    """The function `def <head>:` over indented lines; equal source is compiled once."""
    source = [
        f"def make({', '.join(names)}):",
        f"    def {head}:",
        *(f"        {line}" for line in lines),
        f"    return {head.partition('(')[0]}",
    ]
    return _maker("\n".join(source))(**names)  # type: ignore[no-any-return]  # see there
