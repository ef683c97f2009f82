"""The rounds: every scenario with every server that is measured in it, in turn, over and over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from benchmarks.certhub import CERTHUB, UNRECORDED
from benchmarks.floors import BARE, DIRECT, FLOOR
from benchmarks.launching import Server
from benchmarks.measuring import Room, check, needs_capacity, warm_up, window
from benchmarks.requests import WrongAnswer
from benchmarks.results import Measurement, Window
from benchmarks.scenarios import (
    BARE_TOO,
    DIRECT_TOO,
    FLOOR_TOO,
    PEERS_TOO,
    UNRECORDED_TOO,
    Latency,
    Load,
    Scenario,
)
from benchmarks.supplies import can

_TOO = {
    FLOOR: FLOOR_TOO,
    BARE: BARE_TOO,
    DIRECT: DIRECT_TOO,
    UNRECORDED: UNRECORDED_TOO,
}

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One server in one scenario, and its windows so far."""

    server: Server
    scenario: Scenario
    windows: list[Window] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What it is called where it is told."""
        return f"{self.server.contender.name} {self.scenario.name}"

    def measured(self) -> Measurement:
        """All windows, for a report."""
        return Measurement(self.server.contender.name, self.scenario.told(), tuple(self.windows))


def cases_of(servers: Sequence[Server], scenarios: Sequence[Scenario]) -> list[Case]:
    """Who is measured in what: the hub in everything, each other where it can be compared."""
    return [
        Case(server, scenario)
        for scenario in sorted(scenarios, key=lambda one: one.large)
        for server in servers
        if can(server.contender, scenario) and _is_measured(server.contender.name, scenario)
    ]


def _is_measured(name: str, scenario: Scenario) -> bool:
    if name == CERTHUB:
        return True
    return not scenario.shape.own and scenario.name in _TOO.get(name, PEERS_TOO)


async def prepare(room: Room, cases: Sequence[Case], most: float, tell: Tell) -> Mapping[str, str]:
    """Check every server's answers, then warm it; who answers wrongly is left out, and why.

    Large requests are left to the first round, so that what they leave in memory comes after it.
    """
    wrong: dict[str, str] = {}
    for server in _servers(cases):
        name = server.contender.name
        own = [case.scenario for case in cases if case.server is server and not case.scenario.large]
        tell(f"{name}: its answers are compared")
        try:
            for scenario in _shapes(own):
                await check(room, server, scenario)
            tell(f"{name}: warming up")
            await warm_up(room, server, _closed(own), min(server.contender.warm_up, most))
        except WrongAnswer as trouble:
            if name in {CERTHUB, *_TOO}:
                raise
            wrong[name] = str(trouble)
    return wrong


async def measure(
    room: Room, cases: Sequence[Case], rounds: int, seconds: float, tell: Tell
) -> Mapping[str, str]:
    """All rounds; an open loop that a busy machine could not keep up with is told, and left out."""
    capacities: dict[str, float] = {}  # requests in a second, by the last closed loop of that name
    lost: dict[str, str] = {}
    for number in range(1, rounds + 1):
        for case in cases:
            tell(f"round {number}: {case.name}")
            if not needs_capacity(case.scenario):
                capacities[case.name] = await _closed_loop(room, case, seconds)
            elif case.name not in lost:
                try:
                    await _open_loop(room, case, seconds, capacities)
                except WrongAnswer as trouble:
                    lost[case.name] = str(trouble)
    for case in cases:
        if case.name in lost:
            case.windows.clear()
    return lost


async def _closed_loop(room: Room, case: Case, seconds: float) -> float:
    if case.scenario.large and not case.windows:
        await check(room, case.server, case.scenario)
    case.windows.append(await window(room, case.server, case.scenario, seconds, None))
    return case.windows[-1].requests / case.windows[-1].seconds


async def _open_loop(
    room: Room, case: Case, seconds: float, capacities: Mapping[str, float]
) -> None:
    """Of the capacity that the closed loop showed before; where there was none, it is measured now."""
    closed = Case(case.server, case.scenario.capacity())
    capacity = capacities.get(closed.name) or await _closed_loop(room, closed, seconds / 2)
    case.windows.append(await window(room, case.server, case.scenario, seconds, capacity))


def _servers(cases: Sequence[Case]) -> list[Server]:
    return list({id(case.server): case.server for case in cases}.values())


def _closed(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """The same with as many callers as wait for their answers."""
    return [replace(one, load=Load.CROWD, latency=Latency.NONE) for one in _shapes(scenarios)]


def _shapes(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """One scenario of each shape and way: what is asked is the same in the others."""
    return list({(one.shape.name, one.way): one for one in scenarios}.values())
