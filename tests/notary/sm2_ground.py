"""SM2 certificates made by OpenSSL, which knows nothing of us."""

import shutil
import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import pem

from hub.notary.material import Signing, SigningKey, Trust
from hub.notary.registry import Change, SealEvent, SealRecord, used
from hub.notary.sealing import endorse, seal
from hub.notary.words import Content, Proof, Seal, Sealed, SealKind, SealUse
from tests.notary.ground import (
    CIVIL,
    CONTENT,
    EXTRACTION,
    KEEPER,
    Keyed,
    authority,
    done,
)

OPENSSL = shutil.which("openssl")
SIGNER = ["-sigopt", "distid:1234567812345678"]
NUMBER = "3302010000077"
EXTENSIONS = """
[seal]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[req]
distinguished_name = name
[name]
"""


def openssl(*words: str, at: Path) -> bytes:
    """What OpenSSL says; it must succeed."""
    assert OPENSSL is not None
    done = subprocess.run([OPENSSL, *words], cwd=at, capture_output=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


def sm2_root(at: Path, name: str = "root") -> bytes:
    """A root certificate in DER; its key lies beside it."""
    (at / "extensions").write_text(EXTENSIONS)
    openssl("ecparam", "-genkey", "-name", "SM2", "-out", f"{name}.key", at=at)
    openssl(
        "req", "-x509", "-new", "-key", f"{name}.key", "-sm3", *SIGNER, "-utf8", "-config",
        "extensions", "-extensions", "root", "-subj", f"/C=CN/O=沙盒/CN=国密{name}", "-days", "3650",
        "-out", f"{name}.crt", at=at,
    )  # fmt: skip
    return der((at / f"{name}.crt").read_bytes())


def sm2_key(at: Path, root: str = "root", name: str = "seal") -> SigningKey:
    """A seal's certificate under a root, and its key."""
    openssl("ecparam", "-genkey", "-name", "SM2", "-noout", "-out", f"{name}.key", at=at)
    subject = f"/C=CN/O={CIVIL.name_zh}/CN=电子证明核实信息专用章 {NUMBER}"
    openssl(
        "req", "-new", "-key", f"{name}.key", "-sm3", *SIGNER, "-utf8", "-config", "extensions",
        "-subj", subject, "-out", f"{name}.csr", at=at,
    )  # fmt: skip
    openssl(
        "x509", "-req", "-in", f"{name}.csr", "-CA", f"{root}.crt", "-CAkey", f"{root}.key", "-sm3",
        *SIGNER, "-vfyopt", "distid:1234567812345678", "-set_serial", "77", "-days", "1000",
        "-extfile", "extensions", "-extensions", "seal", "-out", f"{name}.crt", at=at,
    )  # fmt: skip
    openssl("pkcs8", "-topk8", "-nocrypt", "-in", f"{name}.key", "-outform", "DER", "-out", f"{name}.p8", at=at)  # fmt: skip
    return SigningKey(der((at / f"{name}.crt").read_bytes()), (at / f"{name}.p8").read_bytes())


def der(text: bytes) -> bytes:
    """The bytes inside PEM."""
    _, _, content = pem.unarmor(text)
    assert isinstance(content, bytes)
    return content


@dataclass(frozen=True, slots=True)
class Sm2World:
    """A verification seal under an SM2 root, used on one document, and who believes in it."""

    keyed: Keyed
    trust: Trust
    sealed: Sealed
    proof: Proof
    content: Content
    now: datetime


def sm2_world(at: Path) -> Sm2World:
    """Sealed by SM2; endorsed and timestamped by the platform's usual keys."""
    root, key = sm2_root(at), sm2_key(at)
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)
    begun, ended = now - timedelta(days=1), now + timedelta(days=900)
    cut = Seal(NUMBER, SealKind.VERIFICATION, CIVIL, key.certificate, begun, begun, ended)
    record = done(SealRecord(cut), SealEvent(begun, Change.PERMITTED, "police", KEEPER))
    content = replace(CONTENT, made_at=now)
    use = SealUse(NUMBER, KEEPER, now, content.document_number)
    clock, endorser = authority().clock, authority().endorser
    sealed = seal(content, cut, use, Signing(key, now, clock))
    proof = endorse(sealed, EXTRACTION, now + timedelta(days=30), Signing(endorser, now, clock))
    keyed = Keyed(used(record, use), key)
    trust = replace(authority().trust, seals=(root, *authority().trust.seals))
    return Sm2World(keyed, trust, sealed, proof, content, now)
