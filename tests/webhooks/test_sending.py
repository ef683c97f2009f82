"""Real receivers, told over HTTP: signed, in order, again and again."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.assisted_words import Changes
from hub.storage.engine import open_engine
from hub.storage.webhook_store import remove_webhook, waiting
from hub.webhooks.sending import ANOTHER_KEY
from tests.connectors.scripted_server import nobody_listening
from tests.webhooks.ground import (
    BEGAN,
    CIVIL,
    HASTY,
    HOUSING,
    QUICK,
    Got,
    ReceiverAt,
    Told,
    a_change,
    a_recall,
    in_order,
    none_waits,
    receiving,
    registered,
    taken,
    telling,
    the_webhook,
    until,
)


async def test_a_change_is_told_signed(engine: AsyncEngine) -> None:
    """The standard's own library accepts id, time and signature; the body names the change."""
    async with receiving() as receiver:
        webhook = await registered(engine, receiver)

        async with telling(engine, Told([a_change(1), a_recall(2, HOUSING)])):
            await receiver.took_so_many(2)
            await until(lambda: none_waits(engine))

    first, second = receiver.took
    assert first.message.startswith(f"msg_{webhook.id}_1_")
    assert first.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert first.headers["webhook-signature"].startswith("v1,")
    assert first.body["type"] == "verification.step"
    assert second.body["type"] == "verification.recall"
    told = await the_webhook(engine)
    assert told.told_at is not None
    assert (told.silent_since, told.trouble, told.given_up) == (None, None, 0)


async def test_the_judge_refuses_another_secret(engine: AsyncEngine) -> None:
    """A receiver with another secret takes nothing: the check of these tests can fail."""
    async with receiving() as receiver:
        await registered(engine, receiver)
        mine = receiver.judge
        async with receiving() as other:
            await registered(engine, other, CIVIL, number=2)
            receiver.judge = other.judge

            async with telling(engine, Told([a_change(1)])):
                await other.took_so_many(1)
                assert await trouble_of(engine, HOUSING) == "answered 401"
                receiver.judge = mine
                await receiver.took_so_many(1)


async def trouble_of(engine: AsyncEngine, unit: str) -> str | None:
    """The trouble of a unit's webhook, as soon as there is one."""
    trouble: list[str | None] = []

    async def known() -> bool:
        async with engine.connect() as connection:
            found = await connection.execute(
                text("SELECT trouble FROM webhooks WHERE unit = :unit"), {"unit": unit}
            )
            trouble[:] = [found.scalar_one()]
            return trouble != [None]

    await until(known)
    return trouble[0]


async def test_each_side_is_told_its_own(engine: AsyncEngine) -> None:
    """The requester's and the issuer's webhooks are told of a request, each of its part."""
    async with receiving() as housing, receiving() as civil:
        await registered(engine, housing, HOUSING, number=1)
        await registered(engine, civil, CIVIL, number=2)

        async with telling(engine, Told([a_change(1)])):
            await asyncio.gather(housing.took_so_many(1), civil.took_so_many(1))

    assert housing.took[0].body["data"]["as"] == ["requester"]
    assert civil.took[0].body["data"]["as"] == ["issuer"]


@pytest.mark.parametrize("status", [302, 307, 400, 404, 410, 429, 500, 503])
async def test_only_success_takes_a_message(engine: AsyncEngine, status: int) -> None:
    """Whatever else is answered, the same message comes again until it is taken; nothing is followed."""

    async def first_refused(got: Got) -> web.StreamResponse:
        if len(receiver.got) < 3:
            headers = {"Location": receiver.url.replace("/hook", "/elsewhere")}
            return web.Response(status=status, headers=headers)
        return await taken(got)

    async with receiving(first_refused) as receiver:
        await registered(engine, receiver)

        async with telling(engine, Told([a_change(1)])):
            await receiver.took_so_many(1)

    assert receiver.elsewhere == 0
    assert [one.place for one in receiver.got] == [("r-1", 1)] * 3
    assert len({one.message for one in receiver.got}) == 1


