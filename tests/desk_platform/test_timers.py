"""Timers remind, escalate, mark and close: each exactly once, by whichever replica."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hub.desk.timers import Alarm
from tests.desk_platform.ground import (
    CHIEF,
    CIVIL,
    CLERK,
    HOUR,
    HOUSING,
    MINUTE,
    REFORM,
    VERA,
    Ground,
)


async def _said(ground: Ground, unit: str) -> list[tuple[Any, ...]]:
    reply = await ground.hub.get(f"reminders?unit={unit}&count=200")
    return [
        (each["kind"], each["at"][11:16], each["role"], each["person"])
        for each in reply.body["reminders"]
    ]


async def _until_said(ground: Ground, unit: str) -> None:
    async with asyncio.timeout(10):
        while not await _said(ground, unit):  # noqa: ASYNC110 - it is said in the database
            await asyncio.sleep(0.02)


async def test_an_immediate_item(ground: Ground) -> None:
    """50, 80, 100 %, overdue to the verifier; then the coordinator, then supervision."""
    request = await ground.hub.open(immediate=True)
    await ground.hub.step(request, "claim", VERA)

    for _ in range(7):
        await ground.pass_time(10 * MINUTE)

    assert await _said(ground, CIVIL) == [
        ("half_time", "10:15", "verifier", "vera"),
        ("last_call", "10:24", "verifier", "vera"),
        ("time_up", "10:30", "verifier", "vera"),
        ("overdue", "10:30", "verifier", "vera"),
        ("coordinator", "10:35", "coordinator", None),
    ]
    assert await _said(ground, REFORM) == [("supervision", "11:00", "supervisor", None)]
    assert await _said(ground, HOUSING) == []
    seen = (await ground.hub.get(f"requests/{request}?unit={CIVIL}")).body
    assert seen["overdue"]["since"] == "2025-03-12T10:30:00+08:00"


async def test_an_estimate_that_passed(ground: Ground) -> None:
    """The coordinator is asked again."""
    request = await ground.hub.open(immediate=True)
    await ground.pass_time(2 * HOUR)

    await ground.hub.step(
        request, "explain", CHIEF, reason="故障", estimate="2025-03-12T13:00:00+08:00"
    )
    await ground.pass_time(HOUR + MINUTE)

    assert (await _said(ground, CIVIL))[-1] == ("estimate_passed", "13:00", "coordinator", None)


async def test_receipt_and_closing(ground: Ground) -> None:
    """The requester is reminded to confirm; what was received is closed by the desk."""
    request = await ground.hub.open()
    await ground.hub.to_sent(request)
    await ground.pass_time(25 * HOUR)
    await ground.hub.step(request, "receipt", CLERK)

    await ground.pass_time(timedelta(days=16))

    assert [each[0] for each in await _said(ground, HOUSING)] == ["receipt", "closing"]
    assert await _said(ground, CIVIL) == []
    seen = (await ground.hub.get(f"requests/{request}?unit={HOUSING}")).body
    assert seen["state"] == "closed"


async def test_replicas_share_the_work(ground: Ground) -> None:
    """Many alarms at once fire every timer once."""
    for _ in range(10):
        await ground.hub.open(immediate=True)
    ground.clock.moment += 2 * HOUR
    desk = ground.desk
    alarms = [Alarm(desk.database, desk.rules, ground.clock, desk.feed) for _ in range(5)]

    await asyncio.gather(*(alarm.fire_due() for alarm in alarms))
    await ground.pass_time(timedelta(0))

    async with desk.database.reading() as connection:
        told = await connection.execute(
            text("SELECT kind, count(*) AS times FROM desk_reminders GROUP BY kind ORDER BY kind")
        )
        left = await connection.execute(text("SELECT count(*) FROM desk_timers"))
        assert left.scalar_one() == 0
    assert {row.kind: row.times for row in told} == dict.fromkeys(
        ("coordinator", "half_time", "last_call", "overdue", "supervision", "time_up"), 10
    )


async def test_it_wakes_by_itself(ground: Ground) -> None:
    """Nobody asks: the runner sleeps until the next timer is due, and fires it."""
    desk = ground.desk
    await ground.hub.open(immediate=True)
    ground.clock.moment += 15 * MINUTE - timedelta(milliseconds=50)
    alarm = Alarm(desk.database, desk.rules, ground.clock, desk.feed)

    running = asyncio.create_task(alarm.run())
    await asyncio.sleep(0.2)
    assert await _said(ground, CIVIL) == []
    ground.clock.moment += timedelta(milliseconds=50)
    alarm.wake()
    await _until_said(ground, CIVIL)
    running.cancel()

    assert [each[0] for each in await _said(ground, CIVIL)] == ["half_time"]


async def test_a_faster_clock(small: Ground) -> None:
    """In demonstrations a second may be an hour: the runner sleeps the shorter."""
    await small.hub.open(immediate=True)
    began = asyncio.get_running_loop().time()

    def fast() -> Any:
        return small.clock.moment + (asyncio.get_running_loop().time() - began) * 3600 * timedelta(
            seconds=1
        )

    alarm = Alarm(small.desk.database, small.desk.rules, fast, small.desk.feed, pace=3600)
    running = asyncio.create_task(alarm.run())
    await _until_said(small, REFORM)
    running.cancel()

    assert asyncio.get_running_loop().time() - began >= 1.0


async def test_a_silent_database_is_tried_again(
    small: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The runner survives a database that doesn't answer for a while."""
    monkeypatch.setattr("hub.desk.timers.AFTER_TROUBLE", 0.05)
    desk = small.desk
    async with desk.database.writing() as connection:
        await connection.exec_driver_sql("ALTER TABLE desk_timers RENAME TO away")
    running = asyncio.create_task(Alarm(desk.database, desk.rules, small.clock, desk.feed).run())
    await asyncio.sleep(0.15)

    async with desk.database.writing() as connection:
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO desk_timers")
    await small.hub.open(immediate=True)
    small.clock.moment += 15 * MINUTE
    await _until_said(small, CIVIL)

    assert not running.done()
    running.cancel()
