"""Who calls: an API key tied to a unit and its operators."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

from hub.evidence import Requester

REMEMBERED_FOR = 5.0
"""Seconds a key is trusted without asking the store again, so how soon a revocation bites."""
REMEMBERED = 4096
"""Keys trusted at once."""
LONGEST = 200
"""Characters of a header that is remembered."""


class Unauthenticated(Exception):
    """No key, or one that is not valid; `hint` tells how to get one."""

    hint = "Send `Authorization: Bearer ch_…`; `certhub keys create` makes a key for a unit."


@dataclass(frozen=True, slots=True)
class _Known:
    requester: Requester
    until: float


class Identity:
    """Tells the requester behind an Authorization header."""

    def __init__(
        self,
        find: Callable[[str], Awaitable[Requester | None]],
        timer: Callable[[], float] = monotonic,
    ) -> None:
        self._find = find
        self._timer = timer
        self._known: dict[str, _Known] = {}

    async def requester(self, authorization: str | None) -> Requester:
        """The requester; raises `Unauthenticated` where there is none."""
        if authorization is None:
            raise Unauthenticated("This endpoint needs an API key.")
        known = self._known.get(authorization)
        if known is not None and self._timer() < known.until:
            return known.requester
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise Unauthenticated("The Authorization header is not `Bearer` with an API key.")
        return await self._found(authorization, key.strip())

    async def _found(self, authorization: str, key: str) -> Requester:
        self._known.pop(authorization, None)
        found = await self._find(key)
        if found is None:
            raise Unauthenticated("The API key is unknown, expired or revoked.")
        if len(authorization) > LONGEST:
            return found
        # The time runs from here, not from the last use: a key in constant use is looked up anew.
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[authorization] = _Known(found, self._timer() + REMEMBERED_FOR)
        return found
