"""Puts the stand-ins of a folder of platforms up, each on a free port."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from benchmarks.stand_ins.gateway import Gateway
from benchmarks.stand_ins.proofs import Proofs
from benchmarks.stand_ins.wire import Line, Stage, StandIn
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.credentials import credential_of, load_credentials
from hub.declarations.platforms import load_platforms
from hub.declarations.words import Platform
from hub.sandbox.archive import Archive
from hub.sandbox.ground import Ground
from hub.sandbox.sandbox import SandboxOptions, archive_of, packaged_credentials

Tell = Callable[[object], None]


def serve_stand_ins(tell: Tell, platforms: Path) -> None:
    """The folder's platforms until SIGTERM; tells their URLs by name."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(tell, platforms))


async def _serve(tell: Tell, platforms: Path) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with stand_ins(platforms) as urls:
        await asyncio.to_thread(tell, urls)
        await stopped.wait()


@asynccontextmanager
async def stand_ins(platforms: Path) -> AsyncIterator[dict[str, str]]:
    """The URL of each platform of the folder, as long as this is open."""
    loop, urls = asyncio.get_running_loop(), {}
    async with AsyncExitStack() as stack:
        for name, (stage, base) in _stages(platforms).items():
            line = partial(Line, StandIn(name, stage))
            server = await loop.create_server(line, "127.0.0.1", 0, backlog=2048)
            stack.callback(server.close)
            urls[name] = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{base}"
        yield urls


def _stages(folder: Path) -> dict[str, tuple[Stage, str]]:
    types = load_certificate_types(packaged_certificates())
    platforms = load_platforms(folder, types)
    credentials = load_credentials(packaged_credentials(), {})
    archive = archive_of(SandboxOptions(platforms=folder), types, platforms)
    stages = {}
    for name, platform in platforms.items():
        base = urlsplit(platform.url).path.rstrip("/")
        stage = _stage(platform, archive, credential_of(platform, credentials), base)
        stages[name] = stage, base
    return stages


def _stage(platform: Platform, archive: Archive, secrets: Mapping[str, str], base: str) -> Stage:
    match platform.dialect:
        case "gateway":
            return Gateway(Ground(platform, archive), secrets, base)
        case "verification":
            return Proofs(platform, archive, secrets, base)
        case other:
            raise ValueError(f"{platform.name}: there is no stand-in of {other} here")
