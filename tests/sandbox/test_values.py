"""Certificates are plausible and say the same on every platform."""

from datetime import date

from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.platforms import load_platforms
from hub.sandbox.sandbox import SandboxOptions, archive_of, packaged_platforms

TYPES = load_certificate_types(packaged_certificates())
PLATFORMS = load_platforms(packaged_platforms(), TYPES)
ARCHIVE = archive_of(SandboxOptions(seed=7, size=500), TYPES, PLATFORMS)


def test_every_type_has_a_value_for_every_field() -> None:
    """No declared field is forgotten, whoever the subject is."""
    for kind in TYPES.values():
        for subject in (ARCHIVE.population.person(1), ARCHIVE.population.organisation(1)):
            assert ARCHIVE.certificates.values(kind, subject).keys() == kind.fields.keys()


def test_an_id_card_is_its_holders() -> None:
    """Name, sex, birth and number are the person's."""
    person = ARCHIVE.population.person(2)
    card = ARCHIVE.certificates.values(TYPES["resident_id_card"], person)

    sex = "male" if person.sex == "男" else "female"
    assert (card["name"], card["sex"], card["born_on"], card["id_number"]) == (
        person.name,
        sex,
        person.born_on,
        person.resident_id,
    )


def test_a_marriage_has_a_man_and_a_woman_and_one_is_the_subject() -> None:
    """The subject stands on its own side, the spouse of the other sex on the other."""
    for number in range(50):
        person = ARCHIVE.population.person(number)
        found = ARCHIVE.certificates.values(TYPES["marriage_registration"], person)
        sides = [found["husband_id_number"], found["wife_id_number"]]
        couple = [ARCHIVE.population.find(str(side)) for side in sides]

        assert person in couple
        assert [getattr(each, "sex", None) for each in couple] == ["男", "女"]


def test_validity_is_sometimes_open_ended_and_never_ends_before_it_begins() -> None:
    """About three certificates of ten have no end."""
    ends = []
    for number in range(500):
        card = ARCHIVE.certificates.values(
            TYPES["resident_id_card"], ARCHIVE.population.person(number)
        )
        begun, end = card["valid_from"], card["valid_until"]
        assert isinstance(begun, date)
        assert end is None or (isinstance(end, date) and end > begun)
        ends.append(end)

    assert 100 < ends.count(None) < 200
