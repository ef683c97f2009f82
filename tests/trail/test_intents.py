"""What is on record before the verification platform is asked."""

from datetime import UTC, datetime

import pytest

from hub.trail.intents import Intent
from hub.trail.records import UnrecordableText

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def intent(at: datetime = NOW, person: str = "clerk") -> Intent:
    return Intent("i1", at, "key-1", "housing", person, "clarify", "k1", "r1")


def test_an_intent_names_nobody_in_its_representation() -> None:
    """The person who acts is on record, and not in a log."""
    assert "clerk" not in repr(intent())


def test_a_moment_without_a_zone_is_refused() -> None:
    """Nobody could say later when that was."""
    with pytest.raises(ValueError, match="needs a zone"):
        intent(at=NOW.replace(tzinfo=None))


def test_a_text_no_database_keeps_is_refused() -> None:
    """A NUL is told by the name of its field."""
    with pytest.raises(UnrecordableText, match="person"):
        intent(person="cl\0erk")
