"""What waits to be told to webhooks, and the one place in the verification platform's changes."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, and_, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.storage.conflicts import added_once
from hub.storage.engine import writing
from hub.storage.tables import Instant, webhooks
from hub.storage.tables import webhook_outbox as outbox
from hub.storage.tables import webhook_sender as sender
from hub.storage.webhook_store import Webhook

LONG_SILENCE = timedelta(minutes=1)
"""After so long a silence everything that waits for a receiver is sent as soon as it answers."""
_ONE = 1
_KEYS = ["webhook", "sequence"]


class LeaseLost(Exception):
    """Another process sends now: this one must stop."""


@dataclass(frozen=True, slots=True)
class Message:
    """One change to be told to one webhook; `sequence` is the change's own number."""

    webhook: str
    sequence: int
    request: str
    body: str
    put_at: datetime
    attempts: int
    next_at: datetime

    @property
    def id(self) -> str:
        """Its `webhook-id`, the same however often it is sent."""
        told = hashlib.sha256(self.body.encode()).hexdigest()
        return f"msg_{self.webhook}_{self.sequence}_{told[:8]}"


class Outbox:
    """The outbox as one sender sees it, under a lease that no other holds at the same time."""

    def __init__(self, engine: AsyncEngine, holder: str) -> None:
        self._engine = engine
        self._holder = holder
        self._make_place = added_once(engine.dialect.name, sender, ["id"])
        self._add = added_once(engine.dialect.name, outbox, _KEYS)

    async def take(self, now: datetime, until: datetime) -> bool:
        """Take the lease or keep it; false while another holds it."""
        async with writing(self._engine) as connection:
            free = (sender.c.holder == self._holder) | (sender.c.held_until <= now)
            values = {"holder": self._holder, "held_until": until}
            fresh = {"id": _ONE, "sequence": None, **values}
            await connection.execute(self._make_place, [fresh])
            taken = await connection.execute(
                update(sender).where(sender.c.id == _ONE, free).values(values)
            )
            return taken.rowcount == 1

    async def leave(self, now: datetime) -> None:
        """Let another take the lease at once; harmless where it is lost."""
        async with writing(self._engine) as connection:
            await connection.execute(
                update(sender)
                .where(sender.c.id == _ONE, sender.c.holder == self._holder)
                .values(held_until=now)
            )

    async def place(self) -> int | None:
        """The last change that was looked at; none where none ever was."""
        async with self._engine.connect() as connection:
            found = await connection.execute(select(sender.c.sequence).where(sender.c.id == _ONE))
            place: int | None = found.scalar_one()
            return place

    async def move(
        self, place: int, messages: Callable[[Sequence[Webhook]], Sequence[Message]]
    ) -> int:
        """Move on to a place and put what is told of it, all in one; how many messages that is.

        The webhooks are read in the same transaction. Raises `LeaseLost`.
        """
        async with writing(self._engine) as connection:
            moved = await connection.execute(
                update(sender)
                .where(sender.c.id == _ONE, sender.c.holder == self._holder)
                .values(sequence=place)
            )
            if moved.rowcount != 1:
                raise LeaseLost
            known = await connection.execute(
                select(webhooks).with_for_update(read=True, key_share=True)
            )
            new = messages([Webhook(**row._mapping) for row in known])
            if new:
                await connection.execute(self._add, [asdict(one) for one in new])
            return len(new)

    async def due(self, webhook: str, now: datetime, count: int) -> tuple[Message, ...]:
        """Messages whose time has come, the longest due first, and only the first of each request."""
        earlier = outbox.alias("earlier")
        before = and_(
            earlier.c.webhook == outbox.c.webhook,
            earlier.c.request == outbox.c.request,
            earlier.c.sequence < outbox.c.sequence,
        )
        async with self._engine.connect() as connection:
            found = await connection.execute(
                select(outbox)
                .where(outbox.c.webhook == webhook, outbox.c.next_at <= now)
                .where(~select(earlier.c.sequence).where(before).exists())
                .order_by(outbox.c.next_at, outbox.c.sequence)
                .limit(count)
            )
            return tuple(Message(**row._mapping) for row in found)

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next message is due that is not yet."""
        async with self._engine.connect() as connection:
            found = await connection.execute(
                select(func.min(outbox.c.next_at)).where(outbox.c.next_at > now)
            )
            moment: datetime | None = found.scalar_one()
            return moment

    async def told(self, message: Message, now: datetime) -> None:
        """The receiver took it: it is gone, and after a long silence all that waits is due."""
        async with writing(self._engine) as connection:
            # The webhook before its messages, as whoever removes it does: else each waits for the other.
            which = webhooks.c.id == message.webhook
            silent = select(webhooks.c.silent_since).where(which).with_for_update()
            since = (await connection.execute(silent)).scalar_one_or_none()
            await connection.execute(delete(outbox).where(_is(message)))
            if since is not None and now - since >= LONG_SILENCE:
                await _all_due(connection, message.webhook, now)
            values = {"told_at": now, "silent_since": None, "trouble": None}
            await connection.execute(update(webhooks).where(which).values(values))

    async def not_told(
        self, message: Message, next_at: datetime | None, trouble: str, now: datetime
    ) -> None:
        """The receiver did not take it: it waits until `next_at`, or is given up where none."""
        async with writing(self._engine) as connection:
            await connection.execute(_silent(message, next_at is None, trouble, now))
            if next_at is None:
                await connection.execute(delete(outbox).where(_is(message)))
            else:
                later = {"attempts": message.attempts + 1, "next_at": next_at}
                await connection.execute(update(outbox).where(_is(message)).values(later))


async def _all_due(connection: AsyncConnection, webhook: str, now: datetime) -> None:
    await connection.execute(
        update(outbox)
        .where(outbox.c.webhook == webhook, outbox.c.next_at > now)
        .values(next_at=now)
    )


def _is(message: Message) -> ColumnElement[bool]:
    return and_(outbox.c.webhook == message.webhook, outbox.c.sequence == message.sequence)


def _silent(message: Message, given_up: bool, trouble: str, now: datetime) -> Update:
    return (
        update(webhooks)
        .where(webhooks.c.id == message.webhook)
        .values(
            silent_since=func.coalesce(webhooks.c.silent_since, literal(now, Instant())),
            trouble=trouble,
            given_up=webhooks.c.given_up + int(given_up),
        )
    )
