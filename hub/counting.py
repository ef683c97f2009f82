"""How many there are of each."""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def counted(things: Iterable[T]) -> dict[T, int]:
    """The number of each thing; of a few things, quicker than `collections.Counter`."""
    counts: dict[T, int] = {}
    for thing in things:
        counts[thing] = counts.get(thing, 0) + 1
    return counts
