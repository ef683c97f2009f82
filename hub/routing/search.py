"""One lookup on its way along its route: what was asked, and what comes next."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import structs

from connectors.contract import (
    Answer,
    ConnectorError,
    Garbled,
    Held,
    Incomplete,
    Inquiry,
    QuotaSpent,
    Refused,
    TimedOut,
    Unreachable,
)
from hub.evidence import ANSWERED, Attempt, Holding, Said
from hub.routing.kept import Asker
from hub.routing.line import Resting
from hub.routing.route import Source

SAID_BY: dict[type[ConnectorError], Said] = {
    Unreachable: Said.UNREACHABLE,
    TimedOut: Said.TIMED_OUT,
    Refused: Said.REFUSED,
    QuotaSpent: Said.QUOTA_SPENT,
    Garbled: Said.GARBLED,
    Incomplete: Said.INCOMPLETE,
    Resting: Said.RESTING,
}
SHORTLY = 1.0
"""Seconds after which asking makes sense again, where a source just did not answer."""
PASSING = frozenset({Said.UNREACHABLE, Said.TIMED_OUT, Said.GARBLED, Said.QUOTA_SPENT})
"""Silence that may pass by itself; the other kinds must be mended first."""


@dataclass(frozen=True, slots=True)
class Question:
    """An admitted lookup: its route, what the platforms are told, and the key equal questions share."""

    key: Hashable
    route: tuple[Source, ...]
    inquiry: Inquiry
    asker: Asker


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a search ended: the holding if any, and every attempt made."""

    holding: Holding | None
    trail: tuple[Attempt, ...]

    @property
    def silent(self) -> tuple[str, ...]:
        """Sources that did not answer: silence is not absence."""
        return tuple(attempt.source for attempt in self.trail if attempt.said not in ANSWERED)

    @property
    def retry_after(self) -> float | None:
        """Seconds after which asking again makes sense for every silent source that will do so."""
        return max((one.again_in for one in self.trail if one.again_in is not None), default=None)


def said_by(reply: Answer | ConnectorError) -> Said:
    """What a reply amounts to, in the hub's words."""
    if isinstance(reply, ConnectorError):
        kinds = type(reply).__mro__
        return next(SAID_BY[kind] for kind in kinds if kind in SAID_BY)
    return Said.HELD if isinstance(reply, Held) else Said.NOT_HELD


def again_in(reply: Answer | ConnectorError) -> float | None:
    """Seconds after which asking again makes sense; none where it makes none, or was answered."""
    if isinstance(reply, Resting):
        return max(reply.seconds, SHORTLY)
    return SHORTLY if said_by(reply) in PASSING else None


@dataclass(slots=True)
class Search:
    """A question under way; the router moves it one source further in each wave."""

    question: Question
    holding: Holding | None = None
    attempts: list[Attempt] = field(default_factory=list)
    asking: bool = False  # its next source has been asked and has not been heard yet

    @property
    def next_source(self) -> Source | None:
        """The best source not yet asked, or none: found, or the route is at its end."""
        route = self.question.route
        if self.asking or self.holding is not None or len(self.attempts) == len(route):
            return None
        return route[len(self.attempts)]

    @property
    def sources_left(self) -> int:
        """How many sources may still have to be heard."""
        return len(self.question.route) - len(self.attempts)

    def hear(
        self,
        source: Source,
        reply: Answer | ConnectorError,
        took_ms: float,
        *,
        at: datetime,
        coalesced: bool = False,
        reused: bool = False,
    ) -> None:
        """Take in what the source said, and when."""
        self.asking = False
        self.attempts.append(_attempt(source, reply, took_ms, coalesced=coalesced, reused=reused))
        self._take(source, reply, at)

    def hear_late(
        self,
        source: Source,
        reply: Answer | ConnectorError,
        took_ms: float,
        *,
        at: datetime,
        coalesced: bool = False,
    ) -> None:
        """Take in what a source said that was taken for silent before."""
        place = self.question.route.index(source)
        self.attempts[place] = _attempt(source, reply, took_ms, coalesced=coalesced)
        self._take(source, reply, at)

    def _take(self, source: Source, reply: Answer | ConnectorError, at: datetime) -> None:
        if isinstance(reply, Held) and self.holding is None:
            self.holding = Holding(source.name, source.tier, reply.values, reply.proof, at)

    def finding_for(self, question: Question) -> Finding:
        """The finding as one of the equal questions sees it: all but the first reuse it."""
        trail = tuple(self.attempts)
        if question is not self.question:
            trail = tuple(structs.replace(attempt, reused=True) for attempt in trail)
        return Finding(self.holding, trail)


def _attempt(
    source: Source,
    reply: Answer | ConnectorError,
    took_ms: float,
    *,
    coalesced: bool = False,
    reused: bool = False,
) -> Attempt:
    return Attempt(
        source.name,
        source.tier,
        said_by(reply),
        took_ms,
        str(reply) if isinstance(reply, ConnectorError) else None,
        reused=reused,
        coalesced=coalesced,
        again_in=again_in(reply),
    )
