"""One window of one scenario with one server: what its lookups cost, and how long they took."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from random import Random

from benchmarks.contenders import Form, Way
from benchmarks.floors import DIRECT
from benchmarks.launching import Server
from benchmarks.load import Driven, Line, closed_loop, fetched, lines, open_loop
from benchmarks.machine import (
    Cores,
    core_seconds,
    cpu_seconds,
    family_cpu_seconds,
    family_mb,
    slowness,
)
from benchmarks.requests import Request, WrongAnswer
from benchmarks.results import Window, percentiles
from benchmarks.scenarios import OPEN_RATE, Load, Scenario
from benchmarks.signed_gateway import signed_requests
from benchmarks.site import Platforms
from benchmarks.supplies import Supplies
from hub.declarations.words import Platform

_WARM_UP = 0.15
"""Share of a window's seconds that goes untimed before it."""
_CHECKED = 64
"""Requests of one shape whose answers are compared field by field before anything is timed."""
_ALIASES = 3
"""Weight of aliases in the warm-up, beside three other shapes."""
_SEED = 2026


@dataclass(frozen=True, slots=True)
class Province:
    """What the driver needs to sign calls to the first gateway itself."""

    declared: Platform = field(repr=False)
    app_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Room:
    """Everything that is up and ready to be measured."""

    cores: Cores
    platforms: Platforms
    platforms_pid: int
    driver_pid: int
    province: Province
    supplies: Supplies
    records: Mapping[str, Callable[[], int]]  # by server that keeps records: how many it holds


async def check(room: Room, server: Server, scenario: Scenario) -> None:
    """Ask and compare; raises `WrongAnswer` unless every answer is as the platforms hold it."""
    await room.platforms.turn_all({})
    contender = server.contender
    try:
        requests = (await _requests(room, server, scenario))[:_CHECKED]
        async with lines(server.url, 1) as (line,):
            for request in requests:
                request.check(await fetched(line, request), contender.read)
    except WrongAnswer as wrong:
        raise _named(server, scenario, wrong) from None


async def warm_up(
    room: Room, server: Server, scenarios: Sequence[Scenario], seconds: float
) -> None:
    """Load for so long, in each of the ways in which the server will be asked.

    Aliases have half of the time: what compilers make of a hundred fields takes them longest.
    """
    await room.platforms.turn_all({})
    weights = [_ALIASES if one.shape.form is Form.ALIASES else 1 for one in scenarios]
    for weight, scenario in zip(weights, scenarios, strict=True):
        supply = await _turn(room, server, scenario)
        try:
            async with lines(server.url, scenario.callers) as connected:
                await closed_loop(connected, supply, seconds * weight / sum(weights))
        except WrongAnswer as wrong:
            raise _named(server, scenario, wrong) from None


async def window(
    room: Room, server: Server, scenario: Scenario, seconds: float, capacity: float | None
) -> Window:
    """One window; `capacity`, in requests a second, is what an open loop offers a share of."""
    await room.platforms.turn_all({"latency": scenario.latency.dial})
    supply = await _turn(room, server, scenario)
    try:
        async with lines(server.url, scenario.callers) as connected:
            offered = OPEN_RATE * capacity if capacity is not None else None
            await _driven(connected, supply, seconds * _WARM_UP, offered)
            return await _timed(room, server, connected, supply, seconds, offered)
    except WrongAnswer as wrong:
        raise _named(server, scenario, wrong) from None


def _named(server: Server, scenario: Scenario, wrong: WrongAnswer) -> WrongAnswer:
    name = server.contender.name
    return WrongAnswer(f"{name}, {scenario.name}: {wrong}{server.last_words()}")


async def _requests(room: Room, server: Server, scenario: Scenario) -> Sequence[Request]:
    if server.contender.name != DIRECT or scenario.way is not Way.GATEWAY:
        return room.supplies.requests(server, scenario)
    asked = [one for (one,) in room.supplies.people(scenario.shape, scenario.way)]
    return await signed_requests(
        room.platforms.control, server.url, room.province.declared, room.province.app_secret, asked
    )


async def _turn(room: Room, server: Server, scenario: Scenario) -> Iterator[Request]:
    if server.contender.name == DIRECT and scenario.way is Way.GATEWAY:
        return cycle(await _requests(room, server, scenario))
    return room.supplies.turn(server, scenario)


async def _driven(
    connected: Sequence[Line], supply: Iterator[Request], seconds: float, offered: float | None
) -> Driven:
    if offered is None:
        return await closed_loop(connected, supply, seconds)
    return await open_loop(connected, supply, offered, seconds, Random(_SEED))


@dataclass(frozen=True, slots=True)
class _Clocks:
    """CPU seconds so far."""

    server: float
    core: float  # that of the server, for whomever
    platforms: float
    driver: float

    @classmethod
    def read(cls, room: Room, server: Server) -> "_Clocks":
        return cls(
            family_cpu_seconds(server.pid),
            core_seconds(room.cores.hub),
            cpu_seconds(room.platforms_pid),
            cpu_seconds(room.driver_pid),
        )


async def _timed(
    room: Room,
    server: Server,
    connected: Sequence[Line],
    supply: Iterator[Request],
    seconds: float,
    offered: float | None,
) -> Window:
    await room.platforms.reset_calls()
    records, slow = _records(room, server), slowness(room.cores.hub)
    before = _Clocks.read(room, server)
    driven = await _driven(connected, supply, seconds, offered)
    after = _Clocks.read(room, server)
    slow = (slow + slowness(room.cores.hub)) / 2
    calls = await room.platforms.calls()
    kept = _records(room, server) - records
    if server.contender.name in room.records and kept != driven.lookups:
        raise WrongAnswer(f"{driven.lookups} lookups were answered and {kept} are on record")
    worked = after.server - before.server
    return Window(
        seconds=driven.seconds,
        requests=driven.requests,
        lookups=driven.lookups,
        lookups_per_second=driven.lookups / driven.seconds,
        cpu_us=worked / driven.lookups * 1e6,
        norm_us=worked / driven.lookups * 1e6 / slow,
        busy=worked / driven.seconds,
        others=max(after.core - before.core - worked, 0.0) / driven.seconds,
        platforms_busy=(after.platforms - before.platforms) / driven.seconds,
        driver_busy=(after.driver - before.driver) / driven.seconds,
        calls=calls / driven.lookups,
        resident_mb=family_mb(server.pid),
        unanswered=driven.unanswered,
        turned_away=driven.turned_away,
        latencies_ms=percentiles(driven.latencies_ms),
        offered=offered,
    )


def _records(room: Room, server: Server) -> int:
    count = room.records.get(server.contender.name)
    return count() if count is not None else 0


def needs_capacity(scenario: Scenario) -> bool:
    """Whether it is an open loop."""
    return scenario.load is Load.OPEN
