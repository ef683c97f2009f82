"""People and organisations are functions of the seed, and found again by their identifiers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from hub.sandbox.population import LARGEST, Population

seeds = st.integers(min_value=0, max_value=2**32)
sizes = st.integers(min_value=1, max_value=LARGEST)
POPULATION = Population(7, 5000)


@given(seeds, sizes, st.data())
def test_a_person_has_a_valid_resident_id_and_is_found_by_it(
    seed: int, size: int, data: st.DataObject
) -> None:
    """Every resident id passes GB 11643 and leads back to its person."""
    population = Population(seed, size)
    person = population.person(data.draw(st.integers(0, size - 1)))

    assert ric.is_valid(person.resident_id)
    assert person.resident_id.startswith("3302")
    assert population.find(person.resident_id) == person


@given(seeds, sizes, st.data())
def test_an_organisation_has_a_valid_credit_code_and_is_found_by_it(
    seed: int, size: int, data: st.DataObject
) -> None:
    """Every credit code passes GB 32100 and leads back to its organisation."""
    population = Population(seed, size)
    number = data.draw(st.integers(0, population.organisations - 1))
    organisation = population.organisation(number)

    assert uscc.is_valid(organisation.credit_code)
    assert organisation.credit_code[2:6] == "3302"
    assert population.find(organisation.credit_code) == organisation


@given(seeds, sizes, st.data())
def test_the_id_tells_birth_and_sex(seed: int, size: int, data: st.DataObject) -> None:
    """The birth date and the sex are those that the resident id holds."""
    person = Population(seed, size).person(data.draw(st.integers(0, size - 1)))

    assert ric.get_birth_date(person.resident_id) == person.born_on
    assert person.sex == ("男" if int(person.resident_id[16]) % 2 else "女")


@given(st.text(max_size=20) | st.from_regex(r"[0-9A-Z]{18}", fullmatch=True))
def test_nobody_is_found_by_an_invented_identifier(identifier: str) -> None:
    """An identifier of nobody here finds nobody, however odd it is."""
    found = POPULATION.find(identifier)

    assert found is None or found.identifier == identifier


def test_identifiers_are_all_different() -> None:
    """No two people and no two organisations share an identifier."""
    people = {POPULATION.person(number).resident_id for number in range(5000)}
    codes = {POPULATION.organisation(number).credit_code for number in range(625)}

    assert (len(people), len(codes), POPULATION.organisations) == (5000, 625, 625)


def test_a_changed_check_character_finds_nobody() -> None:
    """An identifier with another check character is nobody's."""
    identifier = POPULATION.person(1).resident_id
    others = [identifier[:17] + check for check in "0123456789X" if check != identifier[17]]

    assert [POPULATION.find(other) for other in others] == [None] * 10


def test_the_same_seed_makes_the_same_people() -> None:
    """Seed and number decide; the size does not."""
    assert Population(7, 10).person(3) == Population(7, 10_000_000).person(3)
    assert Population(8, 10).person(3) != Population(7, 10).person(3)


def test_a_person_beyond_the_population_is_nobody() -> None:
    """Somebody of a larger population is not found in a smaller one."""
    outsider = Population(7, 100).person(10)

    assert Population(7, 10).find(outsider.resident_id) is None


@pytest.mark.parametrize("size", [0, -1, LARGEST + 1])
def test_an_impossible_size_tells_what_is_possible(size: int) -> None:
    """The size is refused with its bounds."""
    with pytest.raises(ValueError, match=f"population size {size}: give a number from 1 to"):
        Population(7, size)


@pytest.mark.parametrize("number", [-1, 5000])
def test_a_number_outside_is_refused(number: int) -> None:
    """People are counted from 0."""
    with pytest.raises(IndexError, match="there are 5000"):
        POPULATION.person(number)


def test_nobody_shows_in_a_repr() -> None:
    """The repr of a person or an organisation shows neither identifier nor name."""
    person, organisation = POPULATION.person(0), POPULATION.organisation(0)

    assert person.resident_id not in repr(person)
    assert person.name not in repr(person)
    assert organisation.credit_code not in repr(organisation)
