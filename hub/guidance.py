"""Hints for people who misspell."""

from collections.abc import Iterable
from difflib import get_close_matches


def close_matches(given: str, known: Iterable[str]) -> str:
    """A sentence that offers up to three known words like the given one."""
    near = get_close_matches(given, list(known), n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(near)}?" if near else "Nothing like it is known."
