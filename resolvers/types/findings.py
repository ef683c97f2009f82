"""What a verifier writes down: the fields verified, no such record, or several that fit."""

from collections.abc import Mapping

import strawberry

from connectors.assisted_parts import Told
from connectors.assisted_words import RequestView
from hub.assisting.findings import Unsound, Written, read_values
from hub.declarations.words import CertificateType
from resolvers.errors import CallerError, Code
from resolvers.types.certificate import Attribute, as_text
from resolvers.types.inputs import in_words


@strawberry.input(
    description="One verified field (核实字段); without `value` and `texts` the record leaves it open."
)
class FieldValueInput:
    name: str = strawberry.field(
        description="Name of the field (字段名), as `fields` of the request gives it."
    )
    value: str | None = strawberry.field(
        default=None,
        description="Its value as text (字段值): dates yyyy-MM-dd, true or false, male, female or "
        "unknown.",
    )
    texts: list[str] | None = strawberry.field(
        default=None, description="Its values (多值), for a field of several texts."
    )

    def written(self) -> Written:
        return Written(self.name, self.value, None if self.texts is None else tuple(self.texts))


@strawberry.input(description="The issuer searched and has no such record (查无记录).")
class NoRecordInput:
    searched: str = strawberry.field(description="Which registers were searched (检索范围).")


@strawberry.input(
    description="Several persons or organisations fit (对象不唯一), and the requester was asked which."
)
class AmbiguousInput:
    candidates: int = strawberry.field(description="How many fit (匹配数量), at least 2.")


@strawberry.input(
    one_of=True,
    description="What was found (核实结果), exactly one of three; each is an answer under seal.",
)
class FindingsInput:
    verified: strawberry.Maybe[list[FieldValueInput]] = strawberry.field(
        description="Fields verified (已核实), some or all of those still outstanding."
    )
    no_record: strawberry.Maybe[NoRecordInput] = strawberry.field(
        description="There is no such record (查无记录)."
    )
    ambiguous: strawberry.Maybe[AmbiguousInput] = strawberry.field(
        description="Several fit (对象不唯一)."
    )

    def found(self, declared: CertificateType, view: RequestView) -> Mapping[str, object]:
        """The findings as the platform takes them; refused with the way to write them."""
        if self.no_record is not None:
            return {"noRecord": {"searched": in_words("searched", self.no_record.value.searched)}}
        if self.ambiguous is not None:
            return {"ambiguous": {"candidates": self.ambiguous.value.candidates}}
        assert self.verified is not None, "exactly one is given: @oneOf"
        written = [one.written() for one in self.verified.value]
        values = read_values(declared, view.outstanding, written)
        if isinstance(values, Unsound):
            raise CallerError(
                Code.BAD_INPUT, f"In `findings.verified` {values.problem}.", values.remedy
            )
        return {"verified": values}


def written_values(values: Mapping[str, Told], declared: CertificateType | None) -> list[Attribute]:
    """The values with the labels of their fields; the name itself where a field is not declared."""
    return [_attribute(name, value, declared) for name, value in values.items()]


def _attribute(name: str, value: Told, declared: CertificateType | None) -> Attribute:
    known = declared.fields.get(name) if declared else None
    english, chinese = (known.label_en, known.label_zh) if known else (name, name)
    return Attribute(name=name, label=english, label_zh=chinese, value=as_text(value))
