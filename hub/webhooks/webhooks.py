"""The one task that tells webhooks, under a lease: of several replicas one at a time does."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.http import Http
from connectors.webhooks import Post, send
from hub.assisting.feed import ChangeSource
from hub.places import place_of
from hub.storage.outbox_store import LeaseLost, Outbox
from hub.storage.webhook_store import Webhook, all_webhooks
from hub.webhooks.following import Following
from hub.webhooks.pace import Pace
from hub.webhooks.registering import secret_of
from hub.webhooks.sending import Sending

_log = structlog.get_logger("certhub.webhooks")
_DATABASE = (SQLAlchemyError, OSError)


def _now() -> datetime:
    return datetime.now(UTC)


class Webhooks:
    """Follows the platform's changes and tells them, as long as it has the lease.

    Where no webhook is registered it does nothing but look for one.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        http: Http,
        source: Callable[[], ChangeSource | None],
        hub_secret: bytes,
        pace: Pace,
        holder: str,
    ) -> None:
        self._engine = engine
        self._http = http
        self._source = source
        self._hub_secret = hub_secret
        self._pace = pace
        self._outbox = Outbox(engine, holder)
        self._held_until = 0.0
        self._ends = False

    async def run(self) -> None:
        """Until it ends: take the lease where it is free, and tell until it is lost."""
        while True:
            try:
                if await self._any() and await self._take():
                    await self._hold()
            except* LeaseLost:
                _log.warning("webhooks are told by another process")
            except* _DATABASE as group:
                _log.error("webhooks wait for the database", kinds=sorted(_kinds(group)))
            if self._ends:
                return
            await asyncio.sleep(self._pace.look)

    def end(self) -> None:
        """Begin nothing anew: a task group that breaks as it is cancelled hides that it was."""
        self._ends = True

    async def leave(self) -> None:
        """Let another take the lease at once, where it was ever held here."""
        if not self._held_until:
            return
        with suppress(*_DATABASE):
            await self._outbox.leave(_now())

    async def _take(self) -> bool:
        begun, now = monotonic(), _now()
        taken = await self._outbox.take(now, now + timedelta(seconds=self._pace.lease))
        if taken:
            self._held_until = begun + self._pace.lease
        return taken

    async def _hold(self) -> None:
        sending = Sending(
            self._outbox,
            self._registered,
            self._send,
            lambda webhook: secret_of(self._hub_secret, webhook),
            lambda: monotonic() + self._pace.timeout < self._held_until,
            self._pace,
            _now,
            random.random,
        )
        following = Following(self._outbox, self._source, self._any, sending.wake, self._pace, _now)
        async with asyncio.TaskGroup() as working:
            working.create_task(self._keep(), name="webhooks lease")
            working.create_task(following.run(), name="webhooks follow")
            working.create_task(sending.run(), name="webhooks send")

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._pace.renew)
            if not await self._take():
                raise LeaseLost

    async def _registered(self) -> Sequence[Webhook]:
        return await all_webhooks(self._engine)

    async def _any(self) -> bool:
        return bool(await all_webhooks(self._engine))

    async def _send(self, post: Post) -> int:
        return await send(self._http, post, int(_now().timestamp()), self._pace.timeout)


@asynccontextmanager
async def open_webhooks(
    engine: AsyncEngine,
    http: Http,
    source: Callable[[], ChangeSource | None],
    hub_secret: bytes,
    pace: Pace | None = None,
) -> AsyncIterator[None]:
    """Webhooks are told as long as this is open."""
    webhooks = Webhooks(engine, http, source, hub_secret, pace or Pace(), secrets.token_hex(8))
    telling = asyncio.create_task(webhooks.run(), name="webhooks")
    telling.add_done_callback(_told_why)
    try:
        yield
    finally:
        webhooks.end()
        telling.cancel()
        await asyncio.wait([telling])
        await webhooks.leave()


def _kinds(group: BaseExceptionGroup[BaseException]) -> set[str]:
    inner = (
        _kinds(e) if isinstance(e, BaseExceptionGroup) else {type(e).__name__}
        for e in group.exceptions
    )
    return set().union(*inner)


def _told_why(telling: asyncio.Task[None]) -> None:
    """A bug ends the task, not the hub: the log says where, and the next start goes on."""
    if not telling.cancelled() and (bug := telling.exception()) is not None:
        _log.error("webhooks ended", kind=type(bug).__name__, at=place_of(bug.__traceback__))
