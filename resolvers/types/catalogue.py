"""The public catalogue (Article 8): units, items, rows."""

from collections.abc import Iterable
from typing import Self

import strawberry
from strawberry import relay

from hub.catalogue import rows as words
from hub.catalogue.rows import Measure, UnitKind
from resolvers.context import Context, Info
from resolvers.types.declared import CertificateType

BETWEEN = "|"


@strawberry.type(description="A unit that takes part (单位).")
class Unit(relay.Node):
    unit_code: relay.NodeID[str]
    unit: strawberry.Private[words.Unit]

    @classmethod
    def of(cls, context: Context, code: str) -> Self | None:
        unit = context.hub.catalogue.units.get(code)
        return cls(unit_code=code, unit=unit) if unit else None

    @classmethod
    def resolve_nodes(  # type: ignore[override]  # an unknown id is None, whether required or not
        cls, *, info: Info, node_ids: Iterable[str], required: bool = False
    ) -> list[Self | None]:
        return [cls.of(info.context, one) for one in node_ids]

    @strawberry.field(description="Its code (单位编码).")
    def code(self) -> strawberry.ID:
        return strawberry.ID(self.unit.code)

    @strawberry.field(description="Its name (单位名称).")
    def name(self) -> str:
        return self.unit.name_zh

    @strawberry.field(description="What kind of unit it is (单位类型).")
    def kind(self) -> UnitKind:
        return self.unit.kind

    @strawberry.field(description="Its district (区县); null for the city itself.")
    def district(self) -> str | None:
        return self.unit.district or None


@strawberry.type(description="A service item (事项) as one unit handles it.")
class ServiceItem(relay.Node):
    key: relay.NodeID[str]
    item: strawberry.Private[words.ServiceItem]

    @classmethod
    def find(cls, context: Context, unit: str, code: str) -> Self | None:
        item = context.hub.catalogue.items.get((unit, code))
        return cls(key=f"{unit}{BETWEEN}{code}", item=item) if item else None

    @classmethod
    def of(cls, context: Context, unit: str, code: str) -> Self:
        found = cls.find(context, unit, code)
        assert found is not None, "the catalogue refuses rows of unknown items"
        return found

    @classmethod
    def search(cls, context: Context, search: str | None, unit: str | None) -> list[Self]:
        items = context.hub.catalogue.search_items(search or "")
        return [
            cls.of(context, item.unit, item.code) for item in items if unit in (None, item.unit)
        ]

    @classmethod
    def resolve_nodes(  # type: ignore[override]  # an unknown id is None, whether required or not
        cls, *, info: Info, node_ids: Iterable[str], required: bool = False
    ) -> list[Self | None]:
        parts = (one.partition(BETWEEN) for one in node_ids)
        return [cls.find(info.context, unit, code) for unit, _, code in parts]

    @strawberry.field(description="Its code (事项编码).")
    def code(self) -> strawberry.ID:
        return strawberry.ID(self.item.code)

    @strawberry.field(description="Its name (事项名称).")
    def name(self) -> str:
        return self.item.name_zh

    @strawberry.field(description="Its field of administration (领域).")
    def sector(self) -> str:
        return self.item.sector

    @strawberry.field(description="The unit that handles it (办理单位).")
    def unit(self, info: Info) -> Unit:
        unit = Unit.of(info.context, self.item.unit)
        assert unit is not None, "the catalogue refuses items of unknown units"
        return unit

    @strawberry.field(description="Whether it is decided at the counter (即办).")
    def immediate(self) -> bool:
        return self.item.immediate

    @strawberry.field(
        description="Promised time in working days (承诺期限), where one is promised."
    )
    def promised_days(self) -> int | None:
        return self.item.promised_days

    @strawberry.field(
        description="What the applicant no longer brings (无需提交的材料), and how it is obtained."
    )
    def materials(self, info: Info) -> list["CatalogueRow"]:
        rows = info.context.hub.catalogue.rows_of(self.item.unit, self.item.code)
        info.context.explore(len(rows))
        return [CatalogueRow.of(info.context, row) for row in rows]


