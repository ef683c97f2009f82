"""How a line deals with its source, and who sees what goes over it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hub.routing.breaker import BreakerRules
from hub.routing.pace import PaceRules
from hub.routing.retries import RetryRules
from hub.routing.route import Source
from hub.routing.sending import Reply


@dataclass(frozen=True, slots=True)
class LineRules:
    """How a line deals with its source; `quota_rest` is in seconds.

    A platform rests as a whole where it is silent at three of its interfaces at once.
    """

    breaker: BreakerRules = field(default_factory=BreakerRules)
    platform: BreakerRules = field(default_factory=lambda: BreakerRules(different=3))
    retries: RetryRules = field(default_factory=RetryRules)
    pace: PaceRules = field(default_factory=PaceRules)
    quota_rest: float = 60.0


class Watch(Protocol):
    """Sees what goes over the lines."""

    def sent(self, source: Source, questions: int) -> None:
        """So many questions were sent together."""
        ...

    def joined(self, source: Source, questions: int) -> None:
        """So many questions joined equal ones that were on their way."""
        ...

    def heard(self, source: Source, seconds: float, replies: Sequence[Reply]) -> None:
        """Questions were replied to, all of them after so long."""
        ...
