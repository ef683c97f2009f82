"""Opens a desk with its timers, and lets it answer on a socket."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from aiohttp import web

from hub.desk.contents import Types
from hub.desk.desk import Desk
from hub.desk.face.app import make_app
from hub.desk.registry import Registry
from hub.desk.sealing import Sealer
from hub.desk.shared import SharedInformation
from hub.desk.sitting import Rules
from hub.desk.store.opening import open_desk_database
from hub.workdays.calendar import WorkingDays

GRACE = 5.0
"""Seconds that calls in flight get to end."""


@asynccontextmanager
async def open_desk(
    database: str,
    registry: Registry,
    sealer: Sealer,
    calendar: WorkingDays,
    now: Callable[[], datetime],
    rules: Rules | None = None,
    *,
    pace: float = 1.0,
    types: Types | None = None,
    shared: SharedInformation | None = None,
) -> AsyncIterator[Desk]:
    """The desk over its own database (a URL), its timers firing as long as this is open.

    `now` and `pace` are the desk's clock and how fast it runs; both are real by default of their
    callers, and faster in demonstrations only. `types` are the certificates it can put on paper,
    `shared` is where it finds shared information; nowhere if left out.
    """
    try:
        async with open_desk_database(database) as opened, asyncio.TaskGroup() as tasks:
            desk = Desk(
                opened,
                registry,
                sealer,
                calendar,
                now,
                rules,
                pace=pace,
                types=types,
                shared=shared,
            )
            tasks.create_task(desk.alarm.run(), name="desk timers")
            try:
                yield desk
            finally:
                desk.alarm.end()
    except ExceptionGroup as group:
        # What went wrong while the desk was open is nobody's business here: it goes on as it came.
        if len(group.exceptions) == 1:
            raise group.exceptions[0] from None
        raise


@asynccontextmanager
async def desk_answering(desk: Desk, listener: socket.socket) -> AsyncIterator[None]:
    """The desk's face on a listening socket, as long as this is open."""
    runner = web.AppRunner(make_app(desk), access_log=None, shutdown_timeout=GRACE)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield
    finally:
        await runner.cleanup()
