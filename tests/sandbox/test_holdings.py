"""Who holds what: shares by tier, decided by the seed."""

from pathlib import Path

import pytest

from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.platforms import load_platforms
from hub.declarations.words import ConfigurationError
from hub.evidence import Tier
from hub.sandbox.holdings import Holdings, load_shares, packaged_shares
from hub.sandbox.population import Population
from hub.sandbox.sandbox import SandboxOptions, archive_of, packaged_platforms

TYPES = load_certificate_types(packaged_certificates())
PLATFORMS = load_platforms(packaged_platforms(), TYPES)
SHARES = load_shares(packaged_shares(), TYPES)
POPULATION = Population(7, 4000)
TOLERANCE = 0.03  # four standard deviations of 4000 draws


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_platform_holds_the_share_of_its_tier(platform: str) -> None:
    """The share of people of whom it is held is the declared one."""
    holdings = Holdings(7, SHARES)
    for certificate in list(PLATFORMS[platform].interfaces)[:4]:
        kind = TYPES[certificate]
        subjects = [POPULATION.person(each) for each in range(4000)]
        held = sum(holdings.holds(PLATFORMS[platform], kind, each) for each in subjects)
        persons = "person" in {holder.value for holder in kind.holders}
        expected = SHARES.of(certificate, PLATFORMS[platform].tier) if persons else 0.0

        assert abs(held / 4000 - expected) < TOLERANCE


def test_the_packaged_shares_name_packaged_types_alone() -> None:
    """No table of the packaged file is idle."""
    assert SHARES.types.keys() <= TYPES.keys()


def test_platforms_decide_for_themselves() -> None:
    """Those a municipal platform holds and those the province holds are independent."""
    holdings, kind = Holdings(7, SHARES), TYPES["marriage_registration"]
    people = [POPULATION.person(each) for each in range(4000)]
    both = sum(
        holdings.holds(PLATFORMS["province"], kind, each)
        and holdings.holds(PLATFORMS["municipality"], kind, each)
        for each in people
    )

    assert abs(both / 4000 - 0.70 * 0.45) < TOLERANCE


def test_an_organisation_holds_no_persons_certificate() -> None:
    """A resident ID card is never held of an organisation."""
    holdings = Holdings(7, SHARES)
    organisations = [POPULATION.organisation(each) for each in range(100)]
    kind = TYPES["resident_id_card"]

    assert not any(holdings.holds(PLATFORMS["province"], kind, each) for each in organisations)


def test_the_same_options_hold_the_same() -> None:
    """Two archives of one seed agree about everything; another seed differs."""
    one, two = (archive_of(SandboxOptions(seed=3, size=50), TYPES, PLATFORMS) for _ in range(2))
    other = archive_of(SandboxOptions(seed=4, size=50), TYPES, PLATFORMS)
    kind = TYPES["household_register"]
    person = one.population.person(5)

    assert one.certificates.values(kind, person) == two.certificates.values(kind, person)
    assert one.certificates.values(kind, person) != other.certificates.values(kind, person)


def test_an_override_takes_the_place_of_the_default_for_its_tier_alone(tmp_path: Path) -> None:
    """A type's table changes the tiers it names."""
    file = tmp_path / "holdings.toml"
    file.write_text(
        "[default]\nprovincial = 0.5\nmunicipal = 0.4\nsupplementary = 0.3\n"
        "[types.resident_id_card]\nmunicipal = 1.0\n"
    )
    shares = load_shares(file, TYPES)

    assert [shares.of("resident_id_card", tier) for tier in Tier] == [0.5, 1.0, 0.3]
    assert [shares.of("housing_fund", tier) for tier in Tier] == [0.5, 0.4, 0.3]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[defaults]\n", "defaults: unknown; allowed: [default] and [types.<type>]"),
        ("[default]\nprovincial = 1\n", "default.municipal: missing; allowed: a share from 0 to 1"),
        ("[default]\ncity = 1\n", "default.city: unknown; allowed: provincial, municipal, supp"),
        (
            "[default]\nprovincial = 1\nmunicipal = 1\nsupplementary = 1\n[types.moon]\n",
            "types.moon: unknown; allowed: the name of a certificate type",
        ),
        ("[default]\nprovincial = 2\n", "default.provincial: given 2; allowed: a share from 0"),
    ],
)
def test_wrong_shares_tell_the_fix(tmp_path: Path, text: str, message: str) -> None:
    """A wrong file is refused with its key and what is allowed."""
    file = tmp_path / "holdings.toml"
    file.write_text(text)

    with pytest.raises(ConfigurationError) as refused:
        load_shares(file, TYPES)

    assert str(refused.value).startswith(f"{file}: {message}")
