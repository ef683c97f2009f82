"""Answers that may be used again, each only for the unit that asked: none learns of another's."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from cachetools import TLRUCache
from msgspec import Struct

from connectors.contract import Answer, ConnectorError, Held, NotHeld, Value
from connectors.templates import facts_named
from hub.declarations.words import Freshness
from hub.evidence import Subject, Tier
from hub.routing.route import Source

_ENTRY = 900
"""Bytes an entry takes beside what is held: its key, whom it is about, its times, its place."""
_TABLE = 400
"""Bytes the mapping of what is held takes."""
_VALUE = 100
"""Bytes a value takes beside its text, and its name in the mapping."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a source said at a moment; `until` is by the clock of the keeping."""

    answer: Answer = field(repr=False)
    at: datetime
    since: float
    until: float


class Asker(Struct, frozen=True, gc=False):
    """For whom an answer is kept, about whom, and how old it may be in seconds.

    `applicant` is who applies where the purpose names somebody.
    """

    unit: str
    subject: Subject
    freshness: Freshness
    max_age: float | None = None
    applicant: Subject | None = None


class Kept:
    """Keeps at most so many bytes; what has not been used for longest goes first.

    Failures are never kept, nor what the verification platform says: it may be recalled.
    """

    def __init__(self, most_bytes: int, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._answers: TLRUCache[Hashable, KeptAnswer] = TLRUCache(
            most_bytes, ttu=_until, timer=clock, getsizeof=_bytes
        )

    @property
    def bytes(self) -> float:
        """How much is kept now."""
        return self._answers.currsize

    def find(self, asker: Asker, source: Source) -> KeptAnswer | None:
        """What the source said to this unit about this subject, if it is fresh enough."""
        if not asker.freshness.held or asker.max_age == 0:
            return None
        kept = self._answers.get(_key(asker, source))
        if kept is None:
            return None
        age = self._clock() - kept.since
        return kept if asker.max_age is None or age <= asker.max_age else None

    def keep(
        self,
        asker: Asker,
        source: Source,
        reply: Answer | ConnectorError,
        at: datetime,
        age: float = 0.0,
    ) -> None:
        """Keep an answer for as long as it may be used again; what it takes the place of is gone.

        It came at a moment, `age` seconds ago.
        """
        if not isinstance(reply, Held | NotHeld) or source.tier is Tier.SUPPLEMENTARY:
            return
        fresh, since = asker.freshness, self._clock() - age
        if not fresh.held:
            return
        life = fresh.held if isinstance(reply, Held) else fresh.not_held
        kept, key = KeptAnswer(reply, at, since, since + life), _key(asker, source)
        self._answers.pop(key, None)
        if life and _bytes(kept) <= self._answers.maxsize:
            self._answers[key] = kept


def _key(asker: Asker, source: Source) -> Hashable:
    if _is_told_who_applies(source):
        return asker.unit, source, asker.subject, asker.applicant or asker.subject
    return asker.unit, source, asker.subject


@lru_cache(maxsize=4096)
def _is_told_who_applies(source: Source) -> bool:
    """Whether its answer may differ from one applicant to another."""
    templates = source.interface.parameters.values()
    return any(fact.startswith("applicant.") for each in templates for fact in facts_named(each))


def _until(_key: Hashable, kept: KeptAnswer, _now: float) -> float:
    return kept.until


def _bytes(kept: KeptAnswer) -> int:
    if not isinstance(kept.answer, Held):
        return _ENTRY
    return _ENTRY + _TABLE + sum(map(_bytes_of, kept.answer.values.values()))


def _bytes_of(value: Value | None) -> int:
    if isinstance(value, tuple):
        return _VALUE + sum(map(_bytes_of, value))
    # A Chinese character takes two bytes in memory.
    return _VALUE + 2 * len(str(value))
