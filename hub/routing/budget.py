"""How a query's time is split over the sources that may still have to be asked."""

from msgspec import Struct


class Budget(Struct, frozen=True, gc=False):
    """A query's time: from `began` until `ends`, both in seconds of one monotonic clock."""

    began: float
    ends: float

    def __post_init__(self) -> None:
        if self.ends <= self.began:
            raise ValueError("a budget ends after it began: give it a time above 0")

    def left(self, now: float) -> float:
        """Seconds until it ends; never below zero."""
        return max(0.0, self.ends - now)

    def until(self, now: float, sources: int) -> float:
        """Until when the next of this many sources may take, so that the others are still reached.

        What a source leaves over goes to those after it; the last one has all that is left.
        """
        if sources < 1:
            raise ValueError("time is split among one source or more")
        return now + self.left(now) / sources