async def test_a_redirect_is_named(engine: AsyncEngine) -> None:
    """The list of webhooks says that a redirect is not followed."""

    async def moved(_: Got) -> web.StreamResponse:
        return web.Response(status=308, headers={"Location": "http://127.0.0.1:9/"})

    async with receiving(moved) as receiver:
        await registered(engine, receiver)

        async with telling(engine, Told([a_change(1)])):
            trouble = await trouble_of(engine, HOUSING)

    assert trouble == "answered 308, a redirect, which is not followed"


async def test_a_hanging_receiver_is_silent_and_then_told(engine: AsyncEngine) -> None:
    """No answer in time: it is shown as silent with the reason, tried again, and told."""
    hangs = asyncio.Event()

    async def hang(got: Got) -> web.StreamResponse:
        if not hangs.is_set():
            await asyncio.sleep(5)
        return await taken(got)

    async with receiving(hang) as receiver:
        await registered(engine, receiver)

        async with telling(engine, Told([a_change(1)]), HASTY):
            assert await trouble_of(engine, HOUSING) == "no answer within 0.5 s"
            silent = await the_webhook(engine)
            hangs.set()
            await receiver.took_so_many(1)
            await until(lambda: none_waits(engine))

    assert silent.silent_since is not None
    assert silent.told_at is None
    assert (await the_webhook(engine)).silent_since is None


async def test_an_endless_answer_is_not_read(engine: AsyncEngine) -> None:
    """The status is enough: who sends a body without end holds nobody up."""
    ended = asyncio.Event()

    async def endless(got: Got) -> web.StreamResponse:
        reply = web.StreamResponse()
        await reply.prepare(got.request)
        with suppress(ConnectionError):
            while True:
                await reply.write(b"x" * 65536)
                await asyncio.sleep(0)
        ended.set()
        return reply

    async with receiving(endless) as receiver:
        await registered(engine, receiver)

        async with telling(engine, Told([a_change(1)])):
            await receiver.got_so_many(1)
            await until(lambda: none_waits(engine))
            await asyncio.wait_for(ended.wait(), 10)

    assert len(receiver.got) == 1


async def test_nobody_listens(engine: AsyncEngine) -> None:
    """A receiver that is down: it is shown with the reason, and what it is to be told waits."""
    async with nobody_listening() as url:
        webhook = await registered(engine, ReceiverAt(f"{url}/hook"))

        async with telling(engine, Told([a_change(1)])):
            assert await trouble_of(engine, HOUSING) == "no connection, or no trusted certificate"

    assert await waiting(engine) == {webhook.id: 1}


async def test_a_stuck_request_holds_up_no_other(engine: AsyncEngine) -> None:
    """While one request's first change is not taken, its second waits and all others go on."""
    stuck = asyncio.Event()

    async def but_one(got: Got) -> web.StreamResponse:
        if got.place == ("r-1", 1) and not stuck.is_set():
            return web.Response(status=500)
        return await taken(got)

    changes = [a_change(1, "r-1"), a_change(2, "r-1")]
    changes += [a_change(n, f"r-{n}") for n in range(3, 23)]
    async with receiving(but_one) as receiver:
        await registered(engine, receiver)

        async with telling(engine, Told(changes)):
            await receiver.took_so_many(20)
            before = {one.place for one in receiver.took}
            stuck.set()
            await receiver.took_so_many(22)

    assert before == {(f"r-{n}", n) for n in range(3, 23)}
    assert [one.place for one in receiver.took[-2:]] == [("r-1", 1), ("r-1", 2)]
    assert in_order(receiver.log, changes)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
async def test_order_per_request_under_failures(engine: AsyncEngine, seed: int) -> None:
    """300 changes of 12 requests, a third of all answers wrong or late: all told, in order."""
    dice = random.Random(seed)
    versions: Counter[str] = Counter()
    changes = []
    for sequence in range(1, 301):
        request = f"r-{dice.randrange(12)}"
        versions[request] += 1
        changes.append(a_change(sequence, request, version=versions[request]))

    async def moody(got: Got) -> web.StreamResponse:
        match dice.randrange(12):
            case 0 | 1:
                return web.Response(status=503)
            case 2:
                await asyncio.sleep(0.6)  # taken, but told too late that it was
            case 3:
                await asyncio.sleep(dice.random() / 20)
        return await taken(got)

    async with receiving(moody) as receiver:
        await registered(engine, receiver)
        source = Told()

        async with telling(engine, source, HASTY):
            for start in range(0, 300, 25):
                source.more(*changes[start : start + 25])
                await asyncio.sleep(dice.random() / 20)
            await until(lambda: all_taken(receiver.took, 300), 60)
            await until(lambda: none_waits(engine))

    assert in_order(receiver.log, changes)
    assert {one.place for one in receiver.took} == {(c.request, c.sequence) for c in changes}
    assert len({one.message for one in receiver.got}) == 300


