"""Seals of SM2 with SM3, beside OpenSSL, which made the certificates and checks what we sign."""

import json
import pickle
import random
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import algos, keys, x509
from cryptography.exceptions import InvalidSignature
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko_certvalidator.sig_validate import SignatureValidationContext

from hub.notary.checking import check
from hub.notary.keeping import read_key, read_trust, write_key, write_trust
from hub.notary.material import Signing
from hub.notary.pool import open_workshop
from hub.notary.sealing import seal
from hub.notary.sm2 import (
    DIGEST_ID,
    SIGNATURE,
    SIGNATURE_ID,
    ExtraMissing,
    is_sm2,
    sm2_sign,
    sm2_verify,
)
from hub.notary.sm2_signatures import WithSm2
from hub.notary.verdict import Check, Result, Verdict
from hub.notary.words import ProofTrouble
from tests.notary.ground import LATER, authority, civil_seal, proof, registry
from tests.notary.sm2_ground import OPENSSL, Sm2World, openssl, sm2_key, sm2_root, sm2_world

pytest.importorskip("gmssl_pyx", reason="gmssl-pyx is not installed: pip install 'certhub[sm]'")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")

ROOT = Path(__file__).parents[2]
WITHOUT_EXTRA = """
import json, pickle, sys
sys.modules["gmssl_pyx"] = None  # as where it is not installed
from hub.notary.checking import check
from hub.notary.material import Signing
from hub.notary.sealing import seal
from hub.notary.sm2 import ExtraMissing

world, usual, trust, records, now = pickle.load(sys.stdin.buffer)
first = check(world.proof.pdf, world.trust, None, now=world.now).checks[0]
try:
    signing = Signing(world.keyed.key, world.now)
    seal(world.content, world.keyed.seal, world.keyed.record.uses[0], signing)
except ExtraMissing as trouble:
    refused = str(trouble)
accepted = check(usual.pdf, trust, records, now=now).accepted
print(json.dumps([first.result, first.message, refused, accepted]))
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Sm2World:
    """One proof under an SM2 seal."""
    return sm2_world(tmp_path_factory.mktemp("sm2"))


def checked(world: Sm2World, pdf: bytes | None = None, **further: object) -> Verdict:
    """The verdict on the proof, or on another file in its place."""
    given = {"subject": world.content.holder, "twin": world.proof.twin, **further}
    return check(
        world.proof.pdf if pdf is None else pdf,
        world.trust,
        registry(world.keyed.record),
        now=world.now + timedelta(minutes=1),
        **given,  # type: ignore[arg-type]  # the subject and the twin
    )


def failures(verdict: Verdict) -> list[Check]:
    """Which checks failed."""
    return [one.name for one in verdict.failed]


def test_a_proof_under_an_sm2_seal_passes_every_check(world: Sm2World) -> None:
    """Seal, time, endorsement, subject and twin: all are checked and all pass."""
    verdict = checked(world)

    assert {one.result for one in verdict.checks} == {Result.PASSED}
    assert verdict.sealed_at == world.now


def test_it_says_that_it_is_sm2_with_sm3(world: Sm2World) -> None:
    """Digest and signature carry the identifiers of GB/T 33560, the endorsement its usual ones."""
    seal_layer, endorsement = PdfFileReader(BytesIO(world.proof.pdf)).embedded_signatures
    info = seal_layer.signer_info

    assert info["digest_algorithm"]["algorithm"].dotted == DIGEST_ID == "1.2.156.10197.1.401"
    assert info["signature_algorithm"]["algorithm"].dotted == SIGNATURE_ID
    assert endorsement.signer_info["digest_algorithm"]["algorithm"].native == "sha256"


def test_openssl_accepts_the_seal(world: Sm2World, tmp_path: Path) -> None:
    """An implementation of its own verifies our signature over the signed attributes."""
    layer = PdfFileReader(BytesIO(world.proof.pdf)).embedded_signatures[0]
    (tmp_path / "signed").write_bytes(layer.signer_info["signed_attrs"].untag().dump())
    (tmp_path / "signature").write_bytes(layer.signer_info["signature"].native)
    (tmp_path / "seal.crt").write_bytes(world.keyed.key.certificate)
    public = openssl("x509", "-inform", "DER", "-in", "seal.crt", "-pubkey", "-noout", at=tmp_path)
    (tmp_path / "public").write_bytes(public)

    told = openssl(
        "dgst", "-sm3", "-verify", "public", "-sigopt", "distid:1234567812345678",
        "-signature", "signature", "signed", at=tmp_path,
    )  # fmt: skip

    assert told == b"Verified OK\n"


def test_the_example_of_the_standard() -> None:
    """GB/T 32918.5, Annex A: its signature over `message digest` is right, any other is not."""
    point = bytes.fromhex(
        "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    r = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    s = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    encoded = algos.DSASignature({"r": int(r, 16), "s": int(s, 16)}).dump()

    assert sm2_verify(point, b"message digest", encoded)
    assert not sm2_verify(point, b"message Digest", encoded)
    assert not sm2_verify(point, b"message digest", b"\x30\x00")


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_changed_byte_is_found(world: Sm2World, place: float) -> None:
    """One bit of the sealed page, wherever: the content is not intact, or it is no proof any more."""
    pdf = bytearray(world.sealed.pdf)
    end = pdf.index(b"/ByteRange")
    pdf[int(end * place)] ^= 1

    failed = failures(checked(world, bytes(pdf), twin=None))

    assert failed in ([Check.CONTENT_INTACT], [Check.READABLE])


def test_another_key_under_the_seals_certificate(world: Sm2World, tmp_path: Path) -> None:
    """Who signs by a key of his own and puts the seal's certificate beside it seals nothing."""
    sm2_root(tmp_path)
    forged = replace(world.keyed.key, private_key=sm2_key(tmp_path).private_key)

    by_forger = seal(
        world.content,
        world.keyed.seal,
        world.keyed.record.uses[0],
        Signing(forged, world.now, authority().clock),
    )

    assert failures(checked(world, by_forger.pdf, twin=None))[0] is Check.CONTENT_INTACT


