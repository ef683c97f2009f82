"""GraphQL types generated from the declared certificate types, and certificates made of them."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

import strawberry
from strawberry.utils.str_converters import to_camel_case

from connectors.contract import Value, ValueKind
from hub.declarations.words import CertificateType, ConfigurationError
from hub.evidence import Found, Subject
from resolvers.scalars import BigInt
from resolvers.types.certificate import Certificate
from resolvers.types.enums import Sex

PYTHON_TYPES: dict[ValueKind, object] = {
    ValueKind.TEXT: str,
    ValueKind.IDENTIFIER: str,
    ValueKind.SEX: Sex,
    ValueKind.DATE: date,
    ValueKind.DECIMAL: Decimal,
    ValueKind.INTEGER: BigInt,
    ValueKind.BOOLEAN: bool,
    ValueKind.TEXTS: list[str],
}
SEXES = {one.value: one for one in Sex}
READ: dict[ValueKind, Callable[[Value], object]] = {
    ValueKind.SEX: lambda value: SEXES[cast(str, value)],
    ValueKind.TEXTS: lambda value: list(cast(tuple[str, ...], value)),
}
SHARED = ("number", "issued_on", "valid_from", "valid_until")


def type_name(certificate: CertificateType) -> str:
    """`resident_id_card` → `ResidentIdCard`."""
    return "".join(part.capitalize() for part in certificate.name.split("_"))


@dataclass(frozen=True, slots=True)
class Generated:
    """One certificate type in GraphQL: its class, and declared names by GraphQL name.

    `read` is what makes GraphQL's values of a platform's, for the fields that need it.
    """

    certificate: CertificateType
    graphql: type[Certificate]
    names: Mapping[str, str]
    read: tuple[tuple[str, Callable[[Value], object]], ...]

    @property
    def name(self) -> str:
        return self.graphql.__name__

    def shown(self, disclosed: Mapping[str, Value | None]) -> dict[str, object]:
        """What was disclosed, with GraphQL's values where they are not a platform's."""
        shown: dict[str, object] = {**disclosed}
        for name, read in self.read:
            value = disclosed.get(name)
            if value is not None:
                shown[name] = read(value)
        return shown


class CertificateTypes:
    """Every generated type, by the name of its declaration."""

    def __init__(self, types: Mapping[str, CertificateType]) -> None:
        self._generated = {name: generate(one) for name, one in types.items()}

    def __getitem__(self, name: str) -> Generated:
        return self._generated[name]

    @property
    def graphql_types(self) -> list[type[Certificate]]:
        """The classes, sorted by name so that the printed schema is stable."""
        return sorted(
            (one.graphql for one in self._generated.values()), key=lambda one: one.__name__
        )

    def refuse_names(self, taken: Container[str]) -> None:
        """Refuse declarations whose GraphQL type would take one of these names."""
        for name, one in self._generated.items():
            if one.name in taken:
                raise ConfigurationError(
                    f"{name}.toml: its GraphQL type would be {one.name}, which the schema has "
                    "already. Allowed: any other file name, such as "
                    f"{name}_certificate.toml"
                )

    def certificate(self, found: Found, subject: Subject) -> Certificate:
        """The certificate as GraphQL shows it: only what was disclosed is set.

        What was disclosed are its attributes as it is, without a copy, as nobody changes either. A
        value under a name of `SHARED` is one too, where nobody reads it: those have resolvers.
        """
        generated = self._generated[found.type]
        made: Any = object.__new__(generated.graphql)
        made.found, made.subject, made.told = found, subject, found.disclosed
        made.__dict__ = generated.shown(found.disclosed) if generated.read else found.disclosed
        certificate: Certificate = made
        return certificate


def generate(certificate: CertificateType) -> Generated:
    """The GraphQL object type of one declared certificate type."""
    own = {name: one for name, one in certificate.fields.items() if name not in SHARED}
    for name in own:
        if hasattr(Certificate, name) or name in Certificate.__annotations__:
            raise ConfigurationError(
                f"{certificate.name}.toml: fields.{name}: every certificate has this name already. "
                f"Allowed: any other name, such as {name}_stated"
            )
    namespace: dict[str, object] = {
        "declared": certificate,
        "__annotations__": {name: _annotation(one.kind) for name, one in own.items()},
        "__module__": __name__,
    }
    for name, one in own.items():
        namespace[name] = strawberry.field(
            default=None, description=f"{one.label_en} ({one.label_zh})"
        )
    made = type(type_name(certificate), (Certificate,), namespace)
    graphql = strawberry.type(made, description=f"{certificate.title_en} ({certificate.title_zh})")
    names = {to_camel_case(name): name for name in certificate.fields}
    return Generated(
        certificate,
        graphql,
        names,
        read=tuple((name, READ[one.kind]) for name, one in own.items() if one.kind in READ),
    )


def _annotation(kind: ValueKind) -> object:
    return PYTHON_TYPES[kind] | None  # type: ignore[operator]  # a type object, chosen by kind
