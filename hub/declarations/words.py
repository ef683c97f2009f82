"""What declarations declare: certificate types, their fields, platforms and their interfaces."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from connectors.contract import Interface, ValueKind
from hub.declarations.maintenance import Window
from hub.evidence import HolderKind, Tier


class ConfigurationError(Exception):
    """A declaration or setting is wrong: names file and key, what was given, what is allowed."""


class Sensitivity(StrEnum):
    """How carefully a field is to be handled (GB/T 35273: personal and sensitive information)."""

    PUBLIC = "public"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True)
class Freshness:
    """For how many seconds an answer may be used again: what is held, and that nothing is."""

    held: float = 0.0
    not_held: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.not_held <= self.held:
            raise ValueError("not_held: from 0 to what is held may be used again")


@dataclass(frozen=True, slots=True)
class CertificateField:
    """One field of a certificate type."""

    name: str
    label_zh: str
    label_en: str
    kind: ValueKind
    sensitivity: Sensitivity


@dataclass(frozen=True, slots=True)
class CertificateType:
    """What a certificate is; it names no platform.

    `code` is its type code under GB/T 36903 where known. `number`, `issued_on`, `valid_from` and
    `valid_until` name the fields that play those parts. `commitment_excluded` is why no commitment
    (告知承诺) may stand in for it, whatever the catalogue says, or none. `freshness` is for how long a
    unit may use an answer again.
    """

    name: str
    code: str | None
    title_zh: str
    title_en: str
    holders: frozenset[HolderKind]
    issuer_zh: str
    issuer_en: str
    fields: Mapping[str, CertificateField]
    number: str | None
    issued_on: str | None
    valid_from: str | None
    valid_until: str | None
    commitment_excluded: str | None = None
    freshness: Freshness = Freshness()


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform of the deployment and the interface by which it serves each certificate type."""

    name: str
    title_zh: str
    title_en: str
    tier: Tier
    dialect: str
    url: str
    credential: str
    regions: tuple[str, ...]  # GB/T 2260 prefixes of the subjects it holds; empty: everybody
    concurrency: int
    batch: int
    max_bytes: int
    connect_timeout: float
    options: Mapping[str, str | bool | int]
    interfaces: Mapping[str, Interface]  # by certificate type name
    maintenance: tuple[Window, ...] = ()  # when it is not asked
    trace: bool = False  # whether calls carry W3C Trace Context
    replicas: tuple[str, ...] = ()  # other addresses of the same platform
