"""A clock that can be sped up, for demonstrations."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]


def paced(pace: float, now: Clock) -> Clock:
    """A clock that agrees with `now` when it is made, and from then on runs `pace` times as fast."""
    if pace == 1:
        return now
    begun = now()

    def faster() -> datetime:
        return begun + (now() - begun) * pace

    return faster
