"""Who calls: an API key tied to a unit and its operators."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

from hub.evidence import Requester
from hub.keys import KeysUnavailable

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
    """Tells the requester behind an Authorization header; the store is asked once for all who wait.

    The first of them asks. Where that one leaves before it knows, the next one does.
    """

    def __init__(
        self,
        find: Callable[[str], Awaitable[Requester | None]],
        timer: Callable[[], float] = monotonic,
    ) -> None:
        self._find = find
        self._timer = timer
        self._known: dict[str, _Known] = {}
        self._asked: dict[str, asyncio.Future[Requester | None]] = {}

    def remembered(self, authorization: str | None) -> Requester | None:
        """The requester, where the store need not be asked."""
        known = self._known.get(authorization or "")
        return known.requester if known is not None and self._timer() < known.until else None

    async def requester(self, authorization: str | None) -> Requester:
        """The requester; raises `Unauthenticated` where there is none."""
        if authorization is None:
            raise Unauthenticated("This endpoint needs an API key.")
        remembered = self.remembered(authorization)
        if remembered is not None:
            return remembered
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise Unauthenticated("The Authorization header is not `Bearer` with an API key.")
        found = await self._joined(authorization, key.strip())
        if found is None:
            raise Unauthenticated("The API key is unknown, expired or revoked.")
        return found

    async def _joined(self, authorization: str, key: str) -> Requester | None:
        """What the store says, whoever asks it."""
        while (asked := self._asked.get(authorization)) is not None:
            await asyncio.wait([asked])  # who stops waiting takes nothing from the others
            if not asked.cancelled():
                return asked.result()
        return await self._ask(authorization, key)

    async def _ask(self, authorization: str, key: str) -> Requester | None:
        asked = self._asked[authorization] = asyncio.get_running_loop().create_future()
        try:
            found = await self._find(key)
            self._remember(authorization, found)
            asked.set_result(found)
        except KeysUnavailable:
            asked.set_exception(KeysUnavailable)
            asked.exception()  # now it counts as heard, even where nobody else waits
            raise
        finally:
            del self._asked[authorization]
            asked.cancel()  # where there is no answer: another has to ask
        return found

    def _remember(self, authorization: str, found: Requester | None) -> None:
        self._known.pop(authorization, None)
        if found is None or len(authorization) > LONGEST:
            return
        # The time runs from here, not from the last use: a key in constant use is looked up anew.
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[authorization] = _Known(found, self._timer() + REMEMBERED_FOR)