def test_a_foreign_sm2_root_is_not_believed(world: Sm2World, tmp_path: Path) -> None:
    """A root that names itself the same is another root."""
    strange = replace(world, trust=replace(world.trust, seals=(sm2_root(tmp_path),)))

    assert failures(checked(strange)) == [Check.SEAL_TRUSTED]


def test_a_signature_of_the_other_kind_is_none(world: Sm2World) -> None:
    """Neither an SM2 signature under another curve's key, nor the reverse, nor one over a digest."""
    ours = x509.Certificate.load(world.keyed.key.certificate).public_key
    other = x509.Certificate.load(civil_seal().key.certificate).public_key
    by_sm2, by_ecdsa = (
        algos.SignedDigestAlgorithm({"algorithm": name}) for name in (SIGNATURE, "sha256_ecdsa")
    )

    assert (is_sm2(ours), is_sm2(other)) == (True, False)
    for key, algorithm in ((other, by_sm2), (ours, by_ecdsa)):
        with pytest.raises(InvalidSignature):
            WithSm2().validate_signature(b"", b"", key, algorithm)
    with pytest.raises(InvalidSignature):
        hashed = SignatureValidationContext(prehashed=True)
        WithSm2().validate_signature(b"", b"", ours, by_sm2, hashed)


def test_an_sm2_key_is_kept_and_read_again(world: Sm2World, tmp_path: Path) -> None:
    """As PEM, for its owner only; roots of both kinds stand side by side."""
    file = tmp_path / "seal.p12"

    write_key(file, world.keyed.key)
    write_trust(tmp_path / "roots", world.trust)

    assert read_key(file) == world.keyed.key
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_trust(tmp_path / "roots") == world.trust


def test_a_pem_without_a_key(world: Sm2World, tmp_path: Path) -> None:
    """A certificate alone is no seal's key: the file is named."""
    (tmp_path / "seal.crt").write_bytes(world.keyed.key.certificate)
    openssl("x509", "-inform", "DER", "-in", "seal.crt", "-out", "seal.p12", at=tmp_path)

    with pytest.raises(ProofTrouble, match=r"seal\.p12 holds no key with its certificate"):
        read_key(tmp_path / "seal.p12")


async def test_worker_processes_seal_and_check(world: Sm2World) -> None:
    """The workshop's processes know SM2 as well."""
    async with open_workshop(1) as workshop:
        sealed = await workshop.seal(
            world.content,
            world.keyed.seal,
            world.keyed.record.uses[0],
            Signing(world.keyed.key, world.now, authority().clock),
        )
        verdict = await workshop.check(
            sealed.pdf, world.trust, registry(world.keyed.record), now=world.now
        )

    assert failures(verdict) == [Check.ENDORSED]


def test_without_the_extra(world: Sm2World) -> None:
    """Refused, with the command that installs it; a seal of another kind is checked as ever."""
    records = registry(civil_seal().record)
    given = pickle.dumps((world, proof(), authority().trust, records, LATER))

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRA],
        input=given,
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=60,
    )

    install = "it needs SM2 (国密), which is not installed: pip install 'certhub[sm]'"
    told = f"it can't be checked here: {install}"
    assert json.loads(done.stdout) == ["failed", told, install, True]


def test_the_refusal_comes_back_from_a_worker() -> None:
    """It can be pickled, as all that workers raise."""
    again = pickle.loads(pickle.dumps(ExtraMissing("why")))

    assert isinstance(again, ExtraMissing)
    assert str(again) == "why"


def test_signing_twice_gives_two_signatures(world: Sm2World) -> None:
    """SM2 draws a number for each signature: both are right, and they differ."""
    key = keys.PrivateKeyInfo.load(world.keyed.key.private_key)
    number = key["private_key"].parsed["private_key"].native.to_bytes(32, "big")
    point = x509.Certificate.load(world.keyed.key.certificate).public_key["public_key"].native[1:]

    first, second = (sm2_sign(number, point, b"data") for _ in range(2))

    assert first != second
    assert sm2_verify(point, b"data", first)
    assert sm2_verify(point, b"data", second)


def test_broken_signatures_are_refused_in_words(world: Sm2World) -> None:
    """40 changed digits of the seal's signature: each is a verdict that refuses, none an error."""
    dice, pdf = random.Random(5), world.proof.pdf
    begins = pdf.index(b"/Contents <") + len(b"/Contents <")
    length = len(pdf[begins : pdf.index(b">", begins)].rstrip(b"0"))

    for _ in range(40):
        broken = bytearray(pdf)
        place = begins + dice.randrange(length)
        broken[place] = dice.choice(b"0123456789ABCDEF".replace(pdf[place : place + 1], b""))

        assert failures(checked(world, bytes(broken)))