async def all_taken(took: list[Got], count: int) -> bool:
    """Whether so many different ones have been taken."""
    return len({one.place for one in took}) == count


async def test_two_replicas_tell_once(database: str, engine: AsyncEngine) -> None:
    """Two senders on one database: one at a time, so each message goes out once."""
    other = open_engine(database)
    changes = [a_change(n, f"r-{n % 7}") for n in range(1, 101)]
    async with receiving() as receiver:
        await registered(engine, receiver)

        async with telling(engine, Told(changes)), telling(other, Told(changes)):
            await receiver.took_so_many(100)
            await until(lambda: none_waits(engine))

    await other.dispose()
    assert len(receiver.got) == 100
    assert in_order(receiver.log, changes)


async def test_the_next_replica_goes_on(engine: AsyncEngine) -> None:
    """A sender that ends leaves its place to the next one: nothing twice, nothing lost."""
    source = Told([a_change(1), a_change(2)])
    async with receiving() as receiver:
        await registered(engine, receiver)
        async with telling(engine, source):
            await receiver.took_so_many(2)
            await until(lambda: none_waits(engine))

        source.more(a_change(3))
        async with telling(engine, source):
            await receiver.took_so_many(3)

    assert [one.place[1] for one in receiver.got] == [1, 2, 3]
    assert source.asked.count(0) == 1


async def test_a_webhook_added_later_is_told_from_then_on(engine: AsyncEngine) -> None:
    """The first webhook is noticed while the hub runs, and told what came since it was added."""
    old = a_change(1, at=BEGAN - timedelta(hours=1))
    source = Told([old])

    async with telling(engine, source), receiving() as receiver:
        await asyncio.sleep(0.2)
        assert source.asked == []  # nobody is registered: the platform is left alone
        await registered(engine, receiver)
        source.more(a_change(2))
        await receiver.took_so_many(1)

    assert [one.place for one in receiver.got] == [("r-1", 2)]


async def test_a_removed_webhook_is_told_nothing_more(engine: AsyncEngine) -> None:
    """Removing it takes what waits along, also while a sender runs."""

    async def never(_: Got) -> web.StreamResponse:
        return web.Response(status=500)

    source = Told([a_change(n, f"r-{n}") for n in range(1, 6)])
    async with receiving(never) as receiver:
        webhook = await registered(engine, receiver)

        async with telling(engine, source):
            await receiver.got_so_many(5)
            assert await remove_webhook(engine, webhook.id) is not None
            under_way = len(receiver.got) + 5
            source.more(a_change(6))
            await asyncio.sleep(0.8)  # time for each to be sent ten times over

    assert len(receiver.got) <= under_way
    assert {one.place[1] for one in receiver.got} == set(range(1, 6))
    assert await none_waits(engine)
    assert await remove_webhook(engine, webhook.id) is None


async def test_too_old_is_given_up_and_counted(engine: AsyncEngine) -> None:
    """A message that is never taken is given up at the declared age; the next one then goes."""

    async def but_the_first(got: Got) -> web.StreamResponse:
        return web.Response(status=500) if got.place[1] == 1 else await taken(got)

    hasty = replace(QUICK, age=timedelta(seconds=1))
    async with receiving(but_the_first) as receiver:
        await registered(engine, receiver)

        async with telling(engine, Told([a_change(1), a_change(2)]), hasty):
            await receiver.took_so_many(1)
            await until(lambda: none_waits(engine))

    assert [one.place[1] for one in receiver.took] == [2]
    assert len(receiver.got) > 2  # the first one was tried again
    assert (await the_webhook(engine)).given_up == 1


