"""Keys and roots in files."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from hub.notary.authority import loaded
from hub.notary.keeping import open_authority, read_key, read_trust, write_key, write_trust
from hub.notary.material import SigningKey
from hub.notary.words import ProofTrouble, SealKind, Unit
from tests.notary.ground import MADE, NOW, authority


def test_an_authority_is_made_once(tmp_path: Path) -> None:
    """The second opening finds the keys of the first; only their owner may read them."""
    first = open_authority(tmp_path / "notary", MADE)
    second = open_authority(tmp_path / "notary", NOW)

    assert second == first
    files = sorted((tmp_path / "notary").iterdir())
    assert [file.name for file in files] == [
        "clock.p12",
        "clocks.p12",
        "endorser.p12",
        "platform.p12",
        "roots",
        "seals.p12",
    ]
    assert {oct(file.stat().st_mode & 0o777) for file in files if file.is_file()} == {"0o600"}
    assert read_trust(tmp_path / "notary" / "roots") == first.trust


def test_an_interrupted_making_begins_anew(tmp_path: Path) -> None:
    """Until the last key is written there is no authority; what lies there is replaced."""
    open_authority(tmp_path, MADE)
    (tmp_path / "clock.p12").rename(tmp_path / ".clock.p12.new")

    again = open_authority(tmp_path, MADE)

    assert open_authority(tmp_path, MADE) == again
    assert read_trust(tmp_path / "roots") == again.trust


def test_keys_do_not_show_themselves() -> None:
    """No repr holds a private key."""
    assert "private" not in repr(authority())
    assert "private" not in repr(authority().endorser)


@pytest.mark.parametrize("content", [b"", b"not a key"])
def test_a_file_that_is_no_key(tmp_path: Path, content: bytes) -> None:
    """It is named."""
    (tmp_path / "x.p12").write_bytes(content)

    with pytest.raises(ProofTrouble, match=r"x\.p12 is not what its name says"):
        read_key(tmp_path / "x.p12")


def test_a_key_without_its_certificate(tmp_path: Path) -> None:
    """Half of a pair is told, too."""
    from_file = serialization.pkcs12.serialize_key_and_certificates(
        None, loaded(authority().clock), None, None, serialization.NoEncryption()
    )
    (tmp_path / "half.p12").write_bytes(from_file)

    with pytest.raises(ProofTrouble, match=r"half\.p12 holds no key with its certificate"):
        read_key(tmp_path / "half.p12")


def test_a_key_of_another_kind(tmp_path: Path) -> None:
    """The sandbox's keys are elliptic; anything else is told."""
    private = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )

    with pytest.raises(ProofTrouble, match="the key is not elliptic"):
        write_key(tmp_path / "x.p12", SigningKey(authority().clock.certificate, private))


def test_roots_that_are_missing(tmp_path: Path) -> None:
    """The missing file is named; so is one that holds no certificate."""
    with pytest.raises(ProofTrouble, match=r"seals\.pem can't be read \(FileNotFoundError\)"):
        read_trust(tmp_path)
    write_trust(tmp_path, authority().trust)
    (tmp_path / "clocks.pem").write_bytes(b"")
    with pytest.raises(ProofTrouble, match=r"clocks\.pem is not what its name says"):
        read_trust(tmp_path)


def test_a_unit_whose_name_is_too_long() -> None:
    """A certificate has room for 64 signs."""
    with pytest.raises(ProofTrouble, match="longer than 64 signs"):
        authority().make_seal("S", SealKind.SHARING, Unit("U", "某" * 65), MADE)
