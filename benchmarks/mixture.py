"""Lookups of many kinds, as counters make them: one, a hundred in a list, a dossier of twelve."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from random import Random

import orjson

from benchmarks.ground import OPERATOR, UNIT
from hub.catalogue.rows import (
    CatalogueContent,
    CatalogueRow,
    Measure,
    ServiceItem,
    Unit,
    UnitKind,
)
from hub.declarations.words import CertificateType
from hub.sandbox.population import Person, Population
from hub.sandbox.sandbox import SandboxOptions

PROVINCIAL = (
    "resident_id_card",
    "household_register",
    "driving_licence",
    "marriage_registration",
    "disability_card",
    "residence_permit",
    "vehicle_licence",
    "real_estate_title",
    "professional_title",
    "minimum_living_allowance",
    "social_insurance",
    "academic_degree",
    "academic_qualification",
    "ordinary_passport",
    "teacher_qualification",
    "nurse_practice_certificate",
    "vocational_skill_level",
    "special_operation_certificate",
)
"""Types for which the provincial platform is asked first; some of them only it serves."""
MUNICIPAL = (
    "housing_fund",
    "medical_insurance",
    "low_income_family",
    "senior_citizen_card",
    "house_number_certificate",
    "pension_benefit_status",
    "blood_donation_certificate",
    "employment_and_startup_certificate",
)
"""Types for which the provincial platform is never asked."""
EVERY = (*PROVINCIAL, *MUNICIPAL)
DOSSIER = (
    *PROVINCIAL[:7],
    "real_estate_title",
    "housing_fund",
    "pension_benefit_status",
    "academic_degree",
    "no_criminal_record",
)
"""What the item with a dossier requires; the last one only the verification platform holds."""
SINGLES, DOSSIERS = "许可-00003-000", "许可-00004-000"
PEOPLE = 400

_KIND = re.compile(rb'"__typename":"(Found|NotHeld|Unavailable|Denied|Pending)"')
_OUTCOME = """{
  __typename
  record
  answeredIn
  trail { source { name } said took }
  ... on Found { source { name } certificate { id number issuedOn validUntil issuer { name } } }
}"""
_ONE = (
    "query One($type: ID!, $subject: SubjectInput!, $purpose: PurposeInput!) "
    f"{{ outcome: certificate(type: $type, subject: $subject, purpose: $purpose) {_OUTCOME} }}"
)
_MANY = (
    "query Many($lookups: [LookupInput!]!, $purpose: PurposeInput!) "
    f"{{ outcomes: certificates(lookups: $lookups, purpose: $purpose) {_OUTCOME} }}"
)
_DOSSIER = (
    "query Dossier($subject: SubjectInput!, $purpose: PurposeInput!) "
    f"{{ dossier(subject: $subject, purpose: $purpose) {{ entries {{ outcome {_OUTCOME} }} }} }}"
)


@dataclass(frozen=True, slots=True)
class Mixed:
    """A request of which nobody knows what becomes, as platforms may fail meanwhile."""

    body: bytes = field(repr=False)
    lookups: int

    def outcomes(self, answer: bytes) -> Counter[str]:
        """How many of its lookups were found, not held and so on; those without an outcome, too."""
        told = Counter(kind.decode() for kind in _KIND.findall(answer))
        told["without an outcome"] = self.lookups - told.total()
        return +told


def mixed_catalogue(
    types: Mapping[str, CertificateType], shared: frozenset[str] = frozenset(EVERY)
) -> CatalogueContent:
    """Two items: one under which any type may be asked, and one that requires a dossier.

    Types that are not shared are verified.
    """
    wanted = [(SINGLES, name) for name in EVERY]
    wanted += [(DOSSIERS, name) for name in DOSSIER]
    return CatalogueContent(
        units=(Unit(UNIT, "示例窗口", UnitKind.GOVERNMENT),),
        items=tuple(
            ServiceItem(item, f"示例事项{item}", "综合", UNIT, True, None)
            for item in (SINGLES, DOSSIERS)
        ),
        rows=tuple(
            CatalogueRow(
                number,
                UNIT,
                item,
                name,
                "示例机关",
                (Measure.SHARING if name in shared else Measure.VERIFICATION,),
                frozenset(types[name].fields),
            )
            for number, (item, name) in enumerate(wanted, start=1)
        ),
    )


def people(count: int = PEOPLE) -> list[Person]:
    """The first of the sandbox's people."""
    options = SandboxOptions()
    population = Population(options.seed, options.size)
    return [population.person(index) for index in range(count)]


def singles(types: Sequence[str], who: Sequence[Person], dice: Random) -> Iterator[Mixed]:
    """Requests of one lookup without end: each type in turn, about somebody."""
    for number, certificate in enumerate(cycle(types)):
        yield _single(certificate, dice.choice(who), number)


def mixture(who: Sequence[Person], dice: Random) -> Iterator[Mixed]:
    """Seven of ten ask one lookup, one of fifty a hundred in a list, the others a dossier."""
    number = 0
    while number := number + 1:
        drawn = dice.random()
        if drawn < 0.70:
            yield _single(dice.choice(EVERY), dice.choice(who), number)
        elif drawn < 0.72:
            yield _hundred([(dice.choice(EVERY), dice.choice(who)) for _ in range(100)], number)
        else:
            yield dossier(dice.choice(who), number)


def _single(certificate: str, person: Person, number: int) -> Mixed:
    variables = {**_lookup(certificate, person), "purpose": _purpose(SINGLES, number)}
    return _request(_ONE, variables, 1)


def _hundred(wanted: Sequence[tuple[str, Person]], number: int) -> Mixed:
    asked = [_lookup(certificate, person) for certificate, person in wanted]
    return _request(_MANY, {"lookups": asked, "purpose": _purpose(SINGLES, number)}, len(asked))


def dossier(person: Person, number: int) -> Mixed:
    """The twelve certificates that the one item requires."""
    variables = {"subject": _subject(person), "purpose": _purpose(DOSSIERS, number)}
    return _request(_DOSSIER, variables, len(DOSSIER))


def _request(query: str, variables: Mapping[str, object], lookups: int) -> Mixed:
    return Mixed(orjson.dumps({"query": query, "variables": variables}), lookups)


def _lookup(certificate: str, person: Person) -> dict[str, object]:
    return {"type": certificate, "subject": _subject(person)}


def _subject(person: Person) -> Mapping[str, object]:
    return {"person": {"residentId": person.resident_id, "name": person.name}}


def _purpose(item: str, number: int) -> Mapping[str, str]:
    return {"item": item, "case": f"办-{number}", "operator": OPERATOR}
