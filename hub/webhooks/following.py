"""Follows the verification platform's changes and puts what webhooks are told into the outbox."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from connectors.assisted_words import Changes
from connectors.contract import ConnectorError, Refused
from hub.assisting.feed import ChangeSource
from hub.storage.outbox_store import Outbox
from hub.webhooks.pace import Pace
from hub.webhooks.telling import messages_of

_log = structlog.get_logger("certhub.webhooks")


class Following:
    """Keeps the outbox up with the platform; `put` is called whenever there is something new.

    The first webhook ever makes it read all changes there are, so that none is missed.
    """

    def __init__(
        self,
        outbox: Outbox,
        source: Callable[[], ChangeSource | None],
        registered: Callable[[], Awaitable[bool]],
        put: Callable[[], None],
        pace: Pace,
        clock: Callable[[], datetime],
    ) -> None:
        self._outbox = outbox
        self._source = source
        self._registered = registered
        self._put = put
        self._pace = pace
        self._clock = clock
        self._silent = False

    async def run(self) -> None:
        """For ever; raises `LeaseLost`, and what the database raises."""
        place = await self._outbox.place()
        while True:
            source = self._source()
            if source is None or not await self._registered():
                await asyncio.sleep(self._pace.look)
                continue
            try:
                place = await self._step(source, place)
                self._silent = False
            except ConnectorError as trouble:
                self._say(type(trouble).__name__)
                await asyncio.sleep(self._pace.rest)

    async def _step(self, source: ChangeSource, place: int | None) -> int | None:
        asked = place or 0
        try:
            told = await source.changes(asked, self._pace.poll)
        except Refused:
            return await self._anew(source, asked)
        return await self._move(told) if told.last != place else place

    async def _move(self, told: Changes) -> int:
        now = self._clock()
        count = await self._outbox.move(
            told.last, lambda webhooks: messages_of(told.changes, webhooks, now)
        )
        if count:
            self._put()
        return told.last

    async def _anew(self, source: ChangeSource, place: int) -> int:
        """Our place may lie past the end: then the platform's records are others than before."""
        end = (await source.changes(None, 0)).last
        if end >= place:
            raise Refused("the platform does not tell its changes after this place")
        _log.warning("changes begin anew", place=place, end=end)
        await self._outbox.move(end, lambda _: ())
        return end

    def _say(self, trouble: str) -> None:
        if not self._silent:
            _log.warning("changes silent", trouble=trouble)
        self._silent = True
