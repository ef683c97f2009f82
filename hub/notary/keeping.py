"""Keeps keys and roots in files: PKCS#12 that only their owner may read, roots as PEM."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from hub.notary.authority import Authority, loaded, make_authority
from hub.notary.material import SigningKey, Trust
from hub.notary.sm2 import is_sm2
from hub.notary.words import ProofTrouble

_KEYS = ("seals", "platform", "clocks", "endorser", "clock")
_ROOTS = ("seals", "platform", "clocks")
_Read = TypeVar("_Read")


def open_authority(folder: Path, now: datetime) -> Authority:
    """The authority kept in a folder; the first call makes it, and writes its roots to `roots`."""
    if not (folder / "clock.p12").exists():
        authority = make_authority(now)
        write_trust(folder / "roots", authority.trust)
        for name in _KEYS:
            write_key(folder / f"{name}.p12", getattr(authority, name))
        return authority
    return Authority(*(read_key(folder / f"{name}.p12") for name in _KEYS))


def write_key(file: Path, key: SigningKey) -> None:
    """Write a key, whole or not at all, for its owner's eyes only; one of SM2 as PEM."""
    if is_sm2(asn1_x509.Certificate.load(key.certificate).public_key):
        return _write(file, _pem(key))
    packed = pkcs12.serialize_key_and_certificates(
        None,
        loaded(key),
        x509.load_der_x509_certificate(key.certificate),
        None,
        serialization.NoEncryption(),
    )
    return _write(file, packed)


def read_key(file: Path) -> SigningKey:
    """A key as `write_key` wrote it, or OpenSSL: PKCS#12, or certificate and PKCS#8 as PEM."""
    if (parts := _read(file, _parts)) is not None:
        if not {"CERTIFICATE", "PRIVATE KEY"} <= parts.keys():
            raise ProofTrouble(f"{file} holds no key with its certificate: give another file")
        return SigningKey(parts["CERTIFICATE"], parts["PRIVATE KEY"])
    private, certificate, _ = _read(file, lambda text: pkcs12.load_key_and_certificates(text, None))
    if private is None or certificate is None:
        raise ProofTrouble(f"{file} holds no key with its certificate: give another file")
    der = serialization.Encoding.DER
    return SigningKey(
        certificate.public_bytes(der),
        private.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def _pem(key: SigningKey) -> bytes:
    parts = {"CERTIFICATE": key.certificate, "PRIVATE KEY": key.private_key}
    return b"".join(pem.armor(name, part) for name, part in parts.items())


def _parts(text: bytes) -> dict[str, bytes] | None:
    if not text.startswith(b"-----BEGIN"):
        return None
    return {name: part for name, _, part in pem.unarmor(text, multiple=True)}


def write_trust(folder: Path, trust: Trust) -> None:
    """Write the roots that are believed: `seals.pem`, `platform.pem`, `clocks.pem`."""
    for name in _ROOTS:
        certificates = (x509.load_der_x509_certificate(root) for root in getattr(trust, name))
        pem = (one.public_bytes(serialization.Encoding.PEM) for one in certificates)
        _write(folder / f"{name}.pem", b"".join(pem))


def read_trust(folder: Path) -> Trust:
    """The roots in a folder; `ProofTrouble` names the file that is missing or holds none."""
    return Trust(*(_roots(folder / f"{name}.pem") for name in _ROOTS))


def _roots(file: Path) -> tuple[bytes, ...]:
    certificates = _read(file, x509.load_pem_x509_certificates)
    return tuple(one.public_bytes(serialization.Encoding.DER) for one in certificates)


def _read(file: Path, read: Callable[[bytes], _Read]) -> _Read:
    try:
        return read(file.read_bytes())
    except OSError as trouble:
        raise ProofTrouble(f"{file} can't be read ({type(trouble).__name__})") from None
    except ValueError:
        raise ProofTrouble(f"{file} is not what its name says: give another file") from None


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = file.with_name(f".{file.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
    beside.replace(file)
