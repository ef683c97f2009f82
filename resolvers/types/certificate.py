"""What every certificate has in common, whatever its type."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import strawberry

from connectors.contract import Value
from hub.declarations.words import CertificateType as DeclaredType
from hub.evidence import Found, HolderKind
from hub.evidence import Subject as SubjectWord
from resolvers.types.enums import LegalForce


@strawberry.type(description="Whom a certificate is about (持有人), as the caller named it.")
class Holder:
    kind: HolderKind = strawberry.field(description="Person or organisation (持有人类型).")
    identifier: str = strawberry.field(
        description="Resident id or credit code (证件号码), as the caller gave it."
    )
    name: str | None = strawberry.field(description="Name (姓名或名称), as the caller gave it.")


@strawberry.type(
    description="The authority that issued (颁发机构), never the platform that relays."
)
class Issuer:
    name: str = strawberry.field(description="Name of the authority (机构名称), in Chinese.")
    name_en: str = strawberry.field(
        description="What kind of authority it is (机构类别), in English."
    )


@strawberry.type(description="One field of a certificate (照面信息), for clients without its type.")
class Attribute:
    name: str = strawberry.field(description="Name of the field (字段名).")
    label: str = strawberry.field(description="Its English label (英文标签).")
    label_zh: str = strawberry.field(description="Its Chinese label (中文标签).")
    value: str | None = strawberry.field(
        description="Its value as text; dates as yyyy-MM-dd (字段值)."
    )


def as_text(value: Value | None) -> str | None:
    """A value as text: dates as yyyy-MM-dd, several texts joined by a Chinese semicolon."""
    match value:
        case str() | None:
            return value
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case tuple():
            return ";".join(value)
        case int() | Decimal():
            return str(value)


@strawberry.interface(
    description="An electronic certificate (电子证照). Fields the catalogue does not grant are null."
)
class Certificate:
    __slots__ = ("found", "subject", "told")  # what is disclosed is beside them, by its own names

    declared: ClassVar[DeclaredType]
    found: strawberry.Private[Found]
    subject: strawberry.Private[SubjectWord]
    told: strawberry.Private[Mapping[str | None, Any]]  # what was disclosed; nothing of no field

    @strawberry.field(description="Id of this disclosure's record (留痕编号).")
    def id(self) -> strawberry.ID:
        return self.found.record  # type: ignore[return-value]  # it is a text: a call less

    @strawberry.field(description="Whom it is about (持有人).")
    def holder(self) -> Holder:
        return Holder(
            kind=self.subject.kind, identifier=self.subject.identifier, name=self.subject.name
        )

    @strawberry.field(description="The authority that issued it (颁发机构).")
    def issuer(self) -> Issuer:
        return Issuer(name=self.found.issuer, name_en=self.declared.issuer_en)

    @strawberry.field(description="Its number (证照编号), where the type has one.")
    def number(self) -> str | None:
        number: str | None = self.told.get(self.declared.number)
        return number

    @strawberry.field(description="Date of issue (颁发日期).")
    def issued_on(self) -> date | None:
        day: date | None = self.told.get(self.declared.issued_on)
        return day

    @strawberry.field(description="First day of validity (有效期起始日期).")
    def valid_from(self) -> date | None:
        day: date | None = self.told.get(self.declared.valid_from)
        return day

    @strawberry.field(description="Last day of validity (有效期截止日期); null when open-ended.")
    def valid_until(self) -> date | None:
        day: date | None = self.told.get(self.declared.valid_until)
        return day

    @strawberry.field(description="Its force beside paper (法律效力), Article 13.")
    def legal_force(self) -> LegalForce:
        return LegalForce.EXCEPTED if self.found.legal_force_exception else LegalForce.AS_PAPER

    @strawberry.field(description="The law that says otherwise (法律效力例外), if one does.")
    def legal_force_exception(self) -> str | None:
        return self.found.legal_force_exception

    @strawberry.field(
        description="All granted fields as name, label and value (照面信息); selecting them "
        "discloses every granted field."
    )
    def attributes(self) -> list[Attribute]:
        return [
            Attribute(
                name=name, label=field.label_en, label_zh=field.label_zh, value=as_text(value)
            )
            for name, field in self.declared.fields.items()
            if name in self.found.disclosed
            for value in [self.found.disclosed[name]]
        ]
