"""One window of one scenario: what its lookups cost the hub, its platforms and its callers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import aiohttp

from benchmarks.driver import Caller, callers, drive
from benchmarks.ground import Ground
from benchmarks.machine import Cores, core_seconds, cpu_seconds, resident_mb, slowness
from benchmarks.processes import Child
from benchmarks.requests import Request, WrongAnswer
from benchmarks.scenarios import Scenario

_WARM_UP = 0.1
"""Share of a window's seconds that goes untimed before it."""


@dataclass(frozen=True, slots=True)
class Window:
    """What one window showed; `cpu_us` and `calls` are of the hub, for one lookup."""

    callers: int
    lookups: int
    records: int
    lookups_per_second: float
    cpu_us: float
    slowness: float  # of the hub's core, before and after
    busy: float  # share of the time that the hub's process was at work
    others: float  # share of the time that other processes had the hub's core
    calls: float  # to platforms
    calls_by_platform: Mapping[str, int]
    resident_mb: float
    latencies_ms: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Site:
    """The product, up and ready to be measured."""

    cores: Cores
    ground: Ground
    hub: Child
    platforms: Child
    control: aiohttp.ClientSession

    async def check(self, requests: Sequence[Request]) -> None:
        """Send every request once; raises `WrongAnswer` unless each is answered as it must be."""
        async with callers(self.hub.said, self.ground.key, 1) as (caller,):
            for request in requests:
                request.check(await caller.ask(request.body))

    async def turn_latency(self, latency_ms: int) -> None:
        """Let every platform take that long to answer."""
        for url in self.platforms.said.values():
            await self._control("PUT", f"{url}/sandbox/dials", {"latency": {"ms": latency_ms}})

    async def turn(self, platform: str, dials: Mapping[str, object]) -> None:
        """Set all dials of one platform; none given heals it."""
        url = self.platforms.said[platform]
        await self._control("PUT", f"{url}/sandbox/dials", dials)

    async def asked(self, platform: str) -> int:
        """Data calls that one platform has had."""
        url = self.platforms.said[platform]
        return (await self._control("GET", f"{url}/sandbox/counts"))["total"]

    async def reset_calls(self) -> None:
        """Begin to count the platforms' calls at nothing."""
        for url in self.platforms.said.values():
            await self._control("DELETE", f"{url}/sandbox/counts")

    async def calls(self) -> dict[str, int]:
        """Data calls by platform, without those that were not asked."""
        counts = {
            name: (await self._control("GET", f"{url}/sandbox/counts"))["total"]
            for name, url in self.platforms.said.items()
        }
        return {name: total for name, total in counts.items() if total}

    async def _control(self, method: str, url: str, body: object = None) -> Mapping[str, int]:
        async with self.control.request(method, url, json=body, raise_for_status=True) as reply:
            answer: Mapping[str, int] = await reply.json()
            return answer


@dataclass(frozen=True, slots=True)
class Measured:
    """All windows of a scenario: with one caller and with many, a pair for each round."""

    scenario: Scenario
    alone: list[Window] = field(default_factory=list)
    crowd: list[Window] = field(default_factory=list)


class Measuring:
    """Measures one scenario, round after round; requests go on where the last round ended."""

    def __init__(self, site: Site, scenario: Scenario, requests: Sequence[Request]) -> None:
        self.measured = Measured(scenario)
        self._site = site
        self._supply = cycle(requests)

    async def alone(self, seconds: float) -> None:
        """One window with one caller."""
        self.measured.alone.append(await self._window(1, seconds))

    async def crowded(self, seconds: float) -> None:
        """One window with as many callers as the shape says."""
        crowd = self.measured.scenario.shape.crowd
        self.measured.crowd.append(await self._window(crowd, seconds))

    async def _window(self, number: int, seconds: float) -> Window:
        await self._site.turn_latency(self.measured.scenario.latency_ms)
        async with callers(self._site.hub.said, self._site.ground.key, number) as connected:
            await drive(connected, self._supply, seconds * _WARM_UP)
            return await _timed(self._site, connected, self._supply, seconds)


async def _timed(
    site: Site, connected: Sequence[Caller], supply: Iterator[Request], seconds: float
) -> Window:
    await site.reset_calls()
    slow, records = slowness(site.cores.hub), site.ground.records()
    worked, core = cpu_seconds(site.hub.pid), core_seconds(site.cores.hub)
    driven = await drive(connected, supply, seconds)
    worked = cpu_seconds(site.hub.pid) - worked
    core = core_seconds(site.cores.hub) - core
    calls, records = await site.calls(), site.ground.records() - records
    if records != driven.lookups:
        raise WrongAnswer(f"{driven.lookups} lookups were answered and {records} are on record")
    return Window(
        callers=len(connected),
        lookups=driven.lookups,
        records=records,
        lookups_per_second=driven.lookups / driven.seconds,
        cpu_us=worked / driven.lookups * 1e6,
        slowness=(slow + slowness(site.cores.hub)) / 2,
        busy=worked / driven.seconds,
        others=max(core - worked, 0.0) / driven.seconds,
        calls=sum(calls.values()) / driven.lookups,
        calls_by_platform=calls,
        resident_mb=resident_mb(site.hub.pid),
        latencies_ms=driven.latencies_ms,
    )
