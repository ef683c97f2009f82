"""Chance that repeats itself: the same words always draw the same number."""

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


def draw(*words: str) -> int:
    """A number below 2**64 that depends on the words and nothing else."""
    digest = blake2b("\x1f".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def share(*words: str) -> float:
    """The same draw as a fraction in [0, 1)."""
    return draw(*words) / 2**64


def pick(choices: Sequence[T], *words: str) -> T:
    """One of the choices."""
    return choices[draw(*words) % len(choices)]


def day_between(first: date, last: date, *words: str) -> date:
    """A day from `first` to `last`, both included."""
    return first + timedelta(days=draw(*words) % ((last - first).days + 1))
