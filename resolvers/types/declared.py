"""Certificate types as declared."""

from collections.abc import Iterable
from typing import Self

import strawberry
from strawberry import relay

from connectors.contract import ValueKind
from hub.declarations import words
from hub.declarations.words import Sensitivity
from hub.evidence import HolderKind
from resolvers.context import Context, Info


@strawberry.type(description="One declared field of a certificate type (照面字段).")
class CertificateField:
    name: str = strawberry.field(description="Name (字段名) in declarations and records.")
    label: str = strawberry.field(description="English label (英文标签).")
    label_zh: str = strawberry.field(description="Chinese label (中文标签).")
    kind: ValueKind = strawberry.field(description="How its value is written (类型).")
    sensitivity: Sensitivity = strawberry.field(
        description="How carefully to handle it (敏感级别)."
    )


@strawberry.type(description="A certificate type (证照类型), as declared; it names no platform.")
class CertificateType(relay.Node):
    key: relay.NodeID[str]
    declared: strawberry.Private[words.CertificateType]
    graphql: strawberry.Private[str]

    @classmethod
    def of(cls, context: Context, name: str) -> Self:
        return cls(
            key=name, declared=context.hub.types[name], graphql=context.certificates[name].name
        )

    @classmethod
    def resolve_nodes(  # type: ignore[override]  # ours are never absent: unknown ids are left out above
        cls, *, info: Info, node_ids: Iterable[str], required: bool = False
    ) -> list[Self | None]:
        known = info.context.hub.types
        return [cls.of(info.context, one) if one in known else None for one in node_ids]

    @strawberry.field(description="Its name in queries (类型名), e.g. resident_id_card.")
    def name(self) -> strawberry.ID:
        return strawberry.ID(self.key)

    @strawberry.field(description="Type code (证照类型代码) under GB/T 36903, where known.")
    def code(self) -> str | None:
        return self.declared.code

    @strawberry.field(description="English title (英文名称).")
    def title(self) -> str:
        return self.declared.title_en

    @strawberry.field(description="Chinese title (中文名称).")
    def title_zh(self) -> str:
        return self.declared.title_zh

    @strawberry.field(description="Whom it may be about (持有人类型).")
    def holders(self) -> list[HolderKind]:
        return sorted(self.declared.holders)

    @strawberry.field(description="Who issues it (颁发机构), in Chinese.")
    def issuer(self) -> str:
        return self.declared.issuer_zh

    @strawberry.field(description="Its type in this schema (GraphQL类型名).")
    def graphql_type(self) -> str:
        return self.graphql

    @strawberry.field(description="Its fields (照面字段).")
    def fields(self, info: Info) -> list[CertificateField]:
        info.context.explore(len(self.declared.fields))
        return [
            CertificateField(
                name=field.name,
                label=field.label_en,
                label_zh=field.label_zh,
                kind=field.kind,
                sensitivity=field.sensitivity,
            )
            for field in self.declared.fields.values()
        ]

    @strawberry.field(
        description="Platforms that serve it here (提供平台), best tier first; by name."
    )
    def served_by(self, info: Info) -> list[str]:
        return info.context.hub.serving(self.key)