@strawberry.input(
    description="Which rows of the catalogue; all that is given must match (筛选条件)."
)
class CatalogueFilter:
    search: str | None = strawberry.field(
        default=None,
        description="Words in codes or names of unit, item, sector, certificate (检索词).",
    )
    unit: strawberry.ID | None = strawberry.field(default=None, description="Unit code (单位编码).")
    item: strawberry.ID | None = strawberry.field(default=None, description="Item code (事项编码).")
    certificate: strawberry.ID | None = strawberry.field(
        default=None, description="Name of a certificate type (证照类型)."
    )
    measure: Measure | None = strawberry.field(
        default=None, description="A measure the row must offer (办事措施)."
    )

    def admits(self, row: words.CatalogueRow) -> bool:
        return (
            self.unit in (None, row.unit)
            and self.item in (None, row.item)
            and self.certificate in (None, row.certificate)
            and (self.measure is None or self.measure in row.measures)
        )


@strawberry.type(
    description="One row of the catalogue (目录条目): outside it no item, no certificate."
)
class CatalogueRow(relay.Node):
    key: relay.NodeID[str]
    row: strawberry.Private[words.CatalogueRow]

    @classmethod
    def of(cls, context: Context, row: words.CatalogueRow) -> Self:
        return cls(key=BETWEEN.join((row.unit, row.item, row.certificate)), row=row)

    @classmethod
    def search(cls, context: Context, wanted: CatalogueFilter) -> list[Self]:
        rows = context.hub.catalogue.search(wanted.search or "")
        return [cls.of(context, row) for row in rows if wanted.admits(row)]

    @classmethod
    def resolve_nodes(  # type: ignore[override]  # an unknown id is None, whether required or not
        cls, *, info: Info, node_ids: Iterable[str], required: bool = False
    ) -> list[Self | None]:
        keys = (one.split(BETWEEN) for one in node_ids)
        rows = (info.context.hub.catalogue.row(*key) if len(key) == 3 else None for key in keys)
        return [cls.of(info.context, row) if row else None for row in rows]

    @strawberry.field(description="Its number in the catalogue (序号).")
    def number(self) -> int:
        return self.row.number

    @strawberry.field(description="The unit that may ask (单位).")
    def unit(self, info: Info) -> Unit:
        unit = Unit.of(info.context, self.row.unit)
        assert unit is not None, "the catalogue refuses rows of unknown units"
        return unit

    @strawberry.field(description="The item it is for (事项).")
    def item(self, info: Info) -> ServiceItem:
        return ServiceItem.of(info.context, self.row.unit, self.row.item)

    @strawberry.field(description="The certificate type (证照类型).")
    def certificate_type(self, info: Info) -> CertificateType:
        return CertificateType.of(info.context, self.row.certificate)

    @strawberry.field(description="Who issues it (出具单位).")
    def issuer(self) -> str:
        return self.row.issuer_zh

    @strawberry.field(description="Measures in order (办事措施), Article 9.")
    def measures(self) -> list[Measure]:
        return list(self.row.measures)

    @strawberry.field(description="Fields the unit may see for this item (可见字段).")
    def fields_granted(self, info: Info) -> list[str]:
        info.context.explore(len(self.row.granted))
        return sorted(self.row.granted)

    @strawberry.field(description="Why it is outside the regulation (不适用情形), if it is.")
    def scope_exclusion(self) -> str | None:
        return self.row.scope_exclusion

    @strawberry.field(description="The law that wants paper (法律效力例外), if one does.")
    def legal_force_exception(self) -> str | None:
        return self.row.legal_force_exception

    @strawberry.field(description="Whether a written commitment may stand in (允许告知承诺).")
    def commitment_allowed(self) -> bool:
        return self.row.commitment_allowed
