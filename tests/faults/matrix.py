"""Plays one fault at one tier of a route of three platforms, through the whole of a disclosure."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from connectors.contract import Connector
from connectors.http import Http
from hub.catalogue.rows import (
    Catalogue,
    CatalogueContent,
    CatalogueRow,
    CatalogueVersion,
    Measure,
    ServiceItem,
    Unit,
    UnitKind,
)
from hub.declarations.words import CertificateField, CertificateType, Sensitivity
from hub.declarations.words import Platform as Declared
from hub.disclosure import Disclosure, InForce
from hub.evidence import (
    Found,
    HolderKind,
    Lookup,
    NotHeld,
    Outcome,
    Purpose,
    Requester,
    Said,
    Subject,
    Tier,
    Unavailable,
)
from hub.records import Pseudonyms, Records
from hub.routing.kept import Kept
from hub.routing.lines import Lines
from hub.routing.observation import Observatory
from hub.routing.route import RouteBook
from hub.routing.router import Router
from hub.trail.batches import DisclosureBatch, records_in
from hub.trail.records import DisclosureRecord
from hub.trail.writer import Trail
from tests.connectors.contract_world import Platform, row
from tests.connectors.people import MEI
from tests.connectors.scripted_server import nobody_listening, serving
from tests.connectors.speakers import FIELDS, Speaker, connected
from tests.faults.faults import Fault, Place, Takes

TIERS = tuple(Tier)
NAMES = ("first", "middle", "last")
TIMEOUT = 0.3
"""Seconds of one call where the fault uses them up; elsewhere there is time enough."""
UNHURRIED = 2.0
WITHIN = 6.0
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TYPE = CertificateType(
    "id_card",
    None,
    "示例证件",
    "Example card",
    frozenset({HolderKind.PERSON}),
    "示例单位",
    "Example unit",
    {
        one.name: CertificateField(one.name, one.name, one.name, one.kind, Sensitivity.PUBLIC)
        for one in FIELDS
    },
    None,
    None,
    None,
    None,
)
ROW = CatalogueRow(
    1,
    "U1",
    "I1",
    "id_card",
    "示例单位",
    (Measure.SHARING, Measure.VERIFICATION),
    frozenset(TYPE.fields),
)
CATALOGUE = Catalogue(
    CatalogueVersion(1, "faults", date(2026, 1, 1)),
    CatalogueContent(
        (Unit("U1", "示例单位", UnitKind.GOVERNMENT),),
        (ServiceItem("I1", "示例事项", "示例", "U1", True, None),),
        (ROW,),
    ),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A fault of a dialect at one tier, and whether the platform below holds the certificate, too."""

    speaker: Speaker
    fault: Fault
    tier: int
    held_below: bool

    def __str__(self) -> str:
        below = "+below" if self.held_below else ""
        return f"{self.speaker.dialect}-{self.fault.name}-{NAMES[self.tier]}{below}"

    @property
    def expected(self) -> tuple[str, tuple[tuple[str, Said], ...]]:
        """The outcome and the trail that must come of it."""
        before = [(name, Said.NOT_HELD) for name in NAMES[: self.tier]]
        said = (NAMES[self.tier], self.fault.said)
        if self.fault.said is Said.HELD:
            return "Found", (*before, said)
        if self.held_below:
            return "Found", (*before, said, (NAMES[self.tier + 1], Said.HELD))
        after = [(name, Said.NOT_HELD) for name in NAMES[self.tier + 1 :]]
        return "Unavailable", (*before, said, *after)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a case: outcome, trail, silent sources, seconds, and what is on record."""

    outcome: str
    trail: tuple[tuple[str, Said], ...]
    silent: tuple[str, ...]
    seconds: float
    recorded: tuple[str, ...]


class Memory:
    """A record store that forgets nothing as long as it lives."""

    def __init__(self) -> None:
        self.records: list[DisclosureRecord] = []

    async def append(self, batches: Sequence[DisclosureBatch]) -> None:
        """Keep them."""
        self.records += [record for batch in batches for record in records_in(batch)]


async def play(case: Case, http: Http) -> Played:
    """Ask for MEI's certificate with the fault in place."""
    memory = Memory()
    async with (
        _connectors(case, http) as connectors,
        Trail(memory) as trail,
        Lines(Observatory()) as lines,
    ):
        platforms = [_declared(case, n) for n in range(len(TIERS))]
        book = RouteBook(platforms, dict(zip(NAMES, connectors, strict=True)))
        disclosure = Disclosure(
            {"id_card": TYPE},
            lambda: InForce(CATALOGUE, book),
            Router(lines, Kept(1000, time.monotonic), lambda: NOW),
            Records(trail, Pseudonyms(b"secret")),
            WITHIN,
            lambda _outcomes, _seconds: None,
            lambda: NOW,
        )
        began = time.monotonic()
        (outcome,) = await disclosure.disclose(
            Requester("k", "U1", frozenset({"op"})), [_lookup()], "request"
        )
        seconds = time.monotonic() - began
    recorded = tuple(record.outcome for record in memory.records)
    return Played(type(outcome).__name__, _trail(outcome), _silent(outcome), seconds, recorded)


def _lookup() -> Lookup:
    purpose = Purpose("I1", "case-1", "op")
    return Lookup("id_card", Subject(HolderKind.PERSON, MEI, "梅一"), purpose)


@asynccontextmanager
async def _connectors(case: Case, http: Http) -> AsyncIterator[list[Connector]]:
    async with AsyncExitStack() as stack:
        urls = [await stack.enter_async_context(_platform(case, n)) for n in range(len(TIERS))]
        yield [connected(case.speaker, url, http, max_bytes=20_000) for url in urls]


@asynccontextmanager
async def _platform(case: Case, tier: int) -> AsyncIterator[str]:
    platform = Platform(case.speaker)
    if tier == case.tier or (case.held_below and tier == case.tier + 1):
        platform.told[MEI] = row("梅一", MEI)
    if tier != case.tier:
        async with serving(platform.answer) as server:
            yield server.url
        return
    script = case.fault.shown(platform)
    match case.fault.place:
        case Place.SERVED:
            async with serving(script) as server:
                yield server.url
        case Place.NOBODY_LISTENS:
            async with nobody_listening() as url:
                yield url
        case Place.NO_SUCH_HOST:
            yield "http://no-such-host.invalid"


def _declared(case: Case, tier: int) -> Declared:
    speaker = case.speaker
    hurried = case.fault.takes is Takes.ONE_TIMEOUT and tier == case.tier
    interface = replace(speaker.interface, timeout=TIMEOUT if hurried else UNHURRIED)
    return Declared(
        name=NAMES[tier],
        title_zh=NAMES[tier],
        title_en=NAMES[tier],
        tier=TIERS[tier],
        dialect=speaker.dialect,
        url="http://127.0.0.1:1",
        credential="c",
        regions=(),
        concurrency=8,
        batch=1,
        max_bytes=20_000,
        connect_timeout=0.2,
        options={},
        interfaces={"id_card": interface},
    )


def _trail(outcome: Outcome) -> tuple[tuple[str, Said], ...]:
    assert isinstance(outcome, Found | NotHeld | Unavailable)
    return tuple((attempt.source, attempt.said) for attempt in outcome.trail)


def _silent(outcome: Outcome) -> tuple[str, ...]:
    return outcome.silent if isinstance(outcome, Unavailable) else ()
