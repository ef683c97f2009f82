"""A circuit breaker: a source that fails is left alone for a while, then tried with one question."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import repeat
from math import inf


class BreakerState(StrEnum):
    """Whether a source may be asked."""

    CLOSED = "closed"  # it may
    OPEN = "open"  # it rests
    HALF_OPEN = "half_open"  # its rest is over: one question may find out whether it answers again


@dataclass(frozen=True, slots=True)
class BreakerRules:
    """When a breaker opens, and for how long, in seconds.

    It opens once `failures` of the last `remembered` answers failed, these are at least half of
    them, and they are of `different` interfaces or more. Each rest is twice as long as the one before, up to `longest_rest`, and drawn between half
    and all of that, so that replicas do not come back together.
    """

    failures: int = 5
    remembered: int = 20
    different: int = 1
    first_rest: float = 1.0
    longest_rest: float = 5.0

    def __post_init__(self) -> None:
        if not 1 <= self.failures <= self.remembered:
            raise ValueError("failures: from 1 to as many as are remembered")
        if not 1 <= self.different <= self.failures:
            raise ValueError("different: from 1 to as many as are failures")
        if not 0 < self.first_rest <= self.longest_rest:
            raise ValueError("first_rest: above 0, at most longest_rest")


class Breaker:
    """The breaker of one interface or platform; `now` is in seconds of one monotonic clock, never going back.

    `draw` gives numbers from 0 to 1.
    """

    __slots__ = (
        "_draw",
        "_failed",
        "_opened",
        "_opened_at",
        "_probed_at",
        "_probing_until",
        "_rests_until",
        "_rules",
    )

    def __init__(self, rules: BreakerRules, draw: Callable[[], float]) -> None:
        self._rules = rules
        self._draw = draw
        # Of each answer, whose failure it was, or none.
        self._failed: deque[str | None] = deque(maxlen=rules.remembered)
        self._opened = 0  # how often in a row, without an answer in between
        self._opened_at = -inf
        self._rests_until = 0.0
        self._probed_at = -inf
        self._probing_until = 0.0

    @property
    def closed(self) -> bool:
        """Whether everybody is let through."""
        return not self._opened

    def state(self, now: float) -> BreakerState:
        """What it is at this moment."""
        if not self._opened:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self._rests_until else BreakerState.HALF_OPEN

    def rests(self, now: float) -> float:
        """For how many seconds more it lets nobody through."""
        return max(0.0, self._rests_until - now) if self._opened else 0.0

    def room(self, questions: int, now: float) -> int:
        """How many of so many questions may be asked now: all, one as a probe, or none."""
        match self.state(now):
            case BreakerState.CLOSED:
                return questions
            case BreakerState.HALF_OPEN if now >= self._probing_until:
                return min(questions, 1)
            case _:
                return 0

    def admits(self, questions: int, now: float) -> int:
        """As many as there is room for, now on their way.

        A probe of which nothing is heard gives way to another after the longest rest.
        """
        admitted = self.room(questions, now)
        if admitted and self._opened:
            self._probed_at = now
            self._probing_until = now + self._rules.longest_rest
        return admitted

    def forgo(self, admitted: float) -> None:
        """What was admitted at a moment was not asked: if it was the probe, another may be it."""
        if admitted == self._probed_at:
            self._probing_until = 0.0

    def hear(
        self, *, failed: bool, now: float, asked: float | None = None, whose: str = ""
    ) -> None:
        """Take in how a question ended; what was `asked` before it last opened changes nothing."""
        if not failed:
            self.hear_answers(1, now, asked)
        elif asked is None or asked >= self._opened_at:
            self._fail(now, whose)

    def hear_answers(self, answers: int, now: float, asked: float | None = None) -> None:
        """Take in at once that so many questions were answered: as if one after the other."""
        if asked is not None and asked < self._opened_at:
            return
        if self._opened and now >= self._rests_until:
            self._close()
            answers -= 1
        if not self._opened:
            self._failed.extend(repeat(None, answers))

    def _fail(self, now: float, whose: str) -> None:
        match self.state(now):
            case BreakerState.CLOSED:
                self._failed.append(whose)
                if self._too_many():
                    self._open(now)
            case BreakerState.HALF_OPEN:
                self._open(now)
            case _:
                return

    def _too_many(self) -> bool:
        failures = [whose for whose in self._failed if whose is not None]
        return (
            len(failures) >= self._rules.failures
            and 2 * len(failures) >= len(self._failed)
            and len(set(failures)) >= self._rules.different
        )

    def _open(self, now: float) -> None:
        rest = min(self._rules.longest_rest, self._rules.first_rest * 2**self._opened)
        # 2**6 seconds is beyond every rest anybody would declare: the exponent need not grow on.
        self._opened = min(self._opened + 1, 6)
        self._opened_at = now
        self._rests_until = now + rest * (1 + self._draw()) / 2
        self._probing_until = 0.0

    def _close(self) -> None:
        self._opened = 0
        self._failed.clear()
