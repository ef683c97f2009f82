"""Checks a published sheet line by line: the whole catalogue, or every mistake in it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from hub.catalogue.cells import Line, Problem
from hub.catalogue.columns import BY_HEADER, CHINESE, MAY_BE_MISSING, Column, shown
from hub.catalogue.rows import (
    CatalogueContent,
    CatalogueRow,
    Measure,
    ServiceItem,
    Unit,
    UnitKind,
)
from hub.catalogue.spreadsheet import MEASURES, UNIT_KINDS, Cells
from hub.declarations.words import CertificateType

Progress = Callable[[int, int], None]
"""Told how many rows are done, of how many."""

_KIND_WORDS = {**{k.value: k for k in UnitKind}, **{zh: k for k, zh in UNIT_KINDS.items()}}
_KINDS = ", ".join(f"{zh} ({kind.value})" for kind, zh in UNIT_KINDS.items())
_MEASURE_WORDS = {**{m.value: m for m in Measure}, **{zh: m for m, zh in MEASURES.items()}}
_MEASURES = "one or more of " + ", ".join(f"{zh} ({m.value})" for m, zh in MEASURES.items())
_HEADER_WITHIN = 10  # a published sheet may have a title above its header
_HEADER_HAS = 3


def check_cells(
    lines: Sequence[Cells], types: Mapping[str, CertificateType], progress: Progress
) -> CatalogueContent | tuple[Problem, ...]:
    """The catalogue that the sheet says, or everything that is wrong with it, in its order."""
    at = _header_at(lines)
    header, problems = _header(lines[at] if lines else (), at + 1)
    if problems:
        return tuple(problems)
    numbered = [(n, cells) for n, cells in enumerate(lines, start=1) if n > at + 1 and any(cells)]
    reading = _Reading(types)
    for done, (number, cells) in enumerate(numbered, start=1):
        reading.take(number, {column: cells[n] for column, n in header.items() if n < len(cells)})
        progress(done, len(numbered))
    return reading.result()


def _header_at(lines: Sequence[Cells]) -> int:
    for number, cells in enumerate(lines[:_HEADER_WITHIN]):
        if sum(cell in BY_HEADER for cell in cells) >= _HEADER_HAS:
            return number
    return 0


def _header(cells: Cells, row: int) -> tuple[dict[Column, int], list[Problem]]:
    found = {BY_HEADER[cell]: n for n, cell in enumerate(cells) if cell in BY_HEADER}
    known = "、".join(CHINESE.values())
    unknown = [cell for cell in cells if cell and cell not in BY_HEADER]
    missing = [c for c in Column if c not in found and c not in MAY_BE_MISSING]
    counts = Counter(BY_HEADER[cell] for cell in cells if cell in BY_HEADER)
    problems: list[Problem] = []
    line = Line(row, dict.fromkeys(found, ""), problems.append)
    problems += [Problem(row, "header", cell, f"the columns {known}") for cell in unknown]
    problems += [
        Problem(row, "header", "", f"the column {shown(column)}, which is missing")
        for column in missing
    ]
    for column in (column for column, count in counts.items() if count > 1):
        line.wrong(column, "the column once", given=f"{counts[column]} times")
    return found, problems


class _Reading:
    def __init__(self, types: Mapping[str, CertificateType]) -> None:
        self._types = types
        self._names = _names(types)
        self._fields = {name: _field_words(kind) for name, kind in types.items()}
        self._units: dict[str, tuple[int, Unit]] = {}
        self._items: dict[tuple[str, str], tuple[int, ServiceItem]] = {}
        self._rows: dict[tuple[str, str, str], tuple[int, CatalogueRow]] = {}
        self._problems: list[Problem] = []

    def take(self, number: int, cells: Mapping[Column, str]) -> None:
        line = Line(number, cells, self._problems.append)
        before = len(self._problems)
        unit, item, row = _unit(line), _item(line), self._row(line)
        if len(self._problems) == before and unit and row:
            self._agree_unit(line, unit)
            self._agree_item(line, item)
            self._add(line, row)

    def result(self) -> CatalogueContent | tuple[Problem, ...]:
        if not self._rows and not self._problems:
            return (Problem(None, None, "", "at least one row below the header"),)
        if self._problems:
            return tuple(dict.fromkeys(self._problems))
        return CatalogueContent(
            tuple(unit for _, unit in self._units.values()),
            tuple(item for _, item in self._items.values()),
            tuple(row for _, row in self._rows.values()),
        )

    def _row(self, line: Line) -> CatalogueRow | None:
        allowed = f"the name or Chinese title of a declared certificate type ({len(self._types)})"
        certificate = line.word(Column.CERTIFICATE, self._names, allowed)
        issuer = line.text(Column.ISSUER)
        measures = line.words(Column.MEASURES, _MEASURE_WORDS, _MEASURES)
        row = CatalogueRow(
            number=len(self._rows) + 1,
            unit=line.code(Column.UNIT_CODE),
            item=line.code(Column.ITEM_CODE),
            certificate=certificate or "",
            issuer_zh=issuer,
            measures=measures,
            granted=self._granted(line, certificate),
            scope_exclusion=line.text_if_any(Column.SCOPE_EXCLUSION),
            legal_force_exception=line.text_if_any(Column.LEGAL_FORCE_EXCEPTION),
            commitment_allowed=_commitment(line, measures),
        )
        return row if certificate else None

    def _granted(self, line: Line, certificate: str | None) -> frozenset[str]:
        if certificate is None:
            return frozenset()
        fields = self._types[certificate].fields
        if line.is_all(Column.GRANTED):
            return frozenset(fields)
        allowed = f"* or fields of {certificate}: {', '.join(fields)}"
        return frozenset(line.words(Column.GRANTED, self._fields[certificate], allowed))

    def _agree_unit(self, line: Line, unit: Unit) -> None:
        first, same = self._units.setdefault(unit.code, (line.row, unit))
        for column, given, before in (
            (Column.UNIT_NAME, unit.name_zh, same.name_zh),
            (Column.UNIT_KIND, UNIT_KINDS[unit.kind], UNIT_KINDS[same.kind]),
            (Column.DISTRICT, unit.district, same.district),
        ):
            _agree(line, column, given, before, f"unit {unit.code} in row {first}")

    def _agree_item(self, line: Line, item: ServiceItem) -> None:
        first, same = self._items.setdefault((item.unit, item.code), (line.row, item))
        for column, given, before in (
            (Column.SECTOR, item.sector, same.sector),
            (Column.ITEM_NAME, item.name_zh, same.name_zh),
            (Column.IMMEDIATE, item.immediate, same.immediate),
            (Column.PROMISED_DAYS, item.promised_days, same.promised_days),
        ):
            _agree(line, column, given, before, f"item {item.code} in row {first}")

    def _add(self, line: Line, row: CatalogueRow) -> None:
        first, _ = self._rows.setdefault((row.unit, row.item, row.certificate), (line.row, row))
        if first != line.row:
            line.wrong(
                Column.CERTIFICATE,
                f"each certificate once for an item of a unit; row {first} has this one",
            )


def _unit(line: Line) -> Unit | None:
    code, name = line.code(Column.UNIT_CODE), line.text(Column.UNIT_NAME)
    kind = line.word(Column.UNIT_KIND, _KIND_WORDS, _KINDS)
    district = line.text_if_any(Column.DISTRICT) or ""
    return Unit(code, name, kind, district) if kind else None


def _item(line: Line) -> ServiceItem:
    return ServiceItem(
        code=line.code(Column.ITEM_CODE),
        name_zh=line.text(Column.ITEM_NAME),
        sector=line.text(Column.SECTOR),
        unit=line.code(Column.UNIT_CODE),
        immediate=line.yes(Column.IMMEDIATE, otherwise=False),
        promised_days=line.days(Column.PROMISED_DAYS),
    )


def _commitment(line: Line, measures: tuple[Measure, ...]) -> bool:
    listed = Measure.COMMITMENT in measures
    allowed = line.yes(Column.COMMITMENT_ALLOWED, otherwise=listed)
    if listed and not allowed:
        line.wrong(
            Column.COMMITMENT_ALLOWED,
            f"是 or blank, because {CHINESE[Column.MEASURES]} lists {MEASURES[Measure.COMMITMENT]}",
        )
    return allowed


def _agree(line: Line, column: Column, given: object, before: object, where: str) -> None:
    if given != before:
        said = f'"{_told(before)}"' if _told(before) else "blank"
        line.wrong(column, f"the same as {where}: {said}", given=_told(given))


def _told(value: object) -> str:
    match value:
        case True:
            return "是"
        case False:
            return "否"
        case None:
            return ""
    return str(value)


def _names(types: Mapping[str, CertificateType]) -> dict[str, str]:
    counts = Counter(kind.title_zh for kind in types.values())
    titles = {t.title_zh: name for name, t in types.items() if counts[t.title_zh] == 1}
    return {**titles, **{name: name for name in types}}


def _field_words(kind: CertificateType) -> dict[str, str]:
    counts = Counter(field.label_zh for field in kind.fields.values())
    labels = {f.label_zh: n for n, f in kind.fields.items() if counts[f.label_zh] == 1}
    return {**labels, **{name: name for name in kind.fields}}
