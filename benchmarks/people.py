"""About whom it is asked: people whom the platforms hold, and what must be answered about them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from benchmarks.contenders import CERTIFICATE, FIELDS, Asked, Way
from benchmarks.scenarios import SOURCES
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.platforms import load_platforms
from hub.declarations.words import Platform
from hub.sandbox.archive import Archive
from hub.sandbox.population import Organisation, Person
from hub.sandbox.sandbox import SandboxOptions, archive_of

BUSINESS = "business_licence"
"""A type whose answers may be used again."""


@dataclass(frozen=True, slots=True)
class People:
    """The sandbox's people and organisations, as its platforms hold them."""

    archive: Archive = field(repr=False)
    platforms: dict[str, Platform] = field(repr=False)

    def asked(self, way: Way, count: int, *, falling: bool = False) -> list[Asked]:
        """So many lookups of whom the first source holds it; or, falling, only the second."""
        first, second = SOURCES[way]
        source = second if falling else first
        found = islice(self._held(first, second, falling), count)
        return [self._asked(person, source) for person in found]

    def verified(self, count: int) -> list[Person]:
        """People whose certificate no sharing platform holds, and the verification platform does."""
        none, only = SOURCES[Way.GATEWAY], SOURCES[Way.BATCH][0]
        people = (one for one in self._people() if not any(self._at(name, one) for name in none))
        return list(islice((one for one in people if self._at(only, one)), count))

    def businesses(self, count: int) -> list[Organisation]:
        """Organisations whose licence the first sharing platform holds."""
        platform, kind = self.platforms[SOURCES[Way.GATEWAY][0]], self.archive.types[BUSINESS]
        population, holdings = self.archive.population, self.archive.holdings
        every = map(population.organisation, range(population.organisations))
        return list(islice((one for one in every if holdings.holds(platform, kind, one)), count))

    def anybody(self, count: int) -> list[Person]:
        """The first people there are."""
        return list(islice(self._people(), count))

    def _held(self, first: str, second: str, falling: bool) -> Iterator[Person]:
        for person in self._people():
            held = self._at(first, person)
            if (not held and self._at(second, person)) if falling else held:
                yield person

    def _people(self) -> Iterator[Person]:
        population = self.archive.population
        return map(population.person, range(population.size))

    def _at(self, platform: str, person: Person) -> bool:
        kind = self.archive.types[CERTIFICATE]
        return self.archive.holdings.holds(self.platforms[platform], kind, person)

    def _asked(self, person: Person, source: str) -> Asked:
        values = self.archive.certificates.values(self.archive.types[CERTIFICATE], person)
        wanted = {answered: values[name] for name, answered in FIELDS.items()}
        return Asked(person.resident_id, person.name, source, wanted)


def people_of(platforms: Path) -> People:
    """Those whom the platforms of the folder hold, without putting them up."""
    options = SandboxOptions(platforms=platforms)
    types = load_certificate_types(packaged_certificates())
    declared = load_platforms(platforms, types)
    return People(archive_of(options, types, declared), dict(declared))


def served(platforms: dict[str, Platform], certificates: Sequence[str]) -> frozenset[str]:
    """Of the types, those that a sharing platform among these serves."""
    sharing = [platforms[name] for name in SOURCES[Way.GATEWAY]]
    return frozenset(one for one in certificates if any(one in p.interfaces for p in sharing))
