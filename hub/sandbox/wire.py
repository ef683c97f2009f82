"""One declared interface, spoken backwards: from values to the answer that yields them."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from connectors.contract import Interface, Value, ValueKind
from hub.sandbox.draw import draw, pick
from hub.sandbox.formats import Manner, Wire, Writer, manner_of, writer, written_day
from hub.sandbox.nesting import Row, Tree, put

Values = Mapping[str, Value | None]
_MONTH = re.compile("20[0-9]{4}")  # a text that holds yyyyMM
_NEWEST_UNDECLARED = date(2025, 6, 30)


@dataclass(frozen=True, slots=True)
class Column:
    """One declared field on its way to the wire."""

    name: str
    key: str
    kind: ValueKind
    write: Writer


@dataclass(frozen=True, slots=True)
class Script:
    """How one interface of one platform answers."""

    interface: Interface
    manner: Manner
    columns: tuple[Column, ...]
    keys: Mapping[str, str]  # as declared, to as written in this message
    noise: Row
    blank: str | list[object] | None

    def rows(self, values: Values, identifier: str) -> list[Row]:
        """The rows that say it: outdated ones too where the declaration tells which is newest."""
        texts = [column for column in self.columns if column.kind is ValueKind.TEXTS]
        if texts:
            return self._row_per_text(values, identifier, texts[0])
        rows = [self._row(values, identifier, 0)]
        if self.interface.answer.newest and self._dated(values):
            older = draw(self.interface.name, identifier) % 3
            rows += [
                self._row(self._outdated(values, age), identifier, age)
                for age in range(1, older + 1)
            ]
            if draw("order", identifier) % 2:
                rows.reverse()
        return rows

    def held(self, rows: Sequence[Row]) -> Tree:
        """The body that holds the rows."""
        answer = self.interface.answer
        alone = len(rows) == 1 and pick((True, False), "alone", self.interface.target)
        body: Tree = {}
        put(body, answer.rows, rows[0] if alone else list(rows))
        if answer.success:
            put(body, answer.success.path, _code(answer.success.values[0]))
        return body

    def not_held(self) -> Tree:
        """The body that says there is nothing."""
        answer, body = self.interface.answer, Tree()
        if answer.absent:
            put(body, answer.rows, self.blank)
            put(body, answer.absent.path, _code(answer.absent.values[0]))
            return body
        outside = answer.success is None and pick((True, False), "outside", self.interface.target)
        put(body, answer.rows.split(".")[0] if outside else answer.rows, self.blank)
        if answer.success:
            put(body, answer.success.path, _code(answer.success.values[0]))
        return body

    def failed(self, code: str) -> Tree:
        """The body of an error that comes as HTTP 200."""
        body: Tree = {"code": code, "message": "系统繁忙"}
        if self.interface.answer.success:
            put(body, self.interface.answer.success.path, code)
        return body

    def _row_per_text(self, values: Values, identifier: str, column: Column) -> list[Row]:
        texts = values[column.name]
        if not isinstance(texts, tuple):
            return [self._row(values, identifier, 0)]
        return [self._row({**values, column.name: text}, identifier, 0) for text in texts]

    def _row(self, values: Values, identifier: str, age: int) -> Row:
        row: Row = dict(self.noise)
        for key in self.interface.answer.holder:
            put(row, self.keys[key], identifier)
        if newest := self.interface.answer.newest:
            day = _NEWEST_UNDECLARED - timedelta(days=365 * age)
            put(row, self.keys[newest], written_day(self.manner, day))
        for column in self.columns:
            put(row, self.keys[column.key], column.write(values[column.name]))
        return row

    def _outdated(self, values: Values, age: int) -> Values:
        return {each.name: _older(values[each.name], age, each.kind) for each in self.columns}

    def _dated(self, values: Values) -> bool:
        for column in self.columns:
            if column.key.casefold() == (self.interface.answer.newest or "").casefold():
                value = values[column.name]
                return isinstance(value, date) or bool(_MONTH.fullmatch(str(value)))
        return True


def script_of(platform: str, interface: Interface, *, text_only: bool = False) -> Script:
    """The script of a declared interface; its warts depend on its name and nothing else."""
    manner = manner_of(platform, interface.name, text_only=text_only)
    columns = tuple(
        Column(source.name, source.key, source.kind, writer(manner, source.name, source.kind))
        for source in interface.answer.fields
    )
    noise = {} if text_only else _noise(platform, interface.name)
    blank = "" if text_only else pick(_BLANKS, "blank", platform, interface.name)
    return Script(interface, manner, columns, _keys(platform, interface), noise, blank)


_BLANKS: tuple[str | list[object] | None, ...] = ("", "[]", None, [])
_DRIFTS: tuple[Callable[[str], str], ...] = (str, str, str.upper, str.lower)


def _keys(platform: str, interface: Interface) -> dict[str, str]:
    answer = interface.answer
    declared = [source.key for source in answer.fields] + list(answer.holder)
    if answer.newest:
        declared.append(answer.newest)
    spelt: dict[str, str] = {}
    for key in declared:
        spelt.setdefault(key.casefold(), _drifted(platform, key))
    return {key: spelt[key.casefold()] for key in declared}


def _drifted(platform: str, key: str) -> str:
    path, _, leaf = key.rpartition(".")
    drift = pick(_DRIFTS, "drift", platform, key.casefold())
    return f"{path}.{drift(leaf)}" if path else drift(leaf)


def _noise(platform: str, interface: str) -> Row:
    words = platform, interface
    noise: Row = {"sandbox_rowid": f"{draw('row', *words) % 10**9}", "sandbox_flag": "\\N"}
    if draw("masked", *words) % 2:
        noise["sandbox_masked_id"] = "330203************"
    if draw("photo", *words) % 4 == 0:
        noise["sandbox_photo"] = base64.b64encode(bytes(range(256)) * 6).decode()
    return noise


def _older(value: Value | None, age: int, kind: ValueKind) -> Value | None:
    if isinstance(value, date):
        return value.replace(year=value.year - age, day=1)
    if kind is not ValueKind.TEXT or not isinstance(value, str):
        return value
    return f"{int(value) - 100 * age}" if _MONTH.fullmatch(value) else f"旧{value}"


def _code(value: str) -> Wire:
    if value in ("true", "false"):
        return value == "true"
    return int(value) if value.isdigit() and str(int(value)) == value and len(value) > 1 else value
