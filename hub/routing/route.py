"""The route of a lookup: which sources may be asked, best first (Articles 9 and 13)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from connectors.contract import Connector, Interface
from hub.catalogue.rows import CatalogueRow, Measure, UnitKind
from hub.declarations.words import Platform
from hub.evidence import Subject, Tier

SHARING_TIERS = (Tier.PROVINCIAL, Tier.MUNICIPAL)
_DIVISIONS = 4000
"""More than there are of GB/T 2260: counties, districts, cities and provinces."""
TIERS_OF = {Measure.SHARING: SHARING_TIERS, Measure.VERIFICATION: (Tier.SUPPLEMENTARY,)}


@dataclass(frozen=True, slots=True)
class Source:
    """One platform's interface for one certificate type, with the connector that speaks to it."""

    platform: Platform
    interface: Interface
    connector: Connector = field(repr=False, compare=False)

    def __hash__(self) -> int:
        return hash(self.interface.name)

    @property
    def name(self) -> str:
        return self.platform.name

    @property
    def tier(self) -> Tier:
        return self.platform.tier


def tiers_of(row: CatalogueRow, kind: UnitKind) -> tuple[Tier, ...]:
    """The tiers a row's measures open, in order: the law's for government units, the row's for others."""
    return _tiers(row.measures, kind is UnitKind.GOVERNMENT)


@lru_cache(maxsize=1000)
def _tiers(measures: tuple[Measure, ...], lawful: bool) -> tuple[Tier, ...]:
    tiers = [tier for measure in measures for tier in TIERS_OF.get(measure, ())]
    if lawful:
        tiers.sort(key=list(Tier).index)
    return tuple(dict.fromkeys(tiers))


def holds_region(platform: Platform, region: str) -> bool:
    """Whether a platform declares a region; one without regions holds everybody."""
    return not platform.regions or region.startswith(platform.regions)


def region_of(subject: Subject) -> str:
    """The GB/T 2260 division inside a resident id (GB 11643) or a credit code (GB 32100)."""
    start = 0 if len(subject.identifier) == 18 and subject.kind.value == "person" else 2
    return subject.identifier[start : start + 6]


class Routes:
    """The sources that serve one certificate type in some tiers, best first."""

    __slots__ = ("_by_region", "_everywhere", "_sources")

    def __init__(self, sources: tuple[Source, ...]) -> None:
        self._sources = sources
        self._everywhere = not any(source.platform.regions for source in sources)
        self._by_region: dict[str, tuple[Source, ...]] = {}

    def of(self, subject: Subject) -> tuple[Source, ...]:
        """The sources to ask about a subject: those that hold its region."""
        if self._everywhere:
            return self._sources
        region = region_of(subject)
        route = self._by_region.get(region)
        if route is None:
            if len(self._by_region) == _DIVISIONS:  # somebody makes them up
                self._by_region.clear()
            route = tuple(one for one in self._sources if holds_region(one.platform, region))
            self._by_region[region] = route
        return route


class RouteBook:
    """Every source there is, by certificate type and tier; made anew at each reload."""

    def __init__(self, platforms: Iterable[Platform], connectors: Mapping[str, Connector]) -> None:
        self._sources: dict[str, dict[Tier, list[Source]]] = {}
        self._routes: dict[tuple[str, tuple[Tier, ...]], Routes] = {}
        for platform in platforms:
            for certificate, interface in platform.interfaces.items():
                source = Source(platform, interface, connectors[platform.name])
                by_tier = self._sources.setdefault(certificate, {})
                by_tier.setdefault(platform.tier, []).append(source)

    def routes(self, certificate: str, tiers: tuple[Tier, ...]) -> Routes:
        """The sources of a type, in the order of the tiers; none where no platform serves it."""
        routes = self._routes.get((certificate, tiers))
        if routes is None:
            by_tier = self._sources.get(certificate, {})
            routes = Routes(tuple(one for tier in tiers for one in by_tier.get(tier, ())))
            self._routes[certificate, tiers] = routes
        return routes
