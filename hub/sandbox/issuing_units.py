"""The units that issue certificates in the sandbox, each with the people it has designated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connectors.assisted_parts import Officer
from hub.declarations.words import CertificateType

CITY = "示例市"
VERIFIERS = ("示例核查员甲", "示例核查员乙")
KEEPER, COORDINATOR = "示例印章管理员", "示例管理责任人"


@dataclass(frozen=True, slots=True)
class IssuingUnit:
    """An issuer (出具单位) with two verifiers, so that a review goes to another, and a keeper."""

    code: str
    name_zh: str
    issues: tuple[str, ...]  # certificate types
    verifiers: tuple[str, ...] = field(default=VERIFIERS, repr=False)
    keeper: str = field(default=KEEPER, repr=False)
    coordinator: str = field(default=COORDINATOR, repr=False)

    def officer(self, name: str) -> Officer:
        """One of its people."""
        return Officer(self.code, name)


def issuing_units(types: Mapping[str, CertificateType]) -> tuple[IssuingUnit, ...]:
    """One unit for each issuer that the certificate types name, in the order of their names."""
    issues: dict[str, list[str]] = {}
    for kind in types.values():
        issues.setdefault(kind.issuer_zh, []).append(kind.name)
    return tuple(
        IssuingUnit(f"NB-ISSUER-{number:02}", CITY + name, tuple(sorted(issues[name])))
        for number, name in enumerate(sorted(issues), start=1)
    )


def issuer_of(units: Iterable[IssuingUnit], certificate: str) -> IssuingUnit:
    """The unit that issues a certificate type; an unknown type is a `LookupError`."""
    for unit in units:
        if certificate in unit.issues:
            return unit
    raise LookupError(f"nobody in the sandbox issues {certificate}")
