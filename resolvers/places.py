"""The places inside: how many there are, and how many one key may have while others want some."""

from collections import Counter
from collections.abc import Callable

REMEMBERED = 5.0
"""Seconds for which a key that came to the door counts as one that wants places."""


class Places:
    """Who is inside, by key; `most` places in all, of which one key has half while others come too."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most = most
        self._share = max(1, most // 2)
        self._clock = clock
        self._of: Counter[str] = Counter()
        self._latest = self._other = ("", float("-inf"))  # the last two keys that came, and when
        self.inside = 0

    @property
    def full(self) -> bool:
        """Whether every place is taken."""
        return self.inside >= self._most

    def come(self, key: str) -> bool:
        """Note who comes; whether it has its share and others want places."""
        now = self._clock()
        if key != self._latest[0]:
            self._other = self._latest
        self._latest = key, now
        wanted = self.inside > self._of[key] or now - self._other[1] < REMEMBERED
        return wanted and self._of[key] >= self._share

    def take(self, key: str) -> None:
        """One place more is taken."""
        self.inside += 1
        self._of[key] += 1

    def leave(self, key: str) -> None:
        """One place less is taken."""
        self.inside -= 1
        self._of[key] -= 1
        if not self._of[key]:
            del self._of[key]
