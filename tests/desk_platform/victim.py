"""A desk in a process of its own, with a clock that runs fast, to be killed at any moment."""

import asyncio
import socket
import time
from datetime import datetime, timedelta

from hub.desk.serving import desk_answering, open_desk
from hub.workdays.calendar import WorkingDays
from tests.desk_platform.ground import REGISTRY, TEN, TYPES, PaperSeals

PACE = 3600.0
"""Half an hour of the desk is half a second."""


def fast(began: float) -> datetime:
    """The fast clock's moment; it goes on over restarts."""
    return TEN + timedelta(seconds=(time.time() - began) * PACE)


def live(database: str, listener: socket.socket, began: float) -> None:
    """Serve until killed."""
    asyncio.run(_serve(database, listener, began))


async def _serve(database: str, listener: socket.socket, began: float) -> None:
    calendar = WorkingDays()
    async with (
        open_desk(
            database,
            REGISTRY,
            PaperSeals(),
            calendar,
            lambda: fast(began),
            pace=PACE,
            types=TYPES,
        ) as desk,
        desk_answering(desk, listener),
    ):
        await asyncio.Event().wait()
