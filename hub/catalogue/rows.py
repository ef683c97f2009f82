"""Words of the catalogue: units, items, rows and versions (Article 8)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit is; the order of sources binds government, and is the default for others."""

    GOVERNMENT = "government"
    AUTHORISED_ORGANISATION = "authorised_organisation"
    PUBLIC_UTILITY = "public_utility"
    BANK = "bank"
    INSURER = "insurer"
    SCHOOL = "school"
    OTHER = "other"


class Measure(StrEnum):
    """How a unit gets at a fact without the paper (办事措施), in the order of Article 9."""

    FACE = "face"
    APP_LICENCE = "app_licence"
    SHARING = "sharing"
    VERIFICATION = "verification"
    COMMITMENT = "commitment"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit (单位) that takes part; `district` (区县) is empty for the city itself."""

    code: str
    name_zh: str
    kind: UnitKind
    district: str = ""


@dataclass(frozen=True, slots=True)
class ServiceItem:
    """An item (事项) as one unit handles it; several units may handle the same code.

    `sector` is its field of administration (领域); `promised_days` are working days, none where
    nothing is promised; `immediate` (即办) items are decided at the counter.
    """

    code: str
    name_zh: str
    sector: str
    unit: str
    immediate: bool
    promised_days: int | None


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One certificate that one unit may ask for one item, and what it may see of it.

    `scope_exclusion` and `legal_force_exception` are reasons in words, or none (Articles 2, 13).
    """

    number: int
    unit: str
    item: str
    certificate: str
    issuer_zh: str
    measures: tuple[Measure, ...]
    granted: frozenset[str]
    scope_exclusion: str | None = None
    legal_force_exception: str | None = None
    commitment_allowed: bool = False


@dataclass(frozen=True, slots=True)
class CatalogueVersion:
    """An edition of the catalogue, in force from a day until the day before `effective_until`."""

    id: int
    name: str
    effective_from: date
    effective_until: date | None = None


@dataclass(frozen=True, slots=True)
class CatalogueContent:
    """All that an edition says: units, items of units, and rows by ascending number."""

    units: tuple[Unit, ...]
    items: tuple[ServiceItem, ...]
    rows: tuple[CatalogueRow, ...]


class Catalogue:
    """One edition in memory: every question of admission is a look into a dictionary.

    Raises `ValueError` where an item or row names what the edition lacks, or a row stands twice.
    """

    __slots__ = ("_handlers", "_rows", "_rows_of", "_texts", "items", "rows", "units", "version")

    def __init__(self, version: CatalogueVersion, content: CatalogueContent) -> None:
        self.version = version
        self.rows = content.rows
        self.units = {unit.code: unit for unit in content.units}
        self.items = {(item.unit, item.code): item for item in content.items}
        self._handlers: dict[str, list[str]] = {}
        self._rows: dict[tuple[str, str, str], CatalogueRow] = {}
        self._rows_of: dict[tuple[str, str], list[CatalogueRow]] = {}
        self._texts: dict[tuple[str, str], str] = {}
        for item in content.items:
            self._index_item(item)
        for row in content.rows:
            self._index(row)

    def _index_item(self, item: ServiceItem) -> None:
        unit = self.units.get(item.unit)
        if unit is None:
            raise ValueError(f"item {item.code} names unit {item.unit}: unknown")
        words = (item.code, item.name_zh, item.sector, unit.code, unit.name_zh, unit.district)
        self._texts[item.unit, item.code] = "\n".join(words).casefold()
        self._handlers.setdefault(item.code, []).append(item.unit)

    def _index(self, row: CatalogueRow) -> None:
        if (row.unit, row.item) not in self.items:
            raise ValueError(f"row {row.number} names unit {row.unit}, item {row.item}: unknown")
        key = (row.unit, row.item, row.certificate)
        if key in self._rows:
            raise ValueError(f"rows {self._rows[key].number} and {row.number} are the same")
        self._rows[key] = row
        self._rows_of.setdefault((row.unit, row.item), []).append(row)

    def row(self, unit: str, item: str, certificate: str) -> CatalogueRow | None:
        """The row by which this unit may ask this certificate for this item, if there is one."""
        return self._rows.get((unit, item, certificate))

    def rows_of(self, unit: str, item: str) -> tuple[CatalogueRow, ...]:
        """All certificates this unit may ask for this item, in the order of the catalogue."""
        return tuple(self._rows_of.get((unit, item), ()))

    def units_of(self, item: str) -> tuple[str, ...]:
        """The codes of the units that handle an item; empty where the catalogue lacks it."""
        return tuple(self._handlers.get(item, ()))

    def search(self, words: str) -> tuple[CatalogueRow, ...]:
        """The rows that hold every word, in a code or name of unit, item, sector or certificate."""
        wanted = words.casefold().split()
        return tuple(row for row in self.rows if all(w in self._text(row) for w in wanted))

    def search_items(self, words: str) -> tuple[ServiceItem, ...]:
        """The items that hold every word, in a code or name of item, sector or unit."""
        wanted = words.casefold().split()
        return tuple(
            item for key, item in self.items.items() if all(w in self._texts[key] for w in wanted)
        )

    def _text(self, row: CatalogueRow) -> str:
        of_row = f"{row.certificate}\n{row.issuer_zh}".casefold()
        return f"{self._texts[row.unit, row.item]}\n{of_row}"
