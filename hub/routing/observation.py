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


class _Seen:
    __slots__ = ("answered", "said", "took")

    def __init__(self) -> None:
        self.took: deque[float] = deque(maxlen=REMEMBERED)
        self.said: dict[Said, int] = {}
        self.answered = False


class Observatory:
    """Remembers the last calls of every platform, in this process."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

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
        seen = self._seen.get(source.name)
        if seen is None:
            seen = self._seen[source.name] = _Seen()
        seen.took.extend(repeat(seconds * 1000, len(asked)))
        for said, count in said_in(asked).items():
            seen.said[said] = seen.said.get(said, 0) + count
        seen.answered = said_by(asked[-1]) in ANSWERED

    def seen(self, platform: str) -> Observed:
        """What was seen of a platform so far."""
        seen = self._seen.get(platform)
        if seen is None:
            return Observed(SourceState.UNKNOWN, 0, None, None, {})
        took = sorted(seen.took)
        return Observed(
            SourceState.ANSWERING if seen.answered else SourceState.FAILING,
            sum(seen.said.values()),
            took[len(took) // 2],
            took[min(len(took) - 1, len(took) * 99 // 100)],
            dict(seen.said),
        )
