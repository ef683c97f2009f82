"""A clock that can be sped up."""

from datetime import UTC, datetime, timedelta

from hub.pacing import paced

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        """The moment it shows."""
        return self.moment


def test_a_fast_clock_begins_with_the_real_one() -> None:
    """From then on each second counts for as many as its pace says."""
    real = Hands()
    fast = paced(60, real)
    began = fast()

    real.moment += timedelta(seconds=2, milliseconds=500)

    assert began == NOON
    assert fast() == NOON + timedelta(minutes=2, seconds=30)


def test_the_usual_pace_is_the_real_clock() -> None:
    """Nothing is put between."""
    real = Hands()

    assert paced(1, real) is real
