"""What is measured: shapes of requests, ways of asking platforms, and their latency."""

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How the platforms behind a lookup are asked."""

    BATCH = "batch"  # verification platforms: up to 100 subjects in one call
    GATEWAY = "gateway"  # sharing gateways: a call for each subject


SOURCES = {
    Way.BATCH: ("verification", "verification_second"),
    Way.GATEWAY: ("province", "municipality"),
}
"""Who is asked first, and who is asked about those whom the first does not hold."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One request: its lookups, how many of them fall through, and how many send it at once."""

    name: str
    lookups: int
    falling: int
    crowd: int


SHAPES = (
    Shape("one", lookups=1, falling=0, crowd=64),
    Shape("hundred", lookups=100, falling=0, crowd=4),
    Shape("half", lookups=100, falling=50, crowd=4),
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A shape asked in one way of platforms that take this long to answer."""

    shape: Shape
    way: Way
    latency_ms: int

    @property
    def name(self) -> str:
        """What it is called on the command line and in reports."""
        return f"{self.shape.name}-{self.way}-{self.latency_ms}"


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario(shape, way, latency_ms)
        for way in Way
        for latency_ms in (0, 20)
        for shape in SHAPES
    )
}
