"""`certhub demo`: sandbox platforms and hub in one command."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from hub.commands.asking import Asker, asker
from hub.commands.demo_examples import lacking_only
from hub.commands.demo_ground import Home
from hub.commands.demo_opening import Place, open_demo
from hub.commands.demo_words import welcome, worked_curl
from hub.commands.logging import log_to_stderr
from hub.commands.options import FIRST_PORT, HIGHEST_FIRST, Host, sandbox_ports
from hub.commands.outcomes import Shown, dossier_table, read_outcome, show_outcome
from hub.commands.running import LONGEST_END, run, stopped_by_signal
from hub.commands.story import CERTIFICATE, Story
from hub.commands.terminal import aside, out, plain
from hub.commands.trouble import CommandFailed
from hub.commands.worked import Worked, worked_queries
from hub.sandbox.sandbox import Sandbox, SandboxOptions

FOLDER = Path(".certhub/demo")
Once = Annotated[
    bool, typer.Option("--once", help="Run the worked queries, show answers and trails, and end.")
]
Folder = Annotated[
    Path, typer.Option("--data", metavar="FOLDER", help="What the demo keeps (数据目录).")
]


def demo(
    once: Once = False,
    host: Host = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port of the hub (端口), 8080; with --once any free."),
    ] = None,
    sandbox_port: Annotated[
        int | None, typer.Option(min=0, max=HIGHEST_FIRST, help=FIRST_PORT)
    ] = None,
    pace: Annotated[
        float, typer.Option(min=1, max=1000, help="How fast the desk's clock runs (时钟倍速).")
    ] = 1.0,
    data: Folder = FOLDER,
) -> None:
    """Sandbox platforms and the hub in one command (演示); all people in it are invented.

    Prints where to look, and a worked query with its answer; Ctrl-C ends it.

    With --once it works through eight queries and the story of one verification, checks that each
    came out as it must, and ends.
    """
    log_to_stderr()
    place = Place(Home(data, once, pace), host, port if port is not None else 0 if once else 8080)
    options = SandboxOptions(ports=sandbox_ports(sandbox_port, any_free=once))
    run(_once(place, options) if once else _until_stopped(place, options))


async def _until_stopped(place: Place, options: SandboxOptions) -> None:
    with stopped_by_signal(LONGEST_END) as stopped:
        async with open_demo(place, options) as running:
            console = out()
            plain(console, welcome(place.home, running))
            async with asker(f"{running.url}/graphql", running.ground.keys.window) as hub:
                plain(console, await worked_curl(hub, running.sandbox.examples))
            plain(console, "\nCtrl-C ends it.")
            await stopped.wait()
    plain(aside(), "The demo has ended.")


async def _once(place: Place, options: SandboxOptions) -> None:
    with stopped_by_signal(LONGEST_END) as stopped:
        async with open_demo(place, options) as running:
            url, keys = f"{running.url}/graphql", running.ground.keys
            async with asker(url, keys.window) as window, asker(url, keys.water) as water:
                queries = worked_queries(running.sandbox.examples)
                person = lacking_only(running.sandbox.examples, CERTIFICATE)
                story = Story(window, water, running.issuers, person)
                chapters = [
                    *((one.title, _worked(one, window, running.sandbox)) for one in queries),
                    *story.chapters,
                ]
                untrue = [
                    title async for title, came_out in _told(chapters, stopped) if not came_out
                ]
                if stopped.is_set():
                    return
    if untrue:
        raise CommandFailed("this did not come out as it must: " + "; ".join(untrue))
    plain(out(), f"\nAll {len(queries)} worked queries and the verification came out as they must.")


Chapter = tuple[str, Callable[[], Awaitable[bool]]]


async def _told(
    chapters: Sequence[Chapter], stopped: asyncio.Event
) -> AsyncIterator[tuple[str, bool]]:
    """Each chapter with whether it came out, until Ctrl-C."""
    for number, (title, happens) in enumerate(chapters, start=1):
        if stopped.is_set():
            return
        plain(out(), f"\n── {number}. {title}")
        yield title, await happens()


def _worked(worked: Worked, hub: Asker, sandbox: Sandbox) -> Callable[[], Awaitable[bool]]:
    async def happens() -> bool:
        return worked.proven(await _show(worked, hub, sandbox))

    return happens


async def _show(worked: Worked, hub: Asker, sandbox: Sandbox) -> list[Shown]:
    """Ask, show what came of it, and give it to be proven."""
    console = out()
    plain(console, worked.summary)
    if worked.down is None:
        data = await hub.ask(worked.query, worked.variables)
    else:
        plain(console, f"({worked.down} is down for this one: its dial says outage = true)")
        async with _down(hub.session, f"{sandbox.urls[worked.down]}/sandbox/dials"):
            data = await hub.ask(worked.query, worked.variables)
    if "dossier" not in data:
        shown = read_outcome(data["certificate"])
        show_outcome(console, shown)
        return [shown]
    entries = [read_outcome(entry["outcome"]) for entry in data["dossier"]["entries"]]
    found = sum(entry.kind == "Found" for entry in entries)
    plain(console, f"{data['dossier']['item']['name']}: {found} of {len(entries)} found")
    console.print(dossier_table(entries))
    return entries


@asynccontextmanager
async def _down(session: aiohttp.ClientSession, dials: str) -> AsyncIterator[None]:
    """A platform whose outage dial is on as long as this is open."""
    async with session.put(dials, json={"outage": True}, raise_for_status=True):
        """Turned."""
    try:
        yield
    finally:
        async with session.put(dials, json={}, raise_for_status=True):
            """Turned back: what is not given stands at its default."""