async def test_a_platform_that_begins_anew_is_followed(engine: AsyncEngine) -> None:
    """Its numbers are lower than our place: what it tells from now on is told."""
    source = Told([a_change(n, f"r-{n}") for n in range(1, 8)])
    async with receiving() as receiver:
        await registered(engine, receiver)

        async with telling(engine, source):
            await receiver.took_so_many(7)
            await until(lambda: none_waits(engine))
            source.anew(a_change(1, "q-1"))
            await until(lambda: asked_after(source, 1))
            source.more(a_change(2, "q-1"))
            await receiver.took_so_many(8)

    assert receiver.took[-1].place == ("q-1", 2)


async def asked_after(source: Told, place: int) -> bool:
    """Whether the platform was last asked after this number."""
    return source.asked[-1] == place


async def test_a_silent_platform_is_asked_again(
    engine: AsyncEngine, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """While it does not answer nothing is told; then all is; its silence is logged once."""
    source = Told([a_change(1)])
    source.silent = True
    async with receiving() as receiver:
        await registered(engine, receiver)

        async with telling(engine, source):
            await until(lambda: asked_so_often(source, 5))
            source.silent = False
            await receiver.took_so_many(1)

    assert set(source.asked) <= {0, 1}
    assert (caplog.text + capsys.readouterr().out).count("changes silent") == 1


async def asked_so_often(source: Told, times: int) -> bool:
    """Whether the platform was asked so often."""
    return len(source.asked) >= times


async def test_a_lost_table_is_waited_for(engine: AsyncEngine) -> None:
    """What the database refuses ends nothing: it is tried again, and goes on from its place."""
    source = Told([a_change(1)])
    async with receiving() as receiver:
        await registered(engine, receiver)

        async with telling(engine, source):
            await receiver.took_so_many(1)
            await until(lambda: none_waits(engine))
            await rename(engine, "webhook_outbox", "elsewhere")
            source.more(a_change(2))
            await asyncio.sleep(0.5)
            await rename(engine, "elsewhere", "webhook_outbox")
            await receiver.took_so_many(2)

    assert [one.place[1] for one in receiver.got] == [1, 2]


async def test_an_end_is_an_end_though_the_database_fails_at_that_moment(
    engine: AsyncEngine,
) -> None:
    """Who stops the hub waits for no database: what breaks as it is cancelled is not begun anew."""
    breaking = Breaking()
    async with receiving() as receiver, asyncio.timeout(10):
        await registered(engine, receiver)

        async with telling(engine, breaking):
            await breaking.asked_once.wait()


class Breaking(Told):
    """A platform whose answer ends in a failure of the system as it is no longer waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_once = asyncio.Event()

    async def changes(self, after: int | None, wait: float) -> Changes:
        """Nothing, until nobody waits for it."""
        self.asked_once.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise OSError from None
        raise AssertionError("it is cancelled long before")


async def test_a_webhook_may_be_removed_while_it_is_told(engine: AsyncEngine) -> None:
    """Over and over under load: neither waits for the other, on no database."""

    async def never(_: Got) -> web.StreamResponse:
        return web.Response(status=500)

    source = Told([a_change(n, f"r-{n}") for n in range(1, 30)])
    async with receiving(never) as receiver, asyncio.timeout(60), telling(engine, source):
        for number in range(10):
            webhook = await registered(engine, receiver, number=number)
            source.more(*(a_change(30 + 10 * number + n, f"m-{n}") for n in range(10)))
            await receiver.got_so_many(len(receiver.got) + 10)
            assert await remove_webhook(engine, webhook.id) is not None


async def rename(engine: AsyncEngine, table: str, name: str) -> None:
    """Give a table another name."""
    async with engine.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


async def test_another_hub_secret_sends_nothing(engine: AsyncEngine) -> None:
    """With a changed secret no receiver could check a message: none goes out, the list says why."""
    async with receiving() as receiver:
        await registered(engine, receiver)

        async with telling(engine, Told([a_change(1)]), secret=b"x" * 32):
            trouble = await trouble_of(engine, HOUSING)

    assert trouble == ANOTHER_KEY
    assert receiver.got == []
