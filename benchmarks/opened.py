"""Puts the measuring room up: platforms, the hub, the floors, and whoever else is to be measured."""

import os
from asyncio import Runner
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import aiohttp

from benchmarks.catalogue import whole_catalogue
from benchmarks.certhub import CERTHUB, certhub, unrecorded
from benchmarks.contenders import Contender, MakePeers, Places, Skipped, Way
from benchmarks.floors import bare, direct, floor
from benchmarks.ground import Ground, Records, lay_ground, lay_platforms
from benchmarks.launching import Server, launched
from benchmarks.machine import Cores
from benchmarks.measuring import Province, Room
from benchmarks.mixture import EVERY
from benchmarks.people import People, people_of, served
from benchmarks.processes import NotStarted, started
from benchmarks.scenarios import SOURCES
from benchmarks.site import Platforms
from benchmarks.stand_ins.serving import serve_stand_ins
from benchmarks.supplies import Supplies
from hub.declarations.credentials import credential_of, load_credentials
from hub.sandbox.sandbox import packaged_credentials


@dataclass(frozen=True, slots=True)
class Opened:
    """The room with everything up in it, and what could not be had."""

    room: Room
    ground: Ground
    servers: Sequence[Server]
    skipped: dict[str, str]


def no_peers(_: Places) -> Sequence[Contender | Skipped]:
    """Nobody but the hub and the floors."""
    return ()


@contextmanager
def opened(runner: Runner, folder: Path, where: Cores, peers: MakePeers) -> Iterator[Opened]:
    """Everything on its core; ended in order, whatever happens."""
    declared = lay_platforms(folder)
    people = people_of(declared)
    with ExitStack() as stack:
        stand_ins = stack.enter_context(
            started("the platforms", where.platforms, serve_stand_ins, declared)
        )
        shared = served(people.platforms, EVERY)
        catalogue = partial(whole_catalogue, shared=shared)
        ground = runner.run(lay_ground(folder, declared, stand_ins.said, catalogue))
        control = _control(stack, runner)
        places = _places(stand_ins.said, folder)
        servers = [
            *(
                stack.enter_context(launched(one, where.hub, folder))
                for one in (*_hubs(ground, folder), *_floors(people, places))
            ),
            *_direct(stand_ins.said, stand_ins.pid),
        ]
        up, skipped = _peers(stack, where, places, peers)
        room = Room(
            cores=where,
            platforms=Platforms(stand_ins.said, control),
            platforms_pid=stand_ins.pid,
            driver_pid=os.getpid(),
            province=_province(people),
            supplies=Supplies(people),
            records={CERTHUB: Records(ground.database)},
        )
        yield Opened(room, ground, [*servers, *up], skipped)


def _control(stack: ExitStack, runner: Runner) -> aiohttp.ClientSession:
    async def make() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(trust_env=False)

    session = runner.run(make())
    stack.callback(lambda: runner.run(session.close()))
    return session


def _places(urls: dict[str, str], folder: Path) -> Places:
    first, second = SOURCES[Way.BATCH]
    return Places(urls[first], urls[second], urls[SOURCES[Way.GATEWAY][0]], folder)


def _hubs(ground: Ground, folder: Path) -> Sequence[Contender]:
    return certhub(ground), unrecorded(ground.copied(folder / "unrecorded"))


def _floors(people: People, places: Places) -> Sequence[Contender]:
    credentials = load_credentials(packaged_credentials(), {})
    verification = people.platforms[SOURCES[Way.BATCH][0]]
    province = _province(people)
    return (
        floor(places, credential_of(verification, credentials)),
        bare(places, province.declared, province.app_secret),
    )


def _province(people: People) -> Province:
    declared = people.platforms[SOURCES[Way.GATEWAY][0]]
    secrets = credential_of(declared, load_credentials(packaged_credentials(), {}))
    return Province(declared, secrets["app_secret"])


def _direct(urls: dict[str, str], pid: int) -> Sequence[Server]:
    return [Server(direct(way), urls[SOURCES[way][0]], pid) for way in Way]


def _peers(
    stack: ExitStack, where: Cores, places: Places, make: MakePeers
) -> tuple[Sequence[Server], dict[str, str]]:
    """Those that could be had and did start; of the others, why not."""
    up: list[Server] = []
    skipped: dict[str, str] = {}
    for one in make(places):
        if isinstance(one, Skipped):
            skipped[one.name] = one.reason
            continue
        try:
            up.append(stack.enter_context(launched(one, where.hub, places.folder)))
        except NotStarted as trouble:
            skipped[one.name] = str(trouble)
    return up, skipped
