"""The certificate types that come with the hub, and one more beside them."""

import shutil
from pathlib import Path

import pytest

from connectors.contract import ValueKind
from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.words import ConfigurationError, Sensitivity
from hub.evidence import HolderKind
from tests.declarations.bad_examples import TYPES

CARD = packaged_certificates() / "resident_id_card.toml"


def test_127_types_are_packaged() -> None:
    """The city's number of kinds, each with titles of its own."""
    assert len(TYPES) == 127
    assert len({kind.title_zh for kind in TYPES.values()}) == 127
    assert len({kind.title_en for kind in TYPES.values()}) == 127


def test_known_type_codes() -> None:
    """Only type codes of GB/T 36903 that are known stand there."""
    codes = {name: kind.code for name, kind in TYPES.items() if kind.code}

    assert codes == {
        "resident_id_card": "11100000000013127D001",
        "real_estate_title": "11100000MB03271699001",
        "business_licence": "11100000MB0143028R001",
    }


def test_every_identifier_of_a_person_is_sensitive() -> None:
    """An identifier is sensitive, but for a credit code, which is public."""
    lax = [
        f"{kind.name}.{field.name}"
        for kind in TYPES.values()
        for field in kind.fields.values()
        if field.kind is ValueKind.IDENTIFIER
        and field.sensitivity is not Sensitivity.SENSITIVE
        and field.name != "credit_code"
    ]

    assert lax == []


def test_a_type_is_read_whole() -> None:
    """Titles, holder, parts and fields of a file arrive as declared."""
    kind = TYPES["business_licence"]

    assert (kind.title_zh, kind.title_en) == ("营业执照", "Business licence")
    assert kind.holders == frozenset({HolderKind.ORGANISATION})
    assert (kind.number, kind.issued_on) == ("registration_number", "approved_on")
    assert (kind.valid_from, kind.valid_until) == ("operates_from", "operates_until")
    assert kind.fields["registered_capital"].kind is ValueKind.DECIMAL
    assert kind.fields["registered_capital"].label_zh == "注册资本(万元)"


def test_either_holder_is_both() -> None:
    """A type of either holder is a person's and an organisation's."""
    assert TYPES["real_estate_title"].holders == frozenset(HolderKind)


def test_one_file_adds_one_type(tmp_path: Path) -> None:
    """A file in a folder of the deployment is a type more, named after the file."""
    text = CARD.read_text("utf-8").replace('code = "11100000000013127D001"\n', "")
    (tmp_path / "harbour_pass.toml").write_text(text, "utf-8")

    types = load_certificate_types(packaged_certificates(), tmp_path)

    assert types.keys() - TYPES.keys() == {"harbour_pass"}
    assert len(types) == 128


def test_a_type_is_declared_once(tmp_path: Path) -> None:
    """A second file of the same name in another folder is an error that names both."""
    shutil.copy(CARD, tmp_path)

    with pytest.raises(ConfigurationError) as caught:
        load_certificate_types(packaged_certificates(), tmp_path)

    assert str(caught.value) == (
        f'{tmp_path}/resident_id_card.toml: (file name): "resident_id_card" is declared already'
        f" in {CARD}. Allowed: one file per certificate type."
    )
