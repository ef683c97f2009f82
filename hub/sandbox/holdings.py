"""Who holds what where: decided by the seed, the same on every machine."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.declarations.words import CertificateType, ConfigurationError, Platform
from hub.evidence import HolderKind, Tier
from hub.sandbox.draw import share
from hub.sandbox.population import Organisation, Person


@dataclass(frozen=True, slots=True)
class Shares:
    """Share of people per tier, by certificate type where it differs from the default."""

    default: Mapping[Tier, float]
    types: Mapping[str, Mapping[Tier, float]]

    def of(self, certificate: str, tier: Tier) -> float:
        """The share of those of whom a platform of the tier holds the certificate."""
        return self.types.get(certificate, self.default).get(tier, self.default[tier])


def packaged_shares() -> Path:
    """The shares that come with the sandbox."""
    return Path(__file__).with_name("holdings.toml")


def load_shares(file: Path, types: Collection[str]) -> Shares:
    """The shares of a file; every tier needs a default.

    Only the packaged shares may name types that are not there, as they are for the packaged ones.
    """
    document = tomllib.loads(file.read_text("utf-8"))
    if unknown := document.keys() - {"default", "types"}:
        raise _wrong(file, sorted(unknown)[0], "unknown", "[default] and [types.<type>]")
    default = _tiers(file, "default", document.get("default", {}))
    if missing := [tier.value for tier in Tier if tier not in default]:
        raise _wrong(file, f"default.{missing[0]}", "missing", "a share from 0 to 1")
    special = document.get("types", {})
    if file != packaged_shares() and (strangers := sorted(special.keys() - set(types))):
        raise _wrong(file, f"types.{strangers[0]}", "unknown", "the name of a certificate type")
    return Shares(default, {name: _tiers(file, f"types.{name}", special[name]) for name in special})


def _tiers(file: Path, at: str, table: Mapping[str, object]) -> dict[Tier, float]:
    shares = {}
    for key, value in table.items():
        if key not in list(Tier):
            raise _wrong(file, f"{at}.{key}", "unknown", ", ".join(Tier))
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise _wrong(file, f"{at}.{key}", f"given {value!r}", "a share from 0 to 1")
        shares[Tier(key)] = float(value)
    return shares


def _wrong(file: Path, key: str, problem: str, allowed: str) -> ConfigurationError:
    return ConfigurationError(f"{file}: {key}: {problem}; allowed: {allowed}")


def kind_of(subject: Person | Organisation) -> HolderKind:
    """Whether a certificate about it is a person's or an organisation's."""
    return HolderKind.PERSON if isinstance(subject, Person) else HolderKind.ORGANISATION


@dataclass(frozen=True, slots=True)
class Holdings:
    """Decides, by a hash of seed, type, platform and identifier, who holds what."""

    seed: int
    shares: Shares

    def holds(
        self, platform: Platform, certificate: CertificateType, subject: Person | Organisation
    ) -> bool:
        """Whether the platform holds this certificate of this subject."""
        if kind_of(subject) not in certificate.holders:
            return False
        words = str(self.seed), "holds", certificate.name, platform.name, subject.identifier
        return share(*words) < self.shares.of(certificate.name, platform.tier)
