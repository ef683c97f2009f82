"""Reads the cells of a published sheet (.xlsx or .csv) as plain text, and writes such a sheet."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font
from python_calamine import CalamineError, load_workbook

from hub.catalogue.columns import CHINESE, Column
from hub.catalogue.rows import CatalogueContent, CatalogueRow, Measure, ServiceItem, Unit, UnitKind
from hub.declarations.words import ConfigurationError

Cells = tuple[str, ...]
"""One line of a sheet; index 0 of a list of them is row 1 of the sheet."""

UNIT_KINDS = {
    UnitKind.GOVERNMENT: "行政机关",
    UnitKind.AUTHORISED_ORGANISATION: "授权组织",
    UnitKind.PUBLIC_UTILITY: "公用事业单位",
    UnitKind.BANK: "银行",
    UnitKind.INSURER: "保险机构",
    UnitKind.SCHOOL: "学校",
    UnitKind.OTHER: "其他",
}
"""Chinese words of the unit kinds."""

MEASURES = {
    Measure.FACE: "人脸识别",
    Measure.APP_LICENCE: "APP电子证照",
    Measure.SHARING: "数据共享",
    Measure.VERIFICATION: "共享核查",
    Measure.COMMITMENT: "告知承诺",
}
"""Chinese words of the measures."""


class UnreadableSheet(ConfigurationError):
    """The file is no sheet that can be read: names the file, why, and what is allowed."""


def read_cells(file: Path) -> list[Cells]:
    """Every line of the first sheet of an .xlsx, or of a .csv in UTF-8 or GB18030."""
    if not file.is_file():
        raise UnreadableSheet(f"{file}: there is no such file; give an .xlsx or .csv")
    match file.suffix.lower():
        case ".xlsx":
            return _read_xlsx(file)
        case ".csv":
            return _read_csv(file)
    raise UnreadableSheet(f"{file}: can't be read by its name; give an .xlsx or .csv")


def _read_xlsx(file: Path) -> list[Cells]:
    try:
        workbook = load_workbook(str(file))
        sheet = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as failure:
        raise UnreadableSheet(
            f"{file}: is no readable .xlsx ({failure}); save it again as Excel workbook, "
            "without a password"
        ) from None
    return [tuple(map(_text, line)) for line in sheet]


def _read_csv(file: Path) -> list[Cells]:
    try:
        lines = csv.reader(io.StringIO(_decoded(file), newline=""), strict=True)
        return [tuple(map(_text, line)) for line in lines]
    except csv.Error as failure:
        raise UnreadableSheet(
            f"{file}: is no readable .csv ({failure}); save it again as CSV with commas"
        ) from None


def _decoded(file: Path) -> str:
    written = file.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableSheet(f"{file}: is neither UTF-8 nor GB18030; save it again as CSV UTF-8")


def _text(cell: object) -> str:
    match cell:
        case bool():
            return _yes(cell)
        case float() if cell.is_integer():
            return str(int(cell))
        case date():
            return cell.isoformat()
    return " ".join(str(cell).split())


def _yes(said: bool) -> str:
    return "是" if said else "否"


def write_spreadsheet(content: CatalogueContent, file: Path) -> None:
    """Write the catalogue as one flat sheet with Chinese headers, as `read_cells` reads it."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None, "a new workbook has a sheet"
    sheet.title = "无证件办事目录"
    sheet.freeze_panes = "A2"
    for line in flat(content):
        sheet.append(line)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    workbook.save(file)


def flat(content: CatalogueContent) -> Iterable[tuple[str | int, ...]]:
    """The header, then one line per row."""
    units = {unit.code: unit for unit in content.units}
    items = {(item.unit, item.code): item for item in content.items}
    yield tuple(CHINESE[column] for column in Column)
    for row in content.rows:
        yield _line(units[row.unit], items[row.unit, row.item], row)


def _line(unit: Unit, item: ServiceItem, row: CatalogueRow) -> tuple[str | int, ...]:
    return (
        unit.code,
        unit.name_zh,
        UNIT_KINDS[unit.kind],
        unit.district,
        item.sector,
        item.code,
        item.name_zh,
        _yes(item.immediate),
        "" if item.promised_days is None else item.promised_days,
        row.certificate,
        row.issuer_zh,
        "、".join(MEASURES[measure] for measure in row.measures),
        "、".join(sorted(row.granted)),
        row.scope_exclusion or "",
        row.legal_force_exception or "",
        _yes(row.commitment_allowed),
    )
