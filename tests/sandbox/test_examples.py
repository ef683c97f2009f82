"""Subjects for demonstrations are found by what is held of them, always the same."""

import pytest

from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.platforms import load_platforms
from hub.sandbox.examples import Examples
from hub.sandbox.population import Organisation, Person
from hub.sandbox.sandbox import SandboxOptions, archive_of, packaged_platforms

TYPES = load_certificate_types(packaged_certificates())
PLATFORMS = load_platforms(packaged_platforms(), TYPES)
EXAMPLES = Examples(archive_of(SandboxOptions(seed=7, size=2000), TYPES, PLATFORMS), PLATFORMS)
MARRIAGE = "marriage_registration"


def test_by_the_province() -> None:
    """Somebody whose marriage the province holds."""
    person = EXAMPLES.person_with(MARRIAGE, {"province": True})

    assert EXAMPLES.held_at(MARRIAGE, person)["province"] is True


def test_not_by_the_province_but_by_the_municipality() -> None:
    """Somebody who falls through the first tier and is found in the second."""
    person = EXAMPLES.person_with(MARRIAGE, {"province": False, "municipality": True})
    held = EXAMPLES.held_at(MARRIAGE, person)

    assert (held["province"], held["municipality"]) == (False, True)


def test_only_by_verification_and_nowhere() -> None:
    """Somebody only the verification platform knows of, and somebody nobody does."""
    servers = {"province", "municipality", "verification"}
    only = EXAMPLES.held_only_at(MARRIAGE, "verification")
    nowhere = EXAMPLES.held_nowhere(MARRIAGE)

    assert EXAMPLES.held_at(MARRIAGE, only) == {name: name == "verification" for name in servers}
    assert EXAMPLES.held_at(MARRIAGE, nowhere) == dict.fromkeys(servers, False)


def test_skipping_gives_others() -> None:
    """Each skip is another person; the order never changes."""
    five = [EXAMPLES.person_with(MARRIAGE, {"province": True}, skip=each) for each in range(5)]
    again = [EXAMPLES.person_with(MARRIAGE, {"province": True}, skip=each) for each in range(5)]

    assert five == again
    assert len({person.identifier for person in five}) == 5


def test_the_kind_of_holder_is_the_types_own() -> None:
    """A person for a marriage, an organisation for a business licence."""
    assert isinstance(EXAMPLES.held_nowhere(MARRIAGE), Person)
    assert isinstance(EXAMPLES.held_nowhere("business_licence"), Organisation)


def test_every_type_of_every_platform_has_a_holder_and_somebody_without() -> None:
    """Whatever is declared can be shown."""
    for name, platform in PLATFORMS.items():
        for certificate in platform.interfaces:
            for held in (True, False):
                subject = EXAMPLES.person_with(certificate, {name: held})
                assert EXAMPLES.held_at(certificate, subject)[name] is held


@pytest.mark.parametrize(
    ("certificate", "held_at", "message"),
    [
        ("moon_landing", {}, 'no certificate type "moon_landing"'),
        ("kinship_proof", {"province": True}, "province does not serve kinship_proof; verif"),
    ],
)
def test_a_wrong_wish_tells_why(certificate: str, held_at: dict[str, bool], message: str) -> None:
    """Unknown types and platforms that don't serve the type are told apart."""
    with pytest.raises(LookupError, match=message):
        EXAMPLES.person_with(certificate, held_at)


def test_nobody_of_that_kind_tells_what_to_do() -> None:
    """In a population of one there may be nobody like that."""
    alone = Examples(archive_of(SandboxOptions(seed=7, size=1), TYPES, PLATFORMS), PLATFORMS)
    held = alone.held_at(MARRIAGE, alone.archive.population.person(0))["province"]

    with pytest.raises(LookupError, match="take a larger population"):
        alone.person_with(MARRIAGE, {"province": not held})
