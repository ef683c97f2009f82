"""The requests of a scenario, made before anything is timed, and what must come of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import orjson

from benchmarks.ground import CERTIFICATE, ITEMS, OPERATOR
from benchmarks.scenarios import SOURCES, Shape, Way
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.platforms import load_platforms
from hub.sandbox.examples import Examples
from hub.sandbox.population import Person
from hub.sandbox.sandbox import SandboxOptions, archive_of

_FOUND = b'"__typename":"Found"'
_OUTCOME = """{
  __typename
  record
  ... on Found {
    source { name }
    certificate { ... on HouseholdRegister {
      name idNumber householdNumber householdKind relationToHead maritalStatus education
      policeStation
    } }
  }
}"""
_ONE = (
    "query One($type: ID!, $subject: SubjectInput!, $purpose: PurposeInput!) "
    f"{{ outcome: certificate(type: $type, subject: $subject, purpose: $purpose) {_OUTCOME} }}"
)
_MANY = (
    "query Many($lookups: [LookupInput!]!, $purpose: PurposeInput!) "
    f"{{ outcomes: certificates(lookups: $lookups, purpose: $purpose) {_OUTCOME} }}"
)


class WrongAnswer(Exception):
    """The hub answered otherwise than it must: its figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Request:
    """One GraphQL request, and the source that must be found to hold each of its lookups."""

    body: bytes = field(repr=False)
    sources: tuple[str, ...]

    def glance(self, answer: bytes) -> None:
        """Raises `WrongAnswer` unless every lookup was found; cheap enough while time is taken."""
        if (found := answer.count(_FOUND)) != len(self.sources):
            raise WrongAnswer(f"{found} of {len(self.sources)} lookups were found")

    def check(self, answer: bytes) -> None:
        """Raises `WrongAnswer` unless every lookup was found, whole, at its own source."""
        self.glance(answer)
        document = orjson.loads(answer)
        if "errors" in document:
            raise WrongAnswer("the answer has errors")
        data = document["data"]
        outcomes = data["outcomes"] if "outcomes" in data else [data["outcome"]]
        if tuple(one["source"]["name"] for one in outcomes) != self.sources:
            raise WrongAnswer("a certificate came from another source than it must")
        if not all(one["certificate"]["name"] for one in outcomes):
            raise WrongAnswer("a certificate came without its fields")


@dataclass(frozen=True, slots=True)
class People:
    """The sandbox's people, as its platforms hold them."""

    examples: Examples

    def held(self, first: str, second: str, *, falling: bool) -> Iterator[Person]:
        """Of whom the first source holds it; or, falling, only the second one does."""
        population = self.examples.archive.population
        for person in map(population.person, range(population.size)):
            held = self.examples.held_at(CERTIFICATE, person)
            if (held[second] and not held[first]) if falling else held[first]:
                yield person


def people_of(platforms: Path) -> People:
    """Those whom the platforms of the folder hold, without putting them up."""
    options = SandboxOptions(platforms=platforms)
    types = load_certificate_types(packaged_certificates())
    declared = load_platforms(platforms, types)
    return People(Examples(archive_of(options, types, declared), declared))


def requests_of(people: People, shape: Shape, way: Way, count: int) -> tuple[Request, ...]:
    """That many requests of the shape; no two lookups in them are about the same person."""
    first, second = SOURCES[way]
    held = people.held(first, second, falling=False)
    fallen = people.held(first, second, falling=True)
    stay = shape.lookups - shape.falling
    return tuple(
        _request(way, [*islice(held, stay)], [*islice(fallen, shape.falling)]) for _ in range(count)
    )


def _request(way: Way, held: list[Person], fallen: list[Person]) -> Request:
    first, second = SOURCES[way]
    asked = [_lookup(person) for person in (*held, *fallen)]
    purpose = {"item": ITEMS[way], "case": "办-1", "operator": OPERATOR}
    if len(asked) == 1:
        given = {"query": _ONE, "variables": {**asked[0], "purpose": purpose}}
    else:
        given = {"query": _MANY, "variables": {"lookups": asked, "purpose": purpose}}
    return Request(orjson.dumps(given), (first,) * len(held) + (second,) * len(fallen))


def _lookup(person: Person) -> Mapping[str, object]:
    about = {"residentId": person.resident_id, "name": person.name}
    return {"type": CERTIFICATE, "subject": {"person": about}}
