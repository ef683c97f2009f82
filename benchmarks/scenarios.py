"""What is measured: shapes of requests, ways of asking platforms, their latency, and the load."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.contenders import Form, Way
from benchmarks.results import ScenarioTold

SOURCES = {
    Way.BATCH: ("verification", "verification_second"),
    Way.GATEWAY: ("province", "municipality"),
}
"""Who is asked first, and who is asked about those whom the first does not hold."""
BATCH = 100
"""Subjects that a verification platform takes in one call."""
LARGEST_USUAL = 100
OPEN_RATE = 0.7
"""Share of the capacity measured just before that an open loop offers."""


class Latency(StrEnum):
    """How long platforms take: not at all, 20 ms, or mostly 20 ms with a heavy tail."""

    NONE = "0"
    TWENTY = "20"
    TAIL = "tail"

    @property
    def dial(self) -> Mapping[str, object]:
        """The stand-ins' dial for it; of the tail one call in a hundred takes 130 ms and more."""
        match self:
            case Latency.NONE:
                return {"ms": 0}
            case Latency.TWENTY:
                return {"ms": 20}
            case Latency.TAIL:
                return {"distribution": "lognormal", "ms": 20, "sigma": 0.8, "to_ms": 1000}


class Load(StrEnum):
    """Who asks: one caller, many who each wait for their answer, or many who don't wait."""

    ALONE = "alone"
    CROWD = "crowd"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Shape:
    """One request: its lookups, how many of them fall through, and how many ask it at once.

    `own` names the hub's own shapes, which no other server is asked.
    """

    name: str
    form: Form
    lookups: int
    callers: int
    falling: int = 0
    own: bool = False


ONE = Shape("one", Form.ONE, 1, callers=64)
LIST = Shape("list", Form.LIST, 100, callers=8)
_SHAPES = (
    ONE,
    LIST,
    Shape("aliases", Form.ALIASES, 100, callers=8),
    Shape("half", Form.LIST, 100, callers=8, falling=50),
    Shape("verified", Form.ONE, 1, callers=64, own=True),
    Shape("dossier", Form.ONE, 12, callers=16, own=True),
    Shape("hot", Form.LIST, 100, callers=8, own=True),
    Shape("same", Form.ONE, 1, callers=64, own=True),
    Shape("city", Form.ONE, 6, callers=64, own=True),
)
_SIZES = tuple(
    Shape(f"list-of-{many}", Form.LIST, many, callers=1) for many in (1, 10, 1000, 10_000)
)
_CROWDS = tuple(Shape(f"one-by-{many}", Form.ONE, 1, callers=many) for many in (1, 4, 16, 256))
SHAPES = {shape.name: shape for shape in (*_SHAPES, *_SIZES, *_CROWDS)}
WAYS = {
    "verified": (Way.GATEWAY,),
    "dossier": (Way.GATEWAY,),
    "hot": (Way.GATEWAY,),
    "same": (Way.GATEWAY,),
    "city": (Way.GATEWAY,),
}
"""Of shapes that are not asked both ways."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A shape asked in one way of platforms that take this long, under some load."""

    shape: Shape
    way: Way
    latency: Latency
    load: Load

    @property
    def name(self) -> str:
        """What it is called on the command line and in reports."""
        name = f"{self.shape.name}-{self.way}-{self.latency}"
        return name if self.load is Load.CROWD else f"{name}-{self.load}"

    @property
    def callers(self) -> int:
        """Connections that ask in a closed loop; platforms that take their time stand more."""
        if self.load is Load.ALONE:
            return 1
        if self.load is Load.OPEN or self.latency is not Latency.NONE:
            return 4 * self.shape.callers
        return self.shape.callers

    @property
    def large(self) -> bool:
        """Whether its requests are larger than usual: a server grows by them, so they come last."""
        return self.shape.lookups > LARGEST_USUAL

    def least_calls(self) -> float | None:
        """Calls for one lookup that the batch size allows; none where answers may be shared."""
        if self.shape.own:
            return None
        if self.way is Way.GATEWAY:
            return 1 + self.shape.falling / self.shape.lookups
        batches = -(-self.shape.lookups // BATCH) + -(-self.shape.falling // BATCH)
        return batches / self.shape.lookups

    def told(self) -> ScenarioTold:
        """The scenario in a report."""
        return ScenarioTold(
            self.name,
            self.shape.name,
            self.way.value,
            self.latency.value,
            self.load.value,
            self.shape.lookups,
            self.callers,
            OPEN_RATE if self.load is Load.OPEN else None,
        )

    def capacity(self) -> "Scenario":
        """The closed loop that tells what an open one may offer."""
        return Scenario(self.shape, self.way, self.latency, Load.CROWD)


def _every() -> Iterator[Scenario]:
    for shape in _SHAPES:
        for way in WAYS.get(shape.name, tuple(Way)):
            for latency in Latency:
                for load in Load:
                    yield Scenario(shape, way, latency, load)
    for shape in _SIZES:
        yield Scenario(shape, Way.BATCH, Latency.NONE, Load.ALONE)
    for shape in _CROWDS:
        yield Scenario(shape, Way.BATCH, Latency.NONE, Load.CROWD)


SCENARIOS = {scenario.name: scenario for scenario in _every()}
"""All there are, by name."""
COST = ("list-of-1", "list-of-10", "list", "list-of-1000", "list-of-10000")
"""Shapes of the curve of cost against lookups in a request, each alone, by batch, at 0 ms."""
COST_SCENARIOS = tuple(f"{shape}-batch-0-alone" for shape in COST)
CROWD_SCENARIOS = (
    *(f"one-by-{many}-batch-0" for many in (1, 4, 16)),
    "one-batch-0",
    "one-by-256-batch-0",
)
"""The curve of throughput against concurrency."""
USUAL = (
    "one-batch-0",
    "list-batch-0",
    "aliases-batch-0",
    "half-batch-0",
    "one-gateway-0",
    "list-gateway-0",
    "half-gateway-0-alone",
    "verified-gateway-0",
    "dossier-gateway-0",
    "hot-gateway-0",
    "same-gateway-20",
    "city-gateway-tail",
    "half-batch-0-alone",
    "one-batch-20-alone",
    "list-batch-20-alone",
    "one-batch-20",
    "one-batch-20-open",
    "one-batch-tail-open",
    "city-gateway-tail-open",
    *COST_SCENARIOS,
    *CROWD_SCENARIOS,
)
"""Measured unless told otherwise; in this order."""
FLOOR_TOO = ("one-batch-0", "list-batch-0", "half-batch-0", *COST_SCENARIOS)
"""Of the scenarios that are measured, those in which the floor is measured too."""
BARE_TOO = ("one-gateway-0", "one-gateway-20-alone", "one-gateway-20")
DIRECT_TOO = (
    "one-batch-0",
    "list-batch-0",
    "one-gateway-0",
    "one-batch-20-alone",
    "list-batch-20-alone",
)
UNRECORDED_TOO = ("list-batch-0", "one-batch-0", "list-of-10000-batch-0-alone")
"""The largest, too: a server is slower after such requests, and those two are compared."""
PEERS_TOO = (
    "one-batch-0",
    "list-batch-0",
    "aliases-batch-0",
    "half-batch-0",
    "one-batch-20-alone",
    "list-batch-20-alone",
    "one-batch-20",
)
