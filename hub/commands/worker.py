"""One worker of `certhub serve --workers`: begun by its keeper, told what to do on stdin."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from hub.commands.ending import end_within
from hub.commands.logging import log_to_stderr
from hub.commands.options import settings_of
from hub.commands.running import MARGIN, face_open, grace, run, stopped_by_signal
from hub.compose import Hub
from hub.desk_within import EmbeddedDesk
from hub.garbage import left_as_it_stands
from hub.in_common import InCommon
from hub.workers.letters import LONGEST, Letter, line_of, next_letter
from hub.workers.office import AtOffice


def main() -> None:
    """Serve until told to end, or until the keeper is gone."""
    left_as_it_stands()
    log_to_stderr()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the keeper's: it tells us to reload
    run(_work())


async def _work() -> None:
    async with _orders() as orders:
        terms = await next_letter(orders)
        if terms is None:
            return
        settings = settings_of(Path(terms["data"]))
        within = grace(settings) + MARGIN
        with (
            stopped_by_signal(within) as stopped,
            socket.socket(fileno=terms["listener"]) as listener,
        ):
            async with face_open(settings, listener, in_common(terms)) as hub:
                _say({"ready": True})
                await _until_ended(hub, orders, stopped)
                end_within(within)  # its keeper may be gone


def in_common(terms: Letter) -> InCommon:
    """What the terms say of desk and office."""
    office, desk = AtOffice(Path(terms["office"])), terms["desk"]
    return InCommon(
        desk and EmbeddedDesk(desk["url"], desk["credential"], lambda: datetime.now(UTC)),
        office,
        office.figures,
    )


async def _until_ended(hub: Hub, orders: asyncio.StreamReader, stopped: asyncio.Event) -> None:
    obeying = asyncio.create_task(_obey(hub, orders), name="orders")
    stopping = asyncio.create_task(stopped.wait(), name="stopped")
    try:
        await asyncio.wait([obeying, stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        obeying.cancel()
        stopping.cancel()
        await asyncio.wait([obeying, stopping])


async def _obey(hub: Hub, orders: asyncio.StreamReader) -> None:
    """Do what is asked, one after the other, until the keeper has ended."""
    while order := await next_letter(orders):
        match order["do"]:
            case "reload":
                answer: Letter = {"report": asdict(await hub.reload())}
            case "figures":
                answer = {"figures": hub.meters.text().decode()}
        _say({**answer, "number": order["number"]})


def _say(letter: Letter) -> None:
    sys.stdout.buffer.write(line_of(letter))
    sys.stdout.buffer.flush()


@asynccontextmanager
async def _orders() -> AsyncIterator[asyncio.StreamReader]:
    reader = asyncio.StreamReader(limit=LONGEST)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    try:
        yield reader
    finally:
        transport.close()


if __name__ == "__main__":
    main()
