"""A hub with its desk in a process of its own, to be killed at any moment."""

import asyncio
import socket

import uvloop

from hub.commands.logging import log_to_stderr
from hub.commands.running import face_open
from hub.settings import read_settings


def live(environ: dict[str, str], listener: socket.socket) -> None:
    """Serve until killed."""
    log_to_stderr()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(environ, listener))


async def _serve(environ: dict[str, str], listener: socket.socket) -> None:
    async with face_open(read_settings(environ), listener):
        await asyncio.Event().wait()
