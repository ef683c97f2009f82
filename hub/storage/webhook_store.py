"""Webhooks (回调通知) in the database: who is told, and how it goes."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.storage.engine import writing
from hub.storage.tables import webhook_outbox as outbox
from hub.storage.tables import webhooks


@dataclass(frozen=True, slots=True)
class Webhook:
    """Who is told: the unit's changes go to this URL, which may hold a token of the receiver.

    `told_at` is when it last took a message, `silent_since` when it first failed to after that,
    `trouble` how; `given_up` counts the messages it never took.
    """

    id: str
    unit: str
    url: str = field(repr=False)
    secret_hash: bytes = field(repr=False)
    made_at: datetime
    told_at: datetime | None = None
    silent_since: datetime | None = None
    trouble: str | None = None
    given_up: int = 0


async def add_webhook(engine: AsyncEngine, webhook: Webhook) -> None:
    """Register a webhook."""
    async with writing(engine) as connection:
        await connection.execute(insert(webhooks).values(asdict(webhook)))


async def all_webhooks(engine: AsyncEngine) -> tuple[Webhook, ...]:
    """Every webhook, oldest first."""
    async with engine.connect() as connection:
        found = await connection.execute(
            select(webhooks).order_by(webhooks.c.made_at, webhooks.c.id)
        )
        return tuple(Webhook(**row._mapping) for row in found)


async def remove_webhook(engine: AsyncEngine, webhook: str) -> Webhook | None:
    """Take a webhook away with all that waits for it; `None` where there is no such one."""
    async with writing(engine) as connection:
        which = select(webhooks).where(webhooks.c.id == webhook).with_for_update()
        row = (await connection.execute(which)).one_or_none()
        if row is None:
            return None
        await connection.execute(delete(outbox).where(outbox.c.webhook == webhook))
        await connection.execute(delete(webhooks).where(webhooks.c.id == webhook))
        return Webhook(**row._mapping)


async def waiting(engine: AsyncEngine) -> dict[str, int]:
    """How many messages wait for each webhook, where any do."""
    async with engine.connect() as connection:
        found = await connection.execute(
            select(outbox.c.webhook, func.count()).group_by(outbox.c.webhook)
        )
        return {webhook: int(count) for webhook, count in found}
