"""Whom a field is about, by the words of its name: the subject, a relative, an employer."""

from functools import cache

from hub.sandbox.draw import draw
from hub.sandbox.population import Organisation, Person, Population

Subject = Person | Organisation

_MEN = frozenset({"husband", "groom", "male"})
_WOMEN = frozenset({"wife", "bride", "female"})
_RELATIVES = {
    "father": "男",
    "mother": "女",
    "spouse": None,
    "relative": None,
    "guardian": None,
    "agent": None,
    "representative": None,
    "legal": None,
    "head": None,
    "director": None,
    "charge": None,
    "manager": None,
    "principal": None,
    "child": None,
    "adoptee": None,
    "deceased": None,
    "landlord": None,
    "obligor": None,
}
_EMPLOYERS = frozenset({"employer", "company", "workplace", "organisation", "unit", "firm"})


@cache
def words_of(name: str) -> frozenset[str]:
    """The words of a field's name."""
    return frozenset(name.split("_"))


def about(population: Population, field: str, subject: Subject) -> Subject:
    """Whom the field is about; one relation of a subject is always the same somebody."""
    words = words_of(field)
    if isinstance(subject, Person):
        if words & _MEN:
            return (
                subject if subject.sex == "男" else _relative(population, "spouse", "男", subject)
            )
        if words & _WOMEN:
            return (
                subject if subject.sex == "女" else _relative(population, "spouse", "女", subject)
            )
        if words & _EMPLOYERS:
            return _employer(population, subject)
    for relation, sex in _RELATIVES.items():
        if relation in words:
            return _relative(population, relation, sex, subject)
    return subject


def stranger(population: Population, subject: Subject) -> Subject:
    """Somebody else of the same kind; in a population of one, the subject."""
    if isinstance(subject, Person):
        return population.person((subject.index + 1) % population.size)
    return population.organisation((subject.index + 1) % population.organisations)


def _of_couple(population: Population, sex: str, subject: Person) -> Person:
    return subject if subject.sex == sex else _relative(population, "spouse", sex, subject)


def _employer(population: Population, subject: Person) -> Organisation:
    number = draw(str(population.seed), "employer", subject.identifier)
    return population.organisation(number % population.organisations)


def _relative(population: Population, relation: str, sex: str | None, subject: Subject) -> Person:
    number = draw(str(population.seed), relation, subject.identifier)
    person = population.person(number % population.size)
    for _ in range(20):
        if sex in (None, person.sex) and person.identifier != subject.identifier:
            break
        person = population.person((person.index + 1) % population.size)
    return person
