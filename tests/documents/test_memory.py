"""Memory for documents is bounded by their characters, and forgets the oldest first."""

from resolvers.documents.memory import Memory


def test_what_was_put_in_last_is_kept() -> None:
    """As many characters as there is room for."""
    memory: Memory[str] = Memory(room=10)
    for key in "abc":
        memory.put(key, 4, key.upper())

    assert [memory.get(key) for key in "abc"] == [None, "B", "C"]


def test_putting_in_again_replaces() -> None:
    """The old one's room is free again."""
    memory: Memory[int] = Memory(room=10)
    memory.put("a", 4, 1)
    memory.put("b", 4, 2)
    memory.put("a", 6, 3)

    assert [memory.get(key) for key in "ab"] == [3, 2]


def test_what_is_too_long_is_left_out() -> None:
    """It would push everything else out."""
    memory: Memory[int] = Memory(room=10, longest=5)
    memory.put("a", 1, 1)
    memory.put("b", 6, 2)

    assert [memory.get(key) for key in "ab"] == [1, None]
