"""The measuring room: the sandbox platforms and the hub, up on their cores, over a mixed catalogue."""

import signal
import sys
from asyncio import Runner
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import aiohttp
import uvloop

from benchmarks.ground import lay_ground
from benchmarks.machine import cores, pin
from benchmarks.mixture import mixed_catalogue
from benchmarks.processes import NotStarted, serve_hub, serve_platforms, started
from benchmarks.site import Site
from hub.sandbox.sandbox import packaged_platforms

T = TypeVar("T")


def measured(name: str, measure: Callable[[Site], Awaitable[T]]) -> T:
    """What the measuring gives; what went wrong is told in words, and nothing is left running."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        return _in_the_room(measure)
    except KeyboardInterrupt:
        sys.exit(f"{name}: stopped; nothing is left running.")
    except NotStarted as trouble:
        sys.exit(f"{name}: {trouble}.")


def _in_the_room(measure: Callable[[Site], Awaitable[T]]) -> T:
    where, platforms = cores(), packaged_platforms()
    with (
        TemporaryDirectory(prefix="certhub-benchmarks-") as folder,
        Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        pin(where.platforms)
        with started("the sandbox", where.platforms, serve_platforms, platforms) as stand_ins:
            laying = lay_ground(Path(folder), platforms, stand_ins.said, mixed_catalogue)
            ground = runner.run(laying)
            with started("the hub", where.hub, serve_hub, ground.environ) as hub:

                async def measuring() -> T:
                    async with aiohttp.ClientSession(trust_env=False) as control:
                        return await measure(Site(where, ground, hub, stand_ins, control))

                return runner.run(measuring())
