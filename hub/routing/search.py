"""One lookup on its way along its route: what was asked, and what comes next."""

from collections.abc import Hashable, Sequence
from datetime import datetime

from msgspec import Struct, structs

from connectors.contract import (
    Garbled,
    Held,
    Incomplete,
    Inquiry,
    NotHeld,
    QuotaSpent,
    Refused,
    TimedOut,
    Unreachable,
)
from hub.counting import counted
from hub.evidence import ANSWERED, Attempt, Holding, Said
from hub.routing.kept import Asker
from hub.routing.route import Source
from hub.routing.sending import Reply, Resting

SAID_BY: dict[type, Said] = {
    Held: Said.HELD,
    NotHeld: Said.NOT_HELD,
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


def said_by(reply: Reply) -> Said:
    """What a reply amounts to, in the hub's words."""
    return _said_by(type(reply))


def _said_by(kind: type) -> Said:
    said = SAID_BY.get(kind)
    if said is None:
        return next(SAID_BY[each] for each in kind.__mro__ if each in SAID_BY)
    return said


def said_in(replies: Sequence[Reply]) -> dict[Said, int]:
    """How many of the replies say what."""
    if len(replies) == 1:
        return {said_by(replies[0]): 1}
    said: dict[Said, int] = {}
    for kind, count in counted(map(type, replies)).items():
        word = _said_by(kind)
        said[word] = said.get(word, 0) + count
    return said


def again_in(reply: Reply) -> float | None:
    """Seconds after which asking again makes sense; none where it makes none, or was answered."""
    if isinstance(reply, Resting):
        return max(reply.seconds, SHORTLY)
    return SHORTLY if said_by(reply) in PASSING else None


def attempt_at(
    source: Source,
    reply: Reply,
    took_ms: float,
    *,
    reused: bool = False,
    coalesced: bool = False,
) -> Attempt:
    """The attempt at a source, by what it said."""
    platform, said = source.platform, said_by(reply)
    if said in ANSWERED:
        return Attempt(platform.name, platform.tier, said, took_ms, None, reused, coalesced)
    reason, again = str(reply), again_in(reply)
    return Attempt(platform.name, platform.tier, said, took_ms, reason, reused, coalesced, again)


class Search(Struct, gc=False):
    """An admitted lookup on its way: its route, what platforms are told, and what came of it.

    Equal ones share the key; `asker` is for whom answers are kept, none where none may be. In the
    end there are the holding, if any source holds it, and every attempt made.
    """

    key: Hashable
    route: tuple[Source, ...]
    inquiry: Inquiry
    asker: Asker | None = None
    holding: Holding | None = None
    trail: tuple[Attempt, ...] = ()

    @property
    def next_source(self) -> Source | None:
        """The best source not yet asked, or none: found, or the route is at its end."""
        asked = len(self.trail)
        return None if self.holding is not None or asked == len(self.route) else self.route[asked]

    @property
    def silent(self) -> tuple[str, ...]:
        """Sources that did not answer: silence is not absence."""
        return tuple(attempt.source for attempt in self.trail if attempt.said not in ANSWERED)

    @property
    def retry_after(self) -> float | None:
        """Seconds after which asking again makes sense for every silent source that will do so."""
        return max((one.again_in for one in self.trail if one.again_in is not None), default=None)

    def take(self, source: Source, reply: Reply, at: datetime) -> None:
        """Take in what a source said, and when, unless it is known who holds it."""
        if self.holding is None and isinstance(reply, Held):
            platform = source.platform
            self.holding = Holding(platform.name, platform.tier, reply.values, reply.proof, at)

    def amend(self, source: Source, attempt: Attempt) -> None:
        """A source that was taken for silent has answered after all."""
        place = self.route.index(source)
        self.trail = (*self.trail[:place], attempt, *self.trail[place + 1 :])

    def reuse(self, equal: "Search") -> None:
        """End as an equal one did, whose attempts are used again."""
        self.holding = equal.holding
        self.trail = tuple(structs.replace(attempt, reused=True) for attempt in equal.trail)
