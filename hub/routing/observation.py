"""What the hub has lately seen of each source: its state and its latency."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import repeat

from connectors.contract import Crowded, Incomplete
from hub.evidence import ANSWERED, Said
from hub.routing.route import Source
from hub.routing.search import said_by, said_in
from hub.routing.sending import Reply

REMEMBERED = 512
_UNASKED = frozenset({Crowded, Incomplete})


class SourceState(StrEnum):
    """How a source has answered lately."""

    UNKNOWN = "unknown"  # not asked yet
    ANSWERING = "answering"
    FAILING = "failing"  # its last call was not answered


@dataclass(frozen=True, slots=True)
class Observed:
    """Latency in milliseconds over the last calls, and what they said."""

    state: SourceState
    calls: int
    p50_ms: float | None
    p99_ms: float | None
    said: dict[Said, int]


class Observatory:
    """Remembers the last calls of every platform, in this process."""

    def __init__(self) -> None:
        self._took: dict[str, deque[float]] = {}
        self._said: dict[str, dict[Said, int]] = {}
        self._answered: dict[str, bool] = {}

    def sent(self, source: Source, questions: int) -> None:
        """Nothing is learned of a source by asking it."""

    def joined(self, source: Source, questions: int) -> None:
        """Nothing is learned of a source by waiting for it together."""

    def heard(self, source: Source, seconds: float, replies: Sequence[Reply]) -> None:
        """Note what was said to questions, and how long that took.

        Who was not asked, for want of a slot or of a fact, is as it was before.
        """
        asked = [reply for reply in replies if type(reply) not in _UNASKED]
        if not asked:
            return
        took = self._took.setdefault(source.name, deque(maxlen=REMEMBERED))
        took.extend(repeat(seconds * 1000, len(asked)))
        known = self._said.setdefault(source.name, {})
        for said, count in said_in(asked).items():
            known[said] = known.get(said, 0) + count
        self._answered[source.name] = said_by(asked[-1]) in ANSWERED

    def seen(self, platform: str) -> Observed:
        """What was seen of a platform so far."""
        if platform not in self._took:
            return Observed(SourceState.UNKNOWN, 0, None, None, {})
        took = sorted(self._took[platform])
        state = SourceState.ANSWERING if self._answered[platform] else SourceState.FAILING
        return Observed(
            state,
            sum(self._said[platform].values()),
            took[len(took) // 2],
            took[min(len(took) - 1, len(took) * 99 // 100)],
            dict(self._said[platform]),
        )
