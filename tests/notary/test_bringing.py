"""Seals that were made elsewhere, brought in by the command."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hub.notary.bringing import brought_seal
from hub.notary.keeping import read_key, write_key
from hub.notary.words import ProofTrouble, SealKind
from tests.commands.terminal import certhub
from tests.notary.ground import CIVIL, LAND, MADE, made_seal
from tests.notary.sm2_ground import NUMBER, OPENSSL, openssl, sm2_key, sm2_root

needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
DESK = f"""
[units.{CIVIL.code}]
name = "{CIVIL.name_zh}"
issues = ["marriage_registration"]
verifiers = ["vera"]
seal_keepers = ["keeper"]
"""


@needs_openssl
def test_an_sm2_seal_made_by_openssl_is_brought_in(tmp_path: Path) -> None:
    """Certificate and key as OpenSSL writes them, PEM after PEM: on record, and its key kept."""
    pytest.importorskip("gmssl_pyx", reason="gmssl-pyx is not installed")
    (tmp_path / "desk.toml").write_text(DESK)
    sm2_root(tmp_path)
    key = sm2_key(tmp_path)
    openssl("pkcs8", "-topk8", "-nocrypt", "-in", "seal.key", "-out", "seal.pem", at=tmp_path)
    both = (tmp_path / "seal.pem").read_bytes() + (tmp_path / "seal.crt").read_bytes()
    (tmp_path / "both.pem").write_bytes(both)
    words = ("bring", CIVIL.code, "verification", "both.pem", "--number", NUMBER)

    done = certhub("seals", *words, "--data", str(tmp_path), at=tmp_path)
    again = certhub("seals", *words, "--data", str(tmp_path), at=tmp_path)
    exported = certhub("seals", "export", "--data", str(tmp_path), at=tmp_path)

    assert (done.code, done.out) == (0, NUMBER)
    assert "notary/roots/seals.pem" in done.err
    assert read_key(tmp_path / "notary" / "seals" / f"{NUMBER}.p12") == key
    assert again.code == 1
    assert f"seal {NUMBER} is in the registry already" in again.err
    assert NUMBER in json.dumps(json.loads(exported.out))


def test_a_seal_in_pkcs12_is_brought_in(tmp_path: Path) -> None:
    """Elliptic keys of the usual kind come in PKCS#12; the dates are those of the certificate."""
    keyed = made_seal()
    write_key(tmp_path / "seal.p12", keyed.key)

    seal = brought_seal("77", SealKind.VERIFICATION, CIVIL, read_key(tmp_path / "seal.p12"), MADE)

    assert (seal.certificate, seal.not_before, seal.not_after) == (
        keyed.key.certificate,
        keyed.seal.not_before,
        keyed.seal.not_after,
    )


def test_the_seal_of_another_unit_is_not_taken() -> None:
    """The certificate names whose it is."""
    with pytest.raises(ProofTrouble, match="the certificate is that of 某市民政局, and U-LAND is"):
        brought_seal("77", SealKind.VERIFICATION, LAND, made_seal().key, MADE)


@needs_openssl
def test_a_key_of_another_certificate_is_not_taken(tmp_path: Path) -> None:
    """Neither of SM2 nor of the usual kind."""
    pytest.importorskip("gmssl_pyx", reason="gmssl-pyx is not installed")
    sm2_root(tmp_path)
    one, other = sm2_key(tmp_path), sm2_key(tmp_path, name="other")
    usual, strange = made_seal().key, made_seal().key

    for key, stranger in ((one, other), (usual, strange)):
        mixed = replace(key, private_key=stranger.private_key)
        with pytest.raises(ProofTrouble, match="the key is not that of the certificate"):
            brought_seal("77", SealKind.VERIFICATION, CIVIL, mixed, MADE)
