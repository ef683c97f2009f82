"""The platforms and the hub, up: their dials and counts, and what the soak and the outage need."""

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from benchmarks.ground import Ground
from benchmarks.machine import Cores
from benchmarks.processes import Child


@dataclass(frozen=True, slots=True)
class Platforms:
    """The dials and counts of platforms that are up, by name."""

    urls: Mapping[str, str]
    control: aiohttp.ClientSession

    async def turn(self, platform: str, dials: Mapping[str, object]) -> None:
        """Set all dials of one platform; none given heals it."""
        await self._ask("PUT", f"{self.urls[platform]}/sandbox/dials", dials)

    async def turn_all(self, dials: Mapping[str, object]) -> None:
        """Set all dials of all platforms."""
        for name in self.urls:
            await self.turn(name, dials)

    async def asked(self, platform: str) -> int:
        """Data calls that one platform has had."""
        return (await self._ask("GET", f"{self.urls[platform]}/sandbox/counts"))["total"]

    async def reset_calls(self) -> None:
        """Begin to count all calls at nothing."""
        for url in self.urls.values():
            await self._ask("DELETE", f"{url}/sandbox/counts")

    async def calls(self) -> int:
        """Data calls that all platforms have had together."""
        return sum([await self.asked(name) for name in self.urls])

    async def _ask(self, method: str, url: str, body: object = None) -> Mapping[str, int]:
        async with self.control.request(method, url, json=body, raise_for_status=True) as reply:
            answer: Mapping[str, int] = await reply.json()
            return answer


@dataclass(frozen=True, slots=True)
class Site:
    """The product, up and ready to be watched."""

    cores: Cores
    ground: Ground
    hub: Child
    platforms: Child
    control: aiohttp.ClientSession

    async def turn(self, platform: str, dials: Mapping[str, object]) -> None:
        """Set all dials of one platform; none given heals it."""
        await self._dials.turn(platform, dials)

    async def asked(self, platform: str) -> int:
        """Data calls that one platform has had."""
        return await self._dials.asked(platform)

    @property
    def _dials(self) -> Platforms:
        return Platforms(self.platforms.said, self.control)
