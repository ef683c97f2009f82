"""The rows that the demo, the examples and the README ask by: two units, four items."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.catalogue.rows import (
    CatalogueContent,
    CatalogueRow,
    Measure,
    ServiceItem,
    Unit,
    UnitKind,
)
from hub.declarations.words import CertificateType

WINDOW = Unit("NB-DEMO-01", "示例市政务服务中心住房保障窗口", UnitKind.GOVERNMENT, "海曙示例区")
WATER = Unit("NB-DEMO-02", "示例市自来水服务有限公司", UnitKind.PUBLIC_UTILITY)

HOUSING = ServiceItem(
    "许可-00757-000", "公共租赁住房承租资格确认", "住房保障", WINDOW.code, False, 10
)
ORGANISATION_HOUSING = ServiceItem(
    "许可-00912-000", "单位集体租赁住房资格审核", "住房保障", WINDOW.code, False, 5
)
TALENT = ServiceItem("确认-00033-000", "人才住房保障资格确认", "住房保障", WINDOW.code, True, None)
METER = ServiceItem(
    "公共服务-00120-000", "居民用水过户", "供水供电供气服务", WATER.code, True, None
)

OF_A_PERSON = (
    "resident_id_card",
    "household_register",
    "marriage_registration",
    "real_estate_title",
    "housing_check",
    "social_insurance",
    "medical_insurance",
    "housing_fund",
    "minimum_living_allowance",
    "disability_card",
    "residence_permit",
    "no_criminal_record",
)
OF_AN_ORGANISATION = (
    "business_licence",
    "social_organisation",
    "law_firm_licence",
    "deed_tax_payment",
)
BY_COMMITMENT = frozenset(
    {"minimum_living_allowance", "disability_card", "residence_permit", "law_firm_licence"}
)
WITHHELD = {"household_register": frozenset({"marital_status", "former_name"})}
NOT_SHARED = "由市外单位核发且未共享"


@dataclass(frozen=True, slots=True)
class _Asked:
    item: ServiceItem
    certificate: str
    excluded: str | None = None


_ASKED = (
    *(_Asked(HOUSING, name) for name in OF_A_PERSON),
    *(_Asked(ORGANISATION_HOUSING, name) for name in OF_AN_ORGANISATION),
    _Asked(TALENT, "academic_degree", NOT_SHARED),
    _Asked(METER, "real_estate_title"),
    _Asked(METER, "resident_id_card"),
)


def demonstration(types: Mapping[str, CertificateType]) -> CatalogueContent:
    """The demonstration's units, items and rows, as far as their types are declared."""
    asked = [one for one in _ASKED if one.certificate in types]
    rows = tuple(_row(n, one, types[one.certificate]) for n, one in enumerate(asked, start=1))
    items = [i for i in (HOUSING, ORGANISATION_HOUSING, TALENT, METER) if _asks(rows, i)]
    units = [unit for unit in (WINDOW, WATER) if any(row.unit == unit.code for row in rows)]
    return CatalogueContent(tuple(units), tuple(items), rows)


def _asks(rows: tuple[CatalogueRow, ...], item: ServiceItem) -> bool:
    return any(row.item == item.code for row in rows)


def _row(number: int, asked: _Asked, kind: CertificateType) -> CatalogueRow:
    committed = asked.certificate in BY_COMMITMENT
    shared = (Measure.SHARING, Measure.VERIFICATION)
    return CatalogueRow(
        number=number,
        unit=asked.item.unit,
        item=asked.item.code,
        certificate=asked.certificate,
        issuer_zh=kind.issuer_zh,
        measures=(*shared, Measure.COMMITMENT) if committed else shared,
        granted=frozenset(kind.fields) - WITHHELD.get(asked.certificate, frozenset()),
        scope_exclusion=asked.excluded,
        commitment_allowed=committed,
    )
