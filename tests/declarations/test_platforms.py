"""The sandbox's platforms, and what a deployment may say of its own."""

import shutil
from pathlib import Path

import pytest

from connectors.contract import Blank, CodeTest, FieldSource, ValueKind
from connectors.dialects import find_dialect
from hub.declarations.credentials import credential_of, load_credentials
from hub.declarations.platforms import load_platforms
from hub.declarations.words import ConfigurationError
from hub.evidence import Tier
from tests.declarations.bad_examples import SANDBOX, TYPES

PLATFORMS = load_platforms(SANDBOX, TYPES)
CREDENTIALS = SANDBOX.parent / "credentials.toml"


def test_five_platforms_in_three_tiers() -> None:
    """The sandbox has one provincial, three municipal and one supplementary platform."""
    assert {name: (p.tier, p.dialect, p.url) for name, p in PLATFORMS.items()} == {
        "province": (Tier.PROVINCIAL, "gateway", "http://127.0.0.1:9101"),
        "municipality": (Tier.MUNICIPAL, "gateway", "http://127.0.0.1:9102"),
        "municipal_integrated": (Tier.MUNICIPAL, "restapi", "http://127.0.0.1:9103"),
        "human_resources_bureau": (Tier.MUNICIPAL, "bureau_xml", "http://127.0.0.1:9104"),
        "verification": (Tier.SUPPLEMENTARY, "verification", "http://127.0.0.1:9105"),
    }


def test_78_kinds_are_shared_and_49_only_verified() -> None:
    """The verification platform serves all kinds, the shared platforms 78 of them."""
    shared = {
        served
        for platform in PLATFORMS.values()
        if platform.tier is not Tier.SUPPLEMENTARY
        for served in platform.interfaces
    }

    assert len(shared) == 78
    assert PLATFORMS["verification"].interfaces.keys() == TYPES.keys()


def test_a_blank_needs_a_code_only_where_the_dialect_has_none() -> None:
    """Without an outer code of the dialect, each interface where blank is absence names its own."""
    absences = {
        interface.answer.success is not None
        for platform in PLATFORMS.values()
        if not find_dialect(platform.dialect).coded
        for interface in platform.interfaces.values()
        if interface.answer.blank is Blank.NOT_HELD
    }

    assert absences == {True}


def test_gateways_use_all_three_styles() -> None:
    """Both sharing gateways are asked by query, form and JSON."""
    for name in ("province", "municipality"):
        styles = {interface.style for interface in PLATFORMS[name].interfaces.values()}
        assert styles == {"query", "form", "json"}


def test_the_municipality_nests_what_it_republishes_one_level_deeper() -> None:
    """Each path of a republished interface has one step more than the provincial one."""
    province, municipality = PLATFORMS["province"].interfaces, PLATFORMS["municipality"].interfaces
    republished = province.keys() & municipality.keys()

    assert len(republished) == 16
    for served in republished:
        depth = province[served].answer.rows.count(".")
        assert municipality[served].answer.rows.count(".") == depth + 1


def test_an_interface_is_read_whole() -> None:
    """Parameters, envelope, codes and fields of a file arrive as declared."""
    interface = PLATFORMS["municipality"].interfaces["minimum_living_allowance"]

    assert interface.parameters == {
        "aHAP0015": "{subject.id}",
        "bHAX0114": "{today.year}",
        "bHAX0115": "{today.month}",
    }
    assert (interface.style, interface.timeout) == ("json", 2.0)
    assert interface.answer.rows == "datas.datas.datas"
    assert interface.answer.blank is Blank.NOT_HELD
    assert interface.answer.success == CodeTest("datas.datas.code", ("1",))
    assert interface.answer.absent == CodeTest("datas.datas.code", ("2",))
    assert interface.answer.holder == ("AHAP0015",)
    assert interface.answer.fields[4] == FieldSource(
        "monthly_amount", "BHAX0110", ValueKind.DECIMAL
    )


def test_the_verification_platform_answers_by_our_names() -> None:
    """Its target is the type's name and its fields are called as we call them."""
    interface = PLATFORMS["verification"].interfaces["no_criminal_record"]

    assert (interface.name, interface.target) == ("no_criminal_record", "no_criminal_record")
    assert [source.name for source in interface.answer.fields] == list(
        TYPES["no_criminal_record"].fields
    )


def test_every_field_of_a_shared_type_is_served() -> None:
    """Each shared interface maps every field that its certificate type declares."""
    for platform in PLATFORMS.values():
        for served, interface in platform.interfaces.items():
            mapped = [source.name for source in interface.answer.fields]
            assert (platform.name, mapped) == (platform.name, list(TYPES[served].fields))


