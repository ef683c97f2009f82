"""Platforms of every dialect at two real addresses: fast though one hangs, and hardly asked more."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from connectors.contract import Answer, Connector, ConnectorError, Interface, Unreachable
from connectors.http import open_http
from connectors.replicas import Reach
from hub.declarations.credentials import credential_of
from hub.platforms import connect, endpoint_of
from hub.sandbox.dials import Dials, Latency
from hub.sandbox.face import StandIn
from hub.sandbox.sandbox import Sandbox, SandboxOptions, open_sandbox
from tests.connectors.scripted_server import nobody_listening
from tests.sandbox.asking import inquiry

PLATFORMS = {
    "province": "academic_degree",
    "municipal_integrated": "public_credit_report",
    "human_resources_bureau": "social_insurance",
    "verification": "academic_degree",
}
"""One platform of each dialect, and what it is asked for."""
TOGETHER = "verification"
"""What is asked of this one at once goes out in one call."""

Reaching = Callable[[], Reach]


@dataclass
class City:
    """One platform at two addresses, and the connector to both."""

    sandbox: Sandbox
    name: str
    connector: Connector

    @property
    def interface(self) -> Interface:
        declared = self.sandbox.platforms[self.name].interfaces[PLATFORMS[self.name]]
        return replace(declared, timeout=5.0)

    async def answers(self, first: int, end: int) -> tuple[list[Answer | ConnectorError], float]:
        """What is said of the persons from one number to another, and how long the slowest took."""
        persons, numbers = self.sandbox.population, iter(range(first, end))
        answers: dict[int, Answer | ConnectorError] = {}
        slowest = 0.0

        async def one_by_one() -> None:
            nonlocal slowest
            for number in numbers:
                began = asyncio.get_running_loop().time()
                asked = [inquiry(persons.person(number))]
                (answers[number],) = await self.connector.fetch(self.interface, asked)
                slowest = max(slowest, asyncio.get_running_loop().time() - began)

        at_once = 1 if self.name == TOGETHER else 2
        await asyncio.gather(*(one_by_one() for _ in range(at_once)))
        return [answers[number] for number in range(first, end)], slowest


@pytest.fixture(params=PLATFORMS)
def name(request: pytest.FixtureRequest) -> str:
    """A platform of each dialect in turn."""
    return str(request.param)


@pytest.fixture
async def sandbox(name: str) -> AsyncIterator[Sandbox]:
    """All platforms, this one at two addresses."""
    async with open_sandbox(SandboxOptions(seed=7, size=2000, ports=None, twice=(name,))) as one:
        yield one


@asynccontextmanager
async def city(sandbox: Sandbox, name: str, *urls: str) -> AsyncIterator[tuple[City, Reaching]]:
    """The platform at those addresses."""
    first, *others = urls
    platform = replace(sandbox.platforms[name], url=first, replicas=tuple(others))
    secrets = credential_of(platform, sandbox.credentials)
    async with open_http() as http:
        connector = connect(platform, secrets, http)
        yield City(sandbox, name, connector), lambda: http.reach(endpoint_of(platform, secrets))


def total(*servers: StandIn) -> int:
    """The lookups that came to the servers, by their own counts."""
    return sum(server.counts.total for server in servers)


async def test_one_that_hangs_keeps_nobody_waiting(sandbox: Sandbox, name: str) -> None:
    """Of 400 lookups 200 find the endpoint hanging: all are answered soon, by 420 calls at most."""
    one, two = sandbox.stand_ins[name], sandbox.replicas[name]
    one.turn(Dials(latency=Latency(ms=20)))
    two.turn(Dials(latency=Latency(ms=20)))
    async with city(sandbox, name, one.url, two.url) as (asked, reach):
        before, _ = await asked.answers(0, 200)
        one.turn(Dials(hang_rate=1.0))
        after, slowest = await asked.answers(200, 400)
        calls, hedged, passed_over = total(one, two), reach().hedged, reach().passed_over
        one.turn(Dials())
        again, _ = await asked.answers(0, 400)

    assert before + after == again
    assert not [each for each in again if isinstance(each, ConnectorError)]
    assert slowest < 2.0  # where the timeout is 5
    assert 3 <= hedged <= 20
    assert passed_over == 1
    assert 403 <= calls <= 400 + hedged <= 420  # cut off early, a second call has not come


async def test_one_that_is_down_is_passed_over(sandbox: Sandbox, name: str) -> None:
    """With nobody at the endpoint all 200 lookups are answered by the replica, each asked once."""
    two = sandbox.replicas[name]
    async with nobody_listening() as nobody, city(sandbox, name, nobody, two.url) as (asked, reach):
        answers, _ = await asked.answers(0, 200)
        seen = reach()
    async with city(sandbox, name, two.url) as (alone, _):
        same, _ = await alone.answers(0, 200)

    assert not [each for each in answers if isinstance(each, ConnectorError)]
    assert answers == same
    assert two.counts.total == 400
    assert (seen.passed_over, seen.hedged) == (1, 0)


async def test_where_both_are_down_it_is_as_with_one(sandbox: Sandbox, name: str) -> None:
    """The same failure, in the same words."""
    async with (
        nobody_listening() as nobody,
        nobody_listening() as neither,
        city(sandbox, name, nobody, neither) as (both, _),
        city(sandbox, name, nobody) as (alone, _),
    ):
        (first, second), _ = await both.answers(0, 2)
        (same, _), _ = await alone.answers(0, 2)

    assert [type(each) for each in (first, second)] == [Unreachable] * 2
    assert str(first) == str(second) == str(same)
