"""Sheets as a city would publish them."""

import csv
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

HEADER = [
    "单位编码", "单位名称", "单位类型", "区县", "领域", "事项编码", "事项名称", "即办", "承诺期限",
    "证件名称", "出具单位", "办事措施", "可见字段", "不适用情形", "法律效力例外", "允许告知承诺",
]  # fmt: skip
ENGLISH = [
    "unit_code", "unit_name", "unit_kind", "district", "sector", "item_code", "item_name",
    "immediate", "promised_days", "certificate", "issuer", "measures", "granted",
    "scope_exclusion", "legal_force_exception", "commitment_allowed",
]  # fmt: skip
GOOD = [
    "U-1", "示例住房局", "行政机关", "海曙示例区", "住房保障", "许可-1", "公租房资格", "否",
    "10个工作日", "居民身份证", "公安机关", "数据共享、共享核查", "*", "", "", "",
]  # fmt: skip


def line(**cells: str | float | None) -> list[str | float | None]:
    """The good line with some cells changed, by English header."""
    return [cells.get(name, cell) for name, cell in zip(ENGLISH, GOOD, strict=True)]


def write_csv(file: Path, lines: Sequence[Sequence[object]], encoding: str = "utf-8") -> Path:
    """A .csv of these lines."""
    with file.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows(lines)
    return file


def write_xlsx(file: Path, lines: Sequence[Sequence[object]]) -> Path:
    """An .xlsx of these lines."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for cells in lines:
        sheet.append(list(cells))
    workbook.save(file)
    return file