def test_no_platform_is_told_of_traces_unless_it_says_so(tmp_path: Path) -> None:
    """`trace` is true or false, and false where it is left out; anything else is refused."""
    shutil.copytree(SANDBOX / "province", tmp_path / "province")
    file = tmp_path / "province" / "platform.toml"
    declared = file.read_text("utf-8")

    file.write_text(declared + "trace = true\n", "utf-8")
    assert load_platforms(tmp_path, TYPES)["province"].trace is True
    file.write_text(declared + 'trace = "yes"\n', "utf-8")
    with pytest.raises(ConfigurationError) as raised:
        load_platforms(tmp_path, TYPES)

    assert not any(platform.trace for platform in PLATFORMS.values())
    assert str(raised.value) == f'{file}: trace: given "yes" (a text). Allowed: true or false.'


def test_no_interface_id_is_used_twice() -> None:
    """Each interface of a platform has a target of its own."""
    for platform in PLATFORMS.values():
        targets = [interface.target for interface in platform.interfaces.values()]
        assert len(set(targets)) == len(targets)


def test_every_platform_finds_its_credential() -> None:
    """The sandbox's credentials are complete for the dialect of each platform."""
    credentials = load_credentials(CREDENTIALS, {})

    keys = {name: set(credential_of(p, credentials)) for name, p in PLATFORMS.items()}

    assert keys["municipality"] == {"app_key", "app_secret"}
    assert keys["verification"] == {"access_key", "secret"}


def test_an_endpoint_can_be_given_from_outside() -> None:
    """A given endpoint takes the place of the declared one, for that platform only."""
    platforms = load_platforms(SANDBOX, TYPES, {"province": "http://127.0.0.1:40001/"})

    assert platforms["province"].url == "http://127.0.0.1:40001"
    assert platforms["municipality"].url == "http://127.0.0.1:9102"


def test_a_platform_may_have_other_addresses(tmp_path: Path) -> None:
    """Replicas are read in their order; a platform that names none has none."""
    shutil.copytree(SANDBOX, tmp_path / "platforms")
    file = tmp_path / "platforms" / "province" / "platform.toml"
    declared = 'replicas = ["http://127.0.0.1:9111/", "http://127.0.0.1:9112"]\n'
    file.write_text(declared + file.read_text("utf-8"), "utf-8")

    platforms = load_platforms(tmp_path / "platforms", TYPES)
    elsewhere = load_platforms(tmp_path / "platforms", TYPES, {"province": "http://127.0.0.1:1"})

    assert platforms["province"].replicas == ("http://127.0.0.1:9111", "http://127.0.0.1:9112")
    assert platforms["municipality"].replicas == ()
    assert (elsewhere["province"].url, elsewhere["province"].replicas) == ("http://127.0.0.1:1", ())


def test_replicas_can_be_given_from_outside() -> None:
    """They stand behind the given endpoint, parted by `|`."""
    given = {"province": "http://127.0.0.1:40001/ | http://127.0.0.1:40002|http://127.0.0.1:40003"}

    province = load_platforms(SANDBOX, TYPES, given)["province"]

    assert province.url == "http://127.0.0.1:40001"
    assert province.replicas == ("http://127.0.0.1:40002", "http://127.0.0.1:40003")


def test_a_given_replica_is_checked_like_a_declared_one() -> None:
    """What is wrong with it is told beside the platform's name."""
    with pytest.raises(ConfigurationError) as caught:
        load_platforms(SANDBOX, TYPES, {"province": "http://127.0.0.1:1|http://127.0.0.1:1"})

    assert str(caught.value) == (
        f'{SANDBOX}: (endpoint of province): "http://127.0.0.1:1" is an address already. Allowed: '
        "URLs of other servers of the same platform, each with the endpoint's path, such as "
        '["https://share-2.example"].'
    )


def test_an_endpoint_of_no_platform_is_refused() -> None:
    """An endpoint for a platform that isn't there names the ones that are."""
    with pytest.raises(ConfigurationError) as caught:
        load_platforms(SANDBOX, TYPES, {"provinc": "http://127.0.0.1:40001"})

    assert str(caught.value) == (
        f'{SANDBOX}: (endpoints): an endpoint is given for "provinc", which is no platform here;'
        ' did you mean "province"? Allowed: human_resources_bureau, municipal_integrated,'
        " municipality, province, verification."
    )


def test_a_given_endpoint_is_checked_like_a_declared_one() -> None:
    """A given endpoint that is no URL is refused with an example of one."""
    with pytest.raises(ConfigurationError) as caught:
        load_platforms(SANDBOX, TYPES, {"province": "127.0.0.1:9101"})

    assert str(caught.value) == (
        f'{SANDBOX}: (endpoint of province): given "127.0.0.1:9101".'
        " Allowed: a URL such as https://share.example or http://127.0.0.1:9101."
    )


def test_one_folder_adds_one_platform(tmp_path: Path) -> None:
    """A copied folder under a new name is a platform more."""
    shutil.copytree(SANDBOX, tmp_path / "platforms")
    shutil.copytree(SANDBOX / "municipality", tmp_path / "platforms" / "harbour")

    platforms = load_platforms(tmp_path / "platforms", TYPES)

    assert platforms.keys() - PLATFORMS.keys() == {"harbour"}
    assert platforms["harbour"].interfaces == PLATFORMS["municipality"].interfaces
