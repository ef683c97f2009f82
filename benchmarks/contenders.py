"""Servers under test: what starts each of them, how it is asked, and what its answers say.

All of them answer the same lookups from the same platforms: household registers (eight fields,
`FIELDS`) out of the batch call of the verification dialect, `POST {PLATFORM_URL}/api/v1/proofs/lookup`
with up to 100 subjects; those whom it does not hold (`"status":"notHeld"`) are asked for once more at
`SECOND_PLATFORM_URL`. A call without signature headers is answered, too; one with them is verified.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

CERTIFICATE = "household_register"
FIELDS: Mapping[str, str] = {
    "name": "name",
    "id_number": "idNumber",
    "household_number": "householdNumber",
    "household_kind": "householdKind",
    "relation_to_head": "relationToHead",
    "marital_status": "maritalStatus",
    "education": "education",
    "police_station": "policeStation",
}
"""The eight fields of every answer: as the platforms' batch call names them, and as answers must."""


class Form(StrEnum):
    """How lookups are written into one request."""

    ONE = "one"  # a field with one lookup
    LIST = "list"  # a field with a list of lookups as a variable
    ALIASES = "aliases"  # a field with one lookup, as often as needed, under aliases l0, l1, …


class Way(StrEnum):
    """How the platforms behind a lookup are asked."""

    BATCH = "batch"  # verification platforms: up to 100 subjects in one call
    GATEWAY = "gateway"  # sharing gateways: a signed call for each subject


@dataclass(frozen=True, slots=True)
class Asked:
    """One lookup, and what must come of it: the values by the names in answers (`FIELDS`)."""

    resident_id: str = field(repr=False)
    name: str = field(repr=False)
    source: str  # the platform that must be found to hold it
    values: Mapping[str, object] = field(repr=False)


Body = Callable[[Form, Way, Sequence[Asked]], bytes]
"""The HTTP body that asks these lookups in this form."""

Read = Callable[[bytes], Sequence[Mapping[str, object]]]
"""An answer's certificates, in the order of its lookups; each has the values by `FIELDS`' names."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One server under test.

    `command` is one process (no shell, no `npm run` around it) that binds a free port of 127.0.0.1,
    prints its base URL as its first line on stdout when it is ready, and ends at SIGTERM. It runs in
    `folder`, with `environ` added to the room's own environment. Children it makes are counted with
    it. While time is taken an answer must hold `mark` once for each lookup, so that it is cheap to
    see that none is missing; before that, every answer is read and compared field by field.
    """

    name: str  # "certhub", "mercurius", "apollo", "yoga", "hive", "naive", "floor", "bare", …
    title: str  # for people: "Mercurius 16 (Fastify 5) with graphql-jit"
    command: tuple[str, ...]
    body: Body
    read: Read
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    path: str = "/graphql"
    folder: Path | None = None
    mark: bytes = b'"householdNumber":"'
    forms: frozenset[Form] = frozenset(Form)  # what it can be asked in
    ways: frozenset[Way] = frozenset({Way.BATCH})
    warm_up: float = 1.0  # seconds of load before the first round; a minute where code is compiled


@dataclass(frozen=True, slots=True)
class Skipped:
    """A server that can't be had here, and why: in words for the report."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Places:
    """Where the platforms are and what they take, for whoever makes contenders."""

    platform: str  # PLATFORM_URL: the first verification platform
    second: (
        str  # SECOND_PLATFORM_URL: the one that is asked about those whom the first doesn't hold
    )
    gateway: str  # the province's sharing gateway
    folder: Path  # for whatever is written while this run lasts

    def environ(self) -> dict[str, str]:
        """The same as environment of a contender."""
        return {
            "PLATFORM_URL": self.platform,
            "SECOND_PLATFORM_URL": self.second,
            "GATEWAY_URL": self.gateway,
        }


# The room calls `benchmarks.peers.peers.peers(places)` once the platforms are up, only with --peers,
# and `benchmarks.page.page(results: Results) -> str` for the HTML page.
MakePeers = Callable[[Places], Sequence[Contender | Skipped]]
"""`benchmarks.peers.peers.peers`: installs the peers where that is wanted for the first time (what
stays between runs lies below ~/.cache or the project's own ignored folder) and tells all of them."""
