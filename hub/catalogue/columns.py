"""The columns of a published catalogue, in English and as Ningbo names them."""

from enum import StrEnum


class Column(StrEnum):
    """One column; its value is the English header."""

    UNIT_CODE = "unit_code"
    UNIT_NAME = "unit_name"
    UNIT_KIND = "unit_kind"
    DISTRICT = "district"
    SECTOR = "sector"
    ITEM_CODE = "item_code"
    ITEM_NAME = "item_name"
    IMMEDIATE = "immediate"
    PROMISED_DAYS = "promised_days"
    CERTIFICATE = "certificate"
    ISSUER = "issuer"
    MEASURES = "measures"
    GRANTED = "granted"
    SCOPE_EXCLUSION = "scope_exclusion"
    LEGAL_FORCE_EXCEPTION = "legal_force_exception"
    COMMITMENT_ALLOWED = "commitment_allowed"


CHINESE = {
    Column.UNIT_CODE: "单位编码",
    Column.UNIT_NAME: "单位名称",
    Column.UNIT_KIND: "单位类型",
    Column.DISTRICT: "区县",
    Column.SECTOR: "领域",
    Column.ITEM_CODE: "事项编码",
    Column.ITEM_NAME: "事项名称",
    Column.IMMEDIATE: "即办",
    Column.PROMISED_DAYS: "承诺期限",
    Column.CERTIFICATE: "证件名称",
    Column.ISSUER: "出具单位",
    Column.MEASURES: "办事措施",
    Column.GRANTED: "可见字段",
    Column.SCOPE_EXCLUSION: "不适用情形",
    Column.LEGAL_FORCE_EXCEPTION: "法律效力例外",
    Column.COMMITMENT_ALLOWED: "允许告知承诺",
}
"""The Chinese header of each column, as written out."""

MAY_BE_MISSING = frozenset(
    {
        Column.DISTRICT,
        Column.IMMEDIATE,
        Column.PROMISED_DAYS,
        Column.SCOPE_EXCLUSION,
        Column.LEGAL_FORCE_EXCEPTION,
        Column.COMMITMENT_ALLOWED,
    }
)
"""Columns that may be left out, and whose cells may be blank."""

BY_HEADER = {
    **{column.value: column for column in Column},
    **{header: column for column, header in CHINESE.items()},
    "证件类型": Column.CERTIFICATE,
    "certificate_type": Column.CERTIFICATE,
    "区县(市)": Column.DISTRICT,
}
"""Every header that is understood."""


def shown(column: Column) -> str:
    """Both headers of a column, as messages name it."""
    return f"{CHINESE[column]} ({column.value})"
