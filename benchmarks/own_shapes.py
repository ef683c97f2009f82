"""Requests that only the hub is asked: verification hit, dossier, hot, identical questions, the city."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from random import Random

from benchmarks.catalogue import FALLING_ON, ITEMS
from benchmarks.certhub import purpose, written
from benchmarks.contenders import CERTIFICATE, Way
from benchmarks.mixture import Mixed, dossier, mixture
from benchmarks.people import BUSINESS, People
from hub.sandbox.population import Organisation, Person

_REQUESTS = 512
_SAME = 4
"""People about whom all callers ask at the same time."""
_SEED = 2026
FOUND = (b'"__typename":"Found"',)
HEARD = (*FOUND, b'"__typename":"NotHeld"')


@dataclass(frozen=True, slots=True)
class Own:
    """A body, its lookups, and the marks of which each lookup leaves one, or of a lenient one most."""

    body: bytes = field(repr=False)
    lookups: int
    marks: tuple[bytes, ...] = FOUND
    lenient: bool = False


_ONE = (
    "query One($type: ID!, $subject: SubjectInput!, $purpose: PurposeInput!) "
    "{ outcome: certificate(type: $type, subject: $subject, purpose: $purpose) {"
    " __typename record ... on Found { source { name } certificate { ... on HouseholdRegister {"
    " name idNumber householdNumber householdKind relationToHead maritalStatus education"
    " policeStation } } } } }"
)
_BUSINESSES = (
    "query Many($lookups: [LookupInput!]!, $purpose: PurposeInput!) "
    "{ outcomes: certificates(lookups: $lookups, purpose: $purpose) {"
    " __typename record ... on Found { source { name } certificate { ... on BusinessLicence {"
    " creditCode orgName registrationNumber number issuedOn validFrom validUntil id } } } } }"
)


def own_requests(shape: str, people: People) -> list[Own]:
    """All requests of one of the hub's own shapes, to be sent in turn."""
    return list(_MADE[shape](people))


def _verified(people: People) -> Iterator[Own]:
    for one in people.verified(_REQUESTS):
        yield Own(_one(one, FALLING_ON), 1)


def _same(people: People) -> Iterator[Own]:
    """Runs of 64 about each of them, so that a crowd of that many asks about few at a time."""
    for asked in people.asked(Way.GATEWAY, _SAME):
        about = {"person": {"residentId": asked.resident_id, "name": asked.name}}
        for _ in range(64):
            yield Own(_about(about, ITEMS[Way.GATEWAY]), 1)


def _hot(people: People) -> Iterator[Own]:
    lookups = [{"type": BUSINESS, "subject": _organisation(one)} for one in people.businesses(100)]
    given = {"lookups": lookups, "purpose": purpose(ITEMS[Way.GATEWAY])}
    yield Own(written(_BUSINESSES, given), len(lookups))


def _dossier(people: People) -> Iterator[Own]:
    for number, person in enumerate(people.anybody(_REQUESTS)):
        yield _mixed(dossier(person, number))


def _city(people: People) -> Iterator[Own]:
    for mixed in islice(mixture(people.anybody(400), Random(_SEED)), 2 * _REQUESTS):
        yield _mixed(mixed)


_MADE: Mapping[str, Callable[[People], Iterator[Own]]] = {
    "verified": _verified,
    "dossier": _dossier,
    "hot": _hot,
    "same": _same,
    "city": _city,
}


def _mixed(mixed: Mixed) -> Own:
    return Own(mixed.body, mixed.lookups, HEARD, lenient=True)


def _one(person: Person, item: str) -> bytes:
    return _about({"person": {"residentId": person.resident_id, "name": person.name}}, item)


def _about(subject: Mapping[str, object], item: str) -> bytes:
    return written(_ONE, {"type": CERTIFICATE, "subject": subject, "purpose": purpose(item)})


def _organisation(one: Organisation) -> Mapping[str, object]:
    return {"organisation": {"creditCode": one.credit_code, "name": one.name}}
