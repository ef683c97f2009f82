"""Documents in memory, as many as their texts have room."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Entry = TypeVar("Entry")

ROOM = 250_000
"""Characters of documents in all; a syntax tree and its plan take 180 bytes for each, 45 MB in all."""
LONGEST = 100_000


class Memory(Generic[Entry]):
    """Keeps what was put in last."""

    def __init__(self, room: int = ROOM, longest: int = LONGEST) -> None:
        self._room = room
        self._longest = longest
        self._sizes: dict[Hashable, int] = {}
        self._entries: dict[Hashable, Entry] = {}

    def get(self, key: Hashable) -> Entry | None:
        """What was put in under the key and is still there."""
        return self._entries.get(key)

    def put(self, key: Hashable, size: int, entry: Entry) -> None:
        """Put it in for its size; what is too long for it is left out."""
        if size > self._longest:
            return
        self._room += self._sizes.pop(key, 0)
        self._entries.pop(key, None)
        while size > self._room:
            oldest = next(iter(self._entries))
            self._room += self._sizes.pop(oldest)
            del self._entries[oldest]
        self._room -= size
        self._sizes[key] = size
        self._entries[key] = entry
