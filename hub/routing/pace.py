"""How long a source's calls usually take, and so how long it makes sense to wait for one."""

from collections import deque
from dataclasses import dataclass
from itertools import repeat


@dataclass(frozen=True, slots=True)
class PaceRules:
    """The wait is `times` the 99th percentile of the last `remembered` calls, in seconds.

    It is never below `shortest`, never above what is declared, and what is declared until
    `enough` calls were seen.
    """

    times: float = 3.0
    shortest: float = 0.25
    enough: int = 50
    remembered: int = 500

    def __post_init__(self) -> None:
        if self.times < 1 or self.shortest <= 0 or not 1 <= self.enough <= self.remembered:
            raise ValueError(
                "times: from 1 on; shortest: above 0; enough: from 1 to as many as are remembered"
            )


class Pace:
    """The calls of one interface lately.

    A call that was given up counts as long as was declared: where a source has become slow, a few
    such calls give all others the declared time again.
    """

    __slots__ = ("_fresh", "_percentile", "_rules", "_took")

    def __init__(self, rules: PaceRules) -> None:
        self._rules = rules
        self._took: deque[float] = deque(maxlen=rules.remembered)
        self._fresh = 0
        self._percentile = 0.0

    def took(self, seconds: float, calls: int = 1) -> None:
        """Note calls that were answered, all of them after so long."""
        self._took.extend(repeat(seconds, calls))
        self._fresh += calls

    def given_up(self, declared: float) -> None:
        """Note a call that was not answered in time; it counts at once."""
        self.took(declared)
        self._reckon()

    def timeout(self, declared: float) -> float:
        """Seconds to wait for one call."""
        if len(self._took) < self._rules.enough:
            return declared
        if self._fresh >= self._rules.enough:
            self._reckon()
        wanted = self._rules.times * self._percentile
        return min(declared, max(self._rules.shortest, wanted))

    def _reckon(self) -> None:
        ordered = sorted(self._took)
        self._percentile = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
        self._fresh = 0
