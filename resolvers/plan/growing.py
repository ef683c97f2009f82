"""What selections compile as they meet types: as much as there is room for, of however many documents.

A short document may meet every certificate type there is, so that its length says little of what it holds.
"""

from typing import Protocol
from weakref import WeakKeyDictionary

FIELDS = 50_000
"""Compiled fields that are kept in all; one takes some 2,500 bytes."""


class Growing(Protocol):
    """Compiles fields as it goes."""

    def forget(self) -> None:
        """Let go of them; what is needed again is compiled again."""
        ...


class Growth:
    """Counts what was compiled; where it is too much, those forget that began to grow first."""

    def __init__(self, most: int = FIELDS) -> None:
        self._most = most
        self._of: WeakKeyDictionary[Growing, int] = WeakKeyDictionary()
        self._all = 0  # with those that are no more, until they are counted again

    def by(self, one: Growing, fields: int) -> None:
        """So many fields more were compiled by one."""
        self._of[one] = self._of.get(one, 0) + fields
        self._all += fields
        if self._all <= self._most:
            return
        living = list(self._of.items())
        self._all = sum(count for _, count in living)
        for first, count in living:
            if self._all <= self._most:
                break
            del self._of[first]
            self._all -= count
            first.forget()
