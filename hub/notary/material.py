"""What sealing and checking are given: keys, whom to believe. No library for PDF is needed for it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A certificate (X.509) and its private key (PKCS#8), both in DER."""

    certificate: bytes
    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Signing:
    """How a layer is signed: by whom, when, and by whose clock the time is confirmed."""

    key: SigningKey
    at: datetime
    clock: SigningKey | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """Root certificates in DER: whose seals, whose endorsements and whose clocks are believed."""

    seals: tuple[bytes, ...]
    platform: tuple[bytes, ...]
    clocks: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """What a document says of itself, nothing of it checked: by this its records are found."""

    document_number: str
    seal: str
