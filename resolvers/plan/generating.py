"""Functions made from generated source: straight-line code instead of a loop over fields.

What is generated holds names of the schema and response keys, which are GraphQL names, and nothing else of
a caller's: every value, function and type reaches it by name through its globals.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any


@lru_cache(maxsize=2048)
def _compiled(source: str) -> CodeType:
    return compile(source, "<plan>", "exec")


def made(head: str, lines: Iterable[str], names: Mapping[str, object]) -> Callable[..., Any]:
    """The function `def <head>:` over indented lines; equal source is compiled once."""
    source = "\n".join([f"def {head}:", *(f"    {line}" for line in lines)])
    scope = dict(names)
    exec(_compiled(source), scope)  # noqa: S102  # our own text, see above
    return scope[head.partition("(")[0]]  # type: ignore[return-value]  # the function just made
