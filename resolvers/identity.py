"""Who calls: an API key tied to a unit and its operators."""

from collections.abc import Awaitable, Callable
from time import monotonic

from cachetools import TTLCache

from hub.evidence import Requester

REMEMBERED_FOR = 5.0
"""Seconds a key is trusted without asking the store again, so how soon a revocation bites."""


class Unauthenticated(Exception):
    """No key, or one that is not valid; `hint` tells how to get one."""

    hint = "Send `Authorization: Bearer ch_…`; `certhub keys create` makes a key for a unit."


class Identity:
    """Tells the requester behind an Authorization header."""

    def __init__(
        self,
        find: Callable[[str], Awaitable[Requester | None]],
        timer: Callable[[], float] = monotonic,
    ) -> None:
        self._find = find
        self._known: TTLCache[str, Requester] = TTLCache(4096, REMEMBERED_FOR, timer)

    async def requester(self, authorization: str | None) -> Requester:
        """The requester; raises `Unauthenticated` where there is none."""
        if authorization is None:
            raise Unauthenticated("This endpoint needs an API key.")
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise Unauthenticated("The Authorization header is not `Bearer` with an API key.")
        return self._known.get(key) or await self._found(key)

    async def _found(self, key: str) -> Requester:
        found = await self._find(key.strip())
        if found is None:
            raise Unauthenticated("The API key is unknown, expired or revoked.")
        self._known[key] = found  # only here: a key in constant use is looked up anew all the same
        return found
