"""The outbox in the database: one sender, one head per request, nothing twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.storage.outbox_store import LONG_SILENCE, LeaseLost, Message, Outbox
from hub.storage.webhook_store import Webhook, add_webhook, all_webhooks, waiting
from tests.webhooks.ground import BEGAN, HOUSING

SECOND = timedelta(seconds=1)
HOOK = Webhook("wh_1", HOUSING, "https://example.cn", b"", BEGAN)


def message(sequence: int, request: str = "r-1", next_at: datetime = BEGAN) -> Message:
    """One that waits for the webhook."""
    return Message("wh_1", sequence, request, "{}", BEGAN, 0, next_at)


async def filled(engine: AsyncEngine, *messages: Message) -> Outbox:
    """An outbox under its lease, with these messages for the one webhook."""
    await add_webhook(engine, HOOK)
    outbox = Outbox(engine, "me")
    assert await outbox.take(BEGAN, BEGAN + 60 * SECOND)
    await outbox.move(9, lambda _: messages)
    return outbox


async def test_one_holds_the_lease(engine: AsyncEngine) -> None:
    """The first has it and may keep it; the other gets it when it ends or is left."""
    me, other = Outbox(engine, "me"), Outbox(engine, "other")

    assert await me.take(BEGAN, BEGAN + 10 * SECOND)
    assert not await other.take(BEGAN + 9 * SECOND, BEGAN + 30 * SECOND)
    assert await me.take(BEGAN + 9 * SECOND, BEGAN + 20 * SECOND)
    assert not await other.take(BEGAN + 11 * SECOND, BEGAN + 30 * SECOND)
    assert await other.take(BEGAN + 20 * SECOND, BEGAN + 30 * SECOND)
    assert not await me.take(BEGAN + 21 * SECOND, BEGAN + 40 * SECOND)
    await other.leave(BEGAN + 22 * SECOND)
    assert await me.take(BEGAN + 22 * SECOND, BEGAN + 40 * SECOND)


async def test_who_lost_the_lease_puts_nothing(engine: AsyncEngine) -> None:
    """Neither the place moves nor a message is put by a process that came to late."""
    await add_webhook(engine, HOOK)
    me, other = Outbox(engine, "me"), Outbox(engine, "other")
    await me.take(BEGAN, BEGAN + SECOND)
    await other.take(BEGAN + SECOND, BEGAN + 9 * SECOND)
    await other.move(4, lambda _: ())

    with pytest.raises(LeaseLost):
        await me.move(5, lambda _: [message(5)])

    assert await other.place() == 4
    assert await waiting(engine) == {}


async def test_place_and_messages_are_one(engine: AsyncEngine) -> None:
    """Where putting a message fails the place stays, so that the change is read again."""
    outbox = await filled(engine)
    stranger = replace(message(10), webhook="wh_of_nobody")

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await outbox.move(10, lambda _: [message(10), stranger])

    assert await outbox.place() == 9
    assert await waiting(engine) == {}


async def test_the_same_change_is_put_once(engine: AsyncEngine) -> None:
    """Read again after a crash it is the same message."""
    outbox = await filled(engine, message(1), message(2, "r-2"))

    await outbox.move(9, lambda _: [message(1), message(2, "r-2"), message(3, "r-3")])

    assert await waiting(engine) == {"wh_1": 3}


async def test_messages_are_for_the_webhooks_there_are(engine: AsyncEngine) -> None:
    """The webhooks are read in the transaction that puts the messages."""
    outbox = await filled(engine)
    seen: list[Sequence[Webhook]] = []

    def remember(webhooks: Sequence[Webhook]) -> list[Message]:
        seen.append(webhooks)
        return []

    assert await outbox.move(10, remember) == 0
    assert seen == [[HOOK]]


async def test_only_the_first_of_each_request_is_due(engine: AsyncEngine) -> None:
    """A later change waits for an earlier one of its request, also where that waits for its time."""
    later = BEGAN + 60 * SECOND
    outbox = await filled(
        engine,
        message(1, "r-1"),
        message(2, "r-1"),
        message(3, "r-2", later),
        message(4, "r-2"),
        message(5, "r-3", BEGAN - SECOND),
    )

    assert [one.sequence for one in await outbox.due("wh_1", BEGAN, 10)] == [5, 1]
    assert [one.sequence for one in await outbox.due("wh_1", BEGAN, 1)] == [5]
    assert [one.sequence for one in await outbox.due("wh_1", later, 10)] == [5, 1, 3]
    assert await outbox.next_due(BEGAN) == later
    await outbox.told(message(1), BEGAN)
    assert [one.sequence for one in await outbox.due("wh_1", BEGAN, 10)] == [5, 2]


async def test_what_is_not_taken_waits(engine: AsyncEngine) -> None:
    """Its attempts are counted, the webhook is silent since the first of them."""
    outbox = await filled(engine, message(1))

    await outbox.not_told(message(1), BEGAN + 5 * SECOND, "answered 500", BEGAN)
    (again,) = await outbox.due("wh_1", BEGAN + 5 * SECOND, 1)
    await outbox.not_told(again, BEGAN + 9 * SECOND, "answered 503", BEGAN + 5 * SECOND)

    (webhook,) = await all_webhooks(engine)
    assert again == replace(message(1), attempts=1, next_at=BEGAN + 5 * SECOND)
    assert await outbox.due("wh_1", BEGAN + 8 * SECOND, 1) == ()
    assert (webhook.silent_since, webhook.trouble) == (BEGAN, "answered 503")


async def test_after_a_long_silence_all_is_due(engine: AsyncEngine) -> None:
    """A receiver that answers again is told everything at once; after a short one it is not."""
    later = BEGAN + timedelta(hours=1)
    outbox = await filled(engine, message(1), message(2, "r-2", later), message(3, "r-3"))
    await outbox.not_told(message(1), later, "answered 500", BEGAN)

    await outbox.told(message(3, "r-3"), BEGAN + LONG_SILENCE - SECOND)
    short = await outbox.due("wh_1", BEGAN + LONG_SILENCE, 10)
    await outbox.not_told(message(1), later, "answered 500", BEGAN)
    await outbox.told(message(4, "r-4"), BEGAN + LONG_SILENCE)
    long = await outbox.due("wh_1", BEGAN + LONG_SILENCE, 10)

    assert short == ()
    assert [one.sequence for one in long] == [1, 2]


async def test_what_is_given_up_is_counted(engine: AsyncEngine) -> None:
    """It is gone, and the webhook's list says how many were."""
    outbox = await filled(engine, message(1), message(2))

    await outbox.not_told(message(1), None, "answered 500", BEGAN)

    (webhook,) = await all_webhooks(engine)
    assert webhook.given_up == 1
    assert [one.sequence for one in await outbox.due("wh_1", BEGAN, 10)] == [2]


async def test_ten_thousand_wait(engine: AsyncEngine) -> None:
    """The heads of 500 requests with 20 changes each are found by the index."""
    many = [message(n, f"r-{n % 500}") for n in range(10_000)]
    outbox = await filled(engine, *many)

    due = await outbox.due("wh_1", BEGAN, 8)

    assert [one.sequence for one in due] == list(range(8))
    if engine.dialect.name == "sqlite":
        async with engine.connect() as connection:
            plan = await connection.execute(
                text(
                    "EXPLAIN QUERY PLAN SELECT 1 FROM webhook_outbox AS o WHERE o.webhook = 'wh_1' "
                    "AND NOT EXISTS (SELECT 1 FROM webhook_outbox AS e WHERE e.webhook = o.webhook "
                    "AND e.request = o.request AND e.sequence < o.sequence)"
                )
            )
            assert "webhook=? AND request=? AND sequence<?" in str(plan.all())
