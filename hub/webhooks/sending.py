"""Sends what waits in the outbox: in order per request, again and again until it is taken."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from connectors.contract import ConnectorError, TimedOut, Unreachable
from connectors.webhooks import Post
from hub.storage.outbox_store import LeaseLost, Message, Outbox
from hub.storage.webhook_store import Webhook
from hub.webhooks.pace import Pace
from hub.webhooks.registering import fingerprint

_log = structlog.get_logger("certhub.webhooks")

NARROW_AFTER = timedelta(seconds=10)
"""A receiver that has been silent for so long is tried with one message at a time."""
ANOTHER_KEY = "the hub's secret is another one than when it was added: remove it, add it anew"


class Sending:
    """One sender over the outbox; whoever puts something into it calls `wake`.

    `draw` gives random numbers from 0 to 1, `holding` tells whether the lease outlasts one call.
    """

    def __init__(
        self,
        outbox: Outbox,
        webhooks: Callable[[], Awaitable[Sequence[Webhook]]],
        send: Callable[[Post], Awaitable[int]],
        secret_of: Callable[[str], bytes],
        holding: Callable[[], bool],
        pace: Pace,
        clock: Callable[[], datetime],
        draw: Callable[[], float],
    ) -> None:
        self._outbox = outbox
        self._webhooks = webhooks
        self._send = send
        self._secret_of = secret_of
        self._holding = holding
        self._pace = pace
        self._clock = clock
        self._draw = draw
        self._news = asyncio.Event()
        self._under_way: set[str] = set()

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._news.set()

    async def run(self) -> None:
        """For ever; raises `LeaseLost`, and what the database raises."""
        async with asyncio.TaskGroup() as sending:
            while True:
                self._news.clear()
                for webhook in await self._webhooks():
                    for message in await self._due(webhook):
                        self._under_way.add(message.id)
                        sending.create_task(self._tell(webhook, message), name=message.id)
                await self._rest()

    async def _due(self, webhook: Webhook) -> list[Message]:
        """What may be sent to a receiver now, beside what is under way to it."""
        # Taken before the query: what ends while it runs may still be among what it finds.
        under_way = frozenset(self._under_way)
        found = await self._outbox.due(webhook.id, self._clock(), self._width(webhook))
        room = self._pace.most_in_all - len(self._under_way)
        return [one for one in found if one.id not in under_way][: max(room, 0)]

    def _width(self, webhook: Webhook) -> int:
        since = webhook.silent_since
        silent = since is not None and self._clock() - since >= NARROW_AFTER
        return 1 if silent else self._pace.width

    async def _rest(self) -> None:
        """Until there is news, or the next message is due."""
        now = self._clock()
        due = await self._outbox.next_due(now)
        seconds = self._pace.look if due is None else (due - now).total_seconds()
        try:
            async with asyncio.timeout(min(seconds, self._pace.look)):
                await self._news.wait()
        except TimeoutError:
            return

    async def _tell(self, webhook: Webhook, message: Message) -> None:
        try:
            trouble = await self._trouble(webhook, message)
            if trouble is None:
                await self._told(webhook, message)
            else:
                await self._not_told(webhook, message, trouble)
        finally:
            self._under_way.discard(message.id)
            self._news.set()

    async def _trouble(self, webhook: Webhook, message: Message) -> str | None:
        """Send it; why it was not taken, or nothing where it was."""
        secret = self._secret_of(webhook.id)
        if fingerprint(secret) != webhook.secret_hash:
            return ANOTHER_KEY
        if not self._holding():
            raise LeaseLost
        post = Post(webhook.id, webhook.url, secret, message.id, message.body.encode())
        try:
            return status_trouble(await self._send(post))
        except ConnectorError as error:
            return silence(error, self._pace.timeout)

    async def _told(self, webhook: Webhook, message: Message) -> None:
        if webhook.silent_since is not None:
            _log.info("webhook answers again", webhook=webhook.id)
        await self._outbox.told(message, self._clock())

    async def _not_told(self, webhook: Webhook, message: Message, trouble: str) -> None:
        now = self._clock()
        again = self._again(message, now)
        if webhook.silent_since is None:
            _log.warning("webhook silent", webhook=webhook.id, trouble=trouble)
        if again is None:
            _log.error("webhook message given up", webhook=webhook.id, message=message.id)
        await self._outbox.not_told(message, again, trouble, now)

    def _again(self, message: Message, now: datetime) -> datetime | None:
        """When to send it again (full jitter), or nothing where it is too old."""
        longest = min(self._pace.first * 2 ** min(message.attempts, 30), self._pace.longest)
        again = now + timedelta(seconds=longest * self._draw())
        return again if again < message.put_at + self._pace.age else None


def status_trouble(status: int) -> str | None:
    """Why an answer of this status is not one that took the message, or nothing where it did."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return f"answered {status}, a redirect, which is not followed"
    return f"answered {status}"


def silence(error: ConnectorError, timeout: float) -> str:
    """Why there was no answer at all, without the receiver's URL."""
    match error:
        case Unreachable():
            return "no connection, or no trusted certificate"
        case TimedOut():
            return f"no answer within {timeout:g} s"
        case _:
            return "the answer is not HTTP"
