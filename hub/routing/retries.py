"""Asking again, within means: a share of the calls may be repeated, after a drawn pause."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryRules:
    """How much may be asked again: `share` of the calls, saved up to `most`.

    The pause before is drawn from 0 to `pause` seconds (full jitter).
    """

    share: float = 0.1
    most: float = 10.0
    pause: float = 0.1

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1 or self.most < 1 or self.pause < 0:
            raise ValueError("share: from 0 to 1; most: from 1 on; pause: from 0 on")


class RetryBudget:
    """What one source may still be asked again; `draw` gives numbers from 0 to 1."""

    __slots__ = ("_draw", "_rules", "_saved")

    def __init__(self, rules: RetryRules, draw: Callable[[], float]) -> None:
        self._rules = rules
        self._draw = draw
        self._saved = rules.most if rules.share else 0.0

    def call(self, calls: int = 1) -> None:
        """Note calls: each saves a share of a repetition."""
        self._saved = min(self._rules.most, self._saved + calls * self._rules.share)

    def grant(self, wanted: int) -> int:
        """How many of the wanted repetitions may be made; they are spent."""
        granted = min(wanted, int(self._saved))
        self._saved -= granted
        return granted

    def pause(self) -> float:
        """Seconds to wait before a repetition."""
        return self._rules.pause * self._draw()
