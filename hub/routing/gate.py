"""The gate to an interface: a question must pass the interface's own breaker and its platform's."""

from connectors.contract import (
    ConnectorError,
    Crowded,
    Incomplete,
    QuotaSpent,
    TimedOut,
    Unreachable,
    WrongHolder,
)
from hub.routing.breaker import Breaker, BreakerState
from hub.routing.sending import Reply


class Gate:
    """Two breakers, one behind the other; all interfaces of a platform have its breaker in common.

    A platform that is silent is so at all of its interfaces: without a breaker of its own each of
    them would have to find that out anew, and time and again by a probe that somebody waits for.
    """

    __slots__ = ("_interface", "_own", "_platform")

    def __init__(self, interface: str, own: Breaker, platform: Breaker) -> None:
        self._interface = interface
        self._own = own
        self._platform = platform

    @property
    def closed(self) -> bool:
        """Whether everybody is let through by both."""
        return self._own.closed and self._platform.closed

    def state(self, now: float) -> BreakerState:
        """The state of the breaker that lets fewer through."""
        states = {self._own.state(now), self._platform.state(now)}
        graver = (BreakerState.OPEN, BreakerState.HALF_OPEN)
        return next((one for one in graver if one in states), BreakerState.CLOSED)

    def rests(self, now: float) -> float:
        """For how many seconds more nobody is let through."""
        return max(self._own.rests(now), self._platform.rests(now))

    def admits(self, questions: int, now: float) -> int:
        """How many of so many questions may be asked now; no probe is wasted at one of the two."""
        if self.closed:
            return questions
        count = min(self._own.room(questions, now), self._platform.room(questions, now))
        self._platform.admits(count, now)
        return self._own.admits(count, now)

    def hear_answers(self, answers: int, asked: float, now: float) -> None:
        """Take in that so many questions were answered that were asked at a moment."""
        self._own.hear_answers(answers, now, asked)
        self._platform.hear_answers(answers, now, asked)

    def hear(self, reply: Reply, asked: float, now: float) -> None:
        """Take in how a question ended that was asked at a moment."""
        if isinstance(reply, Crowded | Incomplete):  # nobody was asked, so it was no probe
            self._own.forgo(asked)
            self._platform.forgo(asked)
            return
        failed = isinstance(reply, ConnectorError) and not isinstance(reply, WrongHolder)
        silent = isinstance(reply, TimedOut | Unreachable)
        if not isinstance(reply, QuotaSpent):
            self._own.hear(failed=failed, now=now, asked=asked)
        self._platform.hear(failed=silent, now=now, asked=asked, whose=self._interface)
