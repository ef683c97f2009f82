"""Fires the desk's timers, each exactly once: said and deleted in one transaction."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import assert_never

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hub.desk.changes import reminded
from hub.desk.clocks import TimerKind
from hub.desk.events import Close, MarkOverdue
from hub.desk.feed import Feed
from hub.desk.lifecycle import apply
from hub.desk.request import VerificationRequest
from hub.desk.sitting import Rules, Sitting
from hub.desk.store.answers import ANSWERS_KEPT, forget_answers
from hub.desk.store.opening import DeskDatabase
from hub.desk.store.timers import (
    DueTimer,
    Reminder,
    claim_due,
    drop_timer,
    next_due,
    remind,
)
from hub.desk.words import PLATFORM, Rejected, Role

LONGEST_SLEEP = 30.0  # seconds: another replica may have set an earlier timer
SHORTEST_SLEEP = 0.01  # what is due now is being fired by another replica
AFTER_TROUBLE = 1.0
MOST_FORGOTTEN = 1000
FORGET_EVERY = timedelta(hours=1)

_log = structlog.get_logger()


class Alarm:
    """The desk's timers; wake it after each write.

    `pace` is how many seconds of the desk's clock go by in one real second: more than 1 in
    demonstrations only.
    """

    def __init__(
        self,
        database: DeskDatabase,
        rules: Rules,
        now: Callable[[], datetime],
        feed: Feed,
        pace: float = 1.0,
    ) -> None:
        self._database = database
        self._feed = feed
        self._rules = rules
        self._now = now
        self._pace = pace
        self._woken = asyncio.Event()
        self._ended = False
        self._forget_at: datetime | None = None

    def wake(self) -> None:
        """Look at once when the next timer is due."""
        self._woken.set()

    def end(self) -> None:
        """Let `run` end after the timer it is firing; a query that is cut off may never end."""
        self._ended = True
        self.wake()

    async def run(self) -> None:
        """Fire what is due, sleep until the next is; until it is told to end."""
        while not self._ended:
            self._woken.clear()
            try:
                await self.fire_due()
                await self.forget_answers()
                seconds = min(max(await self._until_next(), SHORTEST_SLEEP), LONGEST_SLEEP)
            except (SQLAlchemyError, OSError) as trouble:
                _log.warning("desk_timers_wait", trouble=type(trouble).__name__)
                seconds = AFTER_TROUBLE
            try:
                async with asyncio.timeout(seconds):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def fire_due(self) -> int:
        """Fire every timer whose moment has come; how many there were."""
        fired = 0
        while not self._ended and await self._until_next() <= 0 and await self._fire_one():
            fired += 1
        return fired

    async def forget_answers(self) -> None:
        """Once an hour, forget answers to writes that are too old; a thousand at most, then more."""
        now = self._now()
        if self._forget_at is not None and now < self._forget_at:
            return
        async with self._database.writing() as connection:
            forgotten = await forget_answers(connection, now - ANSWERS_KEPT, MOST_FORGOTTEN)
        self._forget_at = now if forgotten == MOST_FORGOTTEN else now + FORGET_EVERY

    async def _fire_one(self) -> bool:
        now = self._now()
        async with self._database.writing() as connection:
            due = await claim_due(connection, now)
            if due is None:
                return False
            sitting = Sitting(connection, self._rules, now)
            await _fire(sitting, due)
            await sitting.publish()
        self._feed.ring()
        return True

    async def _until_next(self) -> float:
        async with self._database.reading() as connection:
            at = await next_due(connection)
        if at is None:
            return LONGEST_SLEEP
        return (at - self._now()).total_seconds() / self._pace


async def _fire(sitting: Sitting, due: DueTimer) -> None:
    request = await sitting.load(due.request)
    assert request is not None
    unit, role, person = _told(request, due.timer.kind)
    said = Reminder(
        request=request.id,
        kind=due.timer.kind.value,
        at=due.timer.at,
        unit=unit,
        role=role.value,
        said_at=sitting.now,
        person=person,
    )
    await remind(sitting.connection, [said])
    sitting.changed.append(reminded(request, due.timer.kind, sitting.now))
    await drop_timer(sitting.connection, request.id, due.timer)
    after = _after(request, due.timer.kind, sitting.now)
    if after is not None:
        await sitting.keep(request, after)


def _after(
    request: VerificationRequest, kind: TimerKind, now: datetime
) -> VerificationRequest | None:
    """The request after what the platform does at this timer, if it does anything."""
    match kind:
        case TimerKind.OVERDUE:
            after = apply(request, MarkOverdue(), PLATFORM, now)
        case TimerKind.CLOSING:
            after = apply(request, Close(), PLATFORM, now)
        case _:
            return None
    return None if isinstance(after, Rejected) else after


def _told(request: VerificationRequest, kind: TimerKind) -> tuple[str, Role, str | None]:
    """Who is told: unit, role, and the person where it is one."""
    match kind:
        case TimerKind.HALF_TIME | TimerKind.LAST_CALL | TimerKind.TIME_UP | TimerKind.OVERDUE:
            return request.holder, Role.VERIFIER, request.verifier
        case TimerKind.COORDINATOR | TimerKind.ESTIMATE_PASSED:
            return request.holder, Role.COORDINATOR, None
        case TimerKind.UNDELIVERED | TimerKind.SUPERVISION:
            return "", Role.SUPERVISOR, None
        case TimerKind.RECEIPT | TimerKind.CLOSING:
            return request.requester.unit, Role.OPERATOR, request.requester.name
        case _:
            assert_never(kind)
