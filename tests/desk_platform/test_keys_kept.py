"""Answers to writes are kept for seven days, so that the desk's database doesn't grow with them."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, text

from hub.desk.store.tables import answers
from hub.desk.timers import Alarm
from tests.desk_platform.ground import HOUR, MINUTE, TEN, Ground, submission

WEEK = timedelta(days=7)


async def _kept(ground: Ground) -> int:
    async with ground.desk.database.reading() as connection:
        found = await connection.execute(text("SELECT count(*) FROM desk_answers"))
        return int(found.scalar_one())


async def _fill(ground: Ground, count: int, at: datetime) -> None:
    values = [
        {
            "client": "hub",
            "key": f"{at}-{n}",
            "fingerprint": "",
            "status": 200,
            "body": b"",
            "at": at,
        }
        for n in range(count)
    ]
    async with ground.desk.database.writing() as connection:
        await connection.execute(insert(answers), values)


@pytest.mark.parametrize(("age", "same"), [(WEEK - MINUTE, True), (WEEK + MINUTE, False)])
async def test_a_key_stands_for_seven_days(ground: Ground, age: timedelta, same: bool) -> None:
    """Before, a repeated write is the old one; after, it is a new one."""
    first = await ground.hub.post("requests", submission(), "key-1")
    ground.clock.moment += age
    alarm = Alarm(ground.desk.database, ground.desk.rules, ground.clock, ground.desk.feed)

    await alarm.forget_answers()
    again = await ground.hub.post("requests", submission(), "key-1")

    assert again.status == 201
    assert (again.raw == first.raw) is same


async def test_forgetting_is_bounded(ground: Ground) -> None:
    """A thousand at a time, the oldest first; when nothing is left, not again for an hour."""
    await _fill(ground, 1500, TEN - WEEK - HOUR)
    await _fill(ground, 10, TEN - WEEK)
    alarm = Alarm(ground.desk.database, ground.desk.rules, ground.clock, ground.desk.feed)

    counts = []
    for passed in (0 * HOUR, 0 * HOUR, 59 * MINUTE, MINUTE):
        ground.clock.moment += passed
        await alarm.forget_answers()
        counts.append(await _kept(ground))

    assert counts == [510, 10, 10, 0]


async def test_the_alarm_forgets_by_itself(ground: Ground) -> None:
    """Nobody asks: whoever runs the timers forgets, too."""
    await _fill(ground, 10, TEN - WEEK - HOUR)
    desk = ground.desk
    alarm = Alarm(desk.database, desk.rules, ground.clock, desk.feed)

    running = asyncio.create_task(alarm.run())
    async with asyncio.timeout(10):
        while await _kept(ground):  # noqa: ASYNC110 - it is told in the database
            await asyncio.sleep(0.02)
    alarm.end()
    await running
