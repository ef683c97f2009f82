"""The two halves of a field that looks up, so that many fields share one batch."""

from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

from hub.evidence import Lookup, Outcome

Value = TypeVar("Value")
FIRST_HALF = "_first_half"


class Discloses(Protocol):
    """A request that hands lookups over, one outcome each, in order."""

    def disclose(self, lookups: Sequence[Lookup]) -> Awaitable[list[Outcome]]: ...

    async def gathered(self, lookups: Sequence[Lookup]) -> list[Outcome]: ...


class Asked(Struct, Generic[Value], frozen=True):
    """What a field looks up, and how its value is made of the outcomes."""

    lookups: Sequence[Lookup]
    finish: Callable[[Sequence[Outcome]], Value]


def looking_up(prepare: Callable[..., Asked[Value]]) -> Callable[..., Awaitable[Value]]:
    """A resolver of the first half: graphql-core runs both around the request's gathered batch.

    A plan takes the first half by itself, to look all fields of a level up in one call.
    """

    @wraps(prepare)
    async def resolve(source: object, info: Any, **given: object) -> Value:
        asked = prepare(source, info, **given)
        return asked.finish(await info.context.gathered(asked.lookups))

    setattr(resolve, FIRST_HALF, prepare)
    return resolve


def first_half(resolver: object) -> Callable[..., Asked[object]] | None:
    """What prepares the lookups of a resolver; none where it looks nothing up."""
    return getattr(resolver, FIRST_HALF, None)
