"""Fields that give one and the same object to all objects that have something in common."""

from collections.abc import Callable
from typing import Any, TypeVar

Resolver = TypeVar("Resolver", bound=Callable[..., Any])
COMMON = "_in_common"


def same_for(path: str) -> Callable[[Resolver], Resolver]:
    """A resolver that gives the same throughout a request wherever `path` leads to an equal value.

    The path is one of attributes, such as "outcome.type", from the object whose field it is. A plan shows
    what it gives once, where nothing below it asks for more than the object itself.
    """
    assert all(name.isidentifier() for name in path.split(".")), "attributes have names"

    def marked(resolver: Resolver) -> Resolver:
        setattr(resolver, COMMON, path)
        return resolver

    return marked


def common(resolver: object) -> str | None:
    """The path to what those have in common who are given the same; none where each is given its own."""
    return getattr(resolver, COMMON, None)
