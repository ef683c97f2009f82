"""A small catalogue and the types its rows name."""

from datetime import date

from connectors.contract import ValueKind
from hub.catalogue.rows import (
    Catalogue,
    CatalogueContent,
    CatalogueRow,
    CatalogueVersion,
    Measure,
    ServiceItem,
    Unit,
    UnitKind,
)
from hub.declarations.words import CertificateField, CertificateType, Sensitivity
from hub.evidence import HolderKind

VERSION = CatalogueVersion(1, "2026 spring", date(2026, 3, 1))
HOUSING = Unit("U-1", "示例住房局", UnitKind.GOVERNMENT, "海曙示例区")
WATER = Unit("U-2", "示例自来水公司", UnitKind.PUBLIC_UTILITY)
RENT = ServiceItem("许可-1", "公租房资格", "住房保障", "U-1", False, 10)
RENT_OF_WATER = ServiceItem("许可-1", "公租房资格", "住房保障", "U-2", True, None)
METER = ServiceItem("服务-2", "用水过户", "供水", "U-2", True, None)
BOTH = (Measure.SHARING, Measure.VERIFICATION)


def a_row(
    number: int,
    item: ServiceItem = RENT,
    certificate: str = "resident_id_card",
    measures: tuple[Measure, ...] = BOTH,
    scope_exclusion: str | None = None,
) -> CatalogueRow:
    """A row that grants the name."""
    return CatalogueRow(
        number, item.unit, item.code, certificate, "公安机关", measures, frozenset({"name"}),
        scope_exclusion,
    )  # fmt: skip


CONTENT = CatalogueContent(
    (HOUSING, WATER),
    (RENT, RENT_OF_WATER, METER),
    (
        a_row(1),
        a_row(2, certificate="degree", scope_exclusion="由市外单位核发"),
        a_row(3, certificate="licence", measures=(Measure.FACE, Measure.APP_LICENCE)),
        a_row(4, certificate="commitment_only", measures=(Measure.COMMITMENT,)),
        a_row(5, METER),
        a_row(6, METER, "verified", (Measure.VERIFICATION,)),
        a_row(7, METER, "shared", (Measure.SHARING, Measure.COMMITMENT)),
        a_row(8, certificate="nothing", measures=()),
    ),
)


def a_catalogue(content: CatalogueContent = CONTENT) -> Catalogue:
    """The small catalogue, in force."""
    return Catalogue(VERSION, content)


def a_type(
    name: str,
    title_zh: str,
    labels: dict[str, str],
    holders: frozenset[HolderKind] = frozenset({HolderKind.PERSON}),
) -> CertificateType:
    """A certificate type with fields by name and Chinese label, the last one sensitive."""
    *_, last = labels
    fields = {
        field: CertificateField(
            field,
            label,
            field,
            ValueKind.TEXT,
            Sensitivity.SENSITIVE if field == last else Sensitivity.PUBLIC,
        )
        for field, label in labels.items()
    }
    return CertificateType(
        name, None, title_zh, name, holders, "公安机关", "Police", fields, None, None, None, None
    )


TYPES = {
    kind.name: kind
    for kind in (
        a_type("resident_id_card", "居民身份证", {"name": "姓名", "id_number": "公民身份号码"}),
        a_type("household_register", "户口簿", {"name": "姓名", "married": "婚姻状况"}),
        a_type("degree", "学位证书", {"level": "名称", "school": "名称"}),
        a_type("twin_one", "同名证", {"name": "姓名"}),
        a_type("twin_two", "同名证", {"name": "姓名"}),
    )
}
