"""A synthetic catalogue of the real size: a function of the declared types and a seed."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random

from hub.catalogue.demonstration import demonstration
from hub.catalogue.rows import (
    CatalogueContent,
    CatalogueRow,
    Measure,
    ServiceItem,
    Unit,
    UnitKind,
)
from hub.declarations.words import CertificateType, Sensitivity
from hub.evidence import HolderKind

SECTORS = 47
ITEMS = 1464
ROWS = 4486
_MOST_OF_A_PAIR = 10

_DISTRICTS = (
    *("海曙示例区", "江北示例区", "镇海示例区", "北仑示例区", "鄞州示例区", "奉化示例区"),
    "余姚示例市",
)
_AUTHORISED = frozenset({"公用事业监管中心", "住房公积金管理中心", "残疾人联合会"})
_OTHERS = (
    ("示例市自来水集团", UnitKind.PUBLIC_UTILITY, "供水供电供气服务"),
    ("示例市供电公司", UnitKind.PUBLIC_UTILITY, "供水供电供气服务"),
    ("示例市管道燃气公司", UnitKind.PUBLIC_UTILITY, "供水供电供气服务"),
    ("示例银行", UnitKind.BANK, "住房公积金"),
    ("示例农村商业银行", UnitKind.BANK, "住房公积金"),
    ("示例人寿保险公司", UnitKind.INSURER, "医疗保障"),
    ("示例财产保险公司", UnitKind.INSURER, "交通安全管理"),
    ("示例市第一中学", UnitKind.SCHOOL, "教育管理"),
    ("示例市实验小学", UnitKind.SCHOOL, "学前与义务教育"),
    ("示例市公证处", UnitKind.OTHER, "司法行政"),
)
_ACTIONS = {
    "许可": ("核发", "变更", "延续", "注销", "补办", "地址变更", "法定代表人变更", "名称变更"),
    "确认": ("登记", "变更登记", "注销登记", "资格确认", "更正登记", "备案", "年度审核", "补录"),
    "给付": ("申领", "资格审核", "发放", "停发", "恢复发放", "标准调整", "账户变更", "补发"),
    "公共服务": ("查询", "办理", "预约", "证明出具", "信息变更", "转移", "补办", "委托代办"),
}
_MEASURES: tuple[tuple[Measure, ...], ...] = (
    *[(Measure.SHARING, Measure.VERIFICATION)] * 6,
    *[(Measure.SHARING,)] * 3,
    *[(Measure.APP_LICENCE, Measure.SHARING, Measure.VERIFICATION)] * 3,
    *[(Measure.SHARING, Measure.VERIFICATION, Measure.COMMITMENT)] * 3,
    *[(Measure.VERIFICATION,)] * 2,
    (Measure.FACE, Measure.APP_LICENCE, Measure.SHARING),
    (Measure.FACE, Measure.APP_LICENCE),
    (Measure.COMMITMENT,),
)
_EXCLUDED = "由市外单位核发且未共享"
_PAPER = "法律、行政法规另有规定"
_COMMON = {"person": "resident_id_card", "organisation": "business_licence"}


@dataclass(frozen=True, slots=True)
class _Sector:
    name: str
    bureau: str
    holder: str
    districts: bool
    nouns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    """An item as one unit handles it, and whom its certificates are about."""

    unit: Unit
    item: ServiceItem
    holder: str


def synthetic_catalogue(types: Mapping[str, CertificateType], seed: int = 0) -> CatalogueContent:
    """47 sectors, 1,464 items and 4,486 rows over all declared types, the demonstration's first.

    Raises `ValueError` where so few types are declared that there can't be as many rows.
    """
    rng = Random(seed)
    demo = demonstration(types)
    pairs = list(_pairs(rng, demo))
    counts = _counts(rng, pairs, types, ROWS - len(demo.rows))
    rows = _rows(rng, pairs, counts, types, len(demo.rows) + 1)
    units = {pair.unit.code: pair.unit for pair in pairs}
    return CatalogueContent(
        (*demo.units, *units.values()),
        (*demo.items, *(pair.item for pair in pairs)),
        (*demo.rows, *rows),
    )


def _sectors() -> tuple[_Sector, ...]:
    written = (Path(__file__).parent / "sectors.toml").read_text(encoding="utf-8")
    return tuple(
        _Sector(
            name, one["bureau"], one["holder"], one.get("districts", False), tuple(one["nouns"])
        )
        for name, one in tomllib.loads(written).items()
    )


def _pairs(rng: Random, demo: CatalogueContent) -> Iterator[_Pair]:
    sectors = _sectors()
    bureaus = list(dict.fromkeys(sector.bureau for sector in sectors))
    numbers = _free_numbers({item.code for item in demo.items})
    for place, sector in enumerate(sectors):
        number = bureaus.index(sector.bureau) + 1
        for kind, name in _named(sector, _share(place, ITEMS - len(demo.items))):
            code = next(numbers[kind])
            immediate = rng.random() < 0.4
            days = None if immediate else rng.choice((1, 2, 3, 5, 7, 10, 15, 20))
            for unit in _handlers(rng, sector, number):
                item = ServiceItem(code, name, sector.name, unit.code, immediate, days)
                yield _Pair(unit, item, sector.holder)


def _share(place: int, items: int) -> int:
    return items // SECTORS + (place < items % SECTORS)


def _named(sector: _Sector, count: int) -> list[tuple[str, str]]:
    nouns = [noun.partition(":") for noun in sector.nouns]
    every = [(kind, noun, action) for kind, _, noun in nouns for action in _ACTIONS[kind]]
    every.sort(key=lambda one: _ACTIONS[one[0]].index(one[2]))
    return [(kind, f"{noun}{action}") for kind, noun, action in every[:count]]


def _free_numbers(taken: set[str]) -> dict[str, Iterator[str]]:
    def numbers(kind: str) -> Iterator[str]:
        codes = (f"{kind}-{number:05d}-000" for number in range(1, 100_000))
        return (code for code in codes if code not in taken)

    return {kind: numbers(kind) for kind in _ACTIONS}


def _handlers(rng: Random, sector: _Sector, bureau: int) -> Iterator[Unit]:
    authorised = sector.bureau in _AUTHORISED
    kind = UnitKind.AUTHORISED_ORGANISATION if authorised else UnitKind.GOVERNMENT
    yield Unit(f"NB-{bureau:02d}-00", f"示例市{sector.bureau}", kind)
    if sector.districts and rng.random() < 0.4:
        for place in sorted(rng.sample(range(len(_DISTRICTS)), rng.randint(1, 5))):
            district = _DISTRICTS[place]
            code = f"NB-{bureau:02d}-{place + 1:02d}"
            yield Unit(code, f"{district}{sector.bureau}", kind, district)
    for number, (name, other, where) in enumerate(_OTHERS, start=1):
        if where == sector.name and rng.random() < 0.3:
            yield Unit(f"NB-90-{number:02d}", name, other)


def _counts(
    rng: Random, pairs: Sequence[_Pair], types: Mapping[str, CertificateType], rows: int
) -> list[int]:
    most = {
        holder: min(_MOST_OF_A_PAIR, len(_pool(types, holder)))
        for holder in ("person", "organisation", "either")
    }
    if not min(most.values()) or sum(most[pair.holder] for pair in pairs) < rows:
        raise ValueError(
            f"{len(types)} certificate types are too few for {ROWS} rows: declare more, "
            "of persons and of organisations"
        )
    counts = [1] * len(pairs)
    for _ in range(rows - len(pairs)):
        place = rng.randrange(len(pairs))
        while counts[place] >= most[pairs[place].holder]:
            place = rng.randrange(len(pairs))
        counts[place] += 1
    return counts


def _pool(types: Mapping[str, CertificateType], holder: str) -> list[str]:
    every = sorted(types)
    if holder == "either":
        return every
    return [name for name in every if HolderKind(holder) in types[name].holders]


def _rows(
    rng: Random,
    pairs: Sequence[_Pair],
    counts: Iterable[int],
    types: Mapping[str, CertificateType],
    first: int,
) -> Iterator[CatalogueRow]:
    turns = {}
    for holder in ("person", "organisation", "either"):
        pool = _pool(types, holder)
        turns[holder] = cycle(rng.sample(pool, len(pool)))
    number = first
    for pair, count in zip(pairs, counts, strict=True):
        for certificate in _certificates(rng, pair.holder, count, turns[pair.holder], types):
            yield _row(rng, number, pair, types[certificate])
            number += 1


def _certificates(
    rng: Random,
    holder: str,
    count: int,
    turn: Iterator[str],
    types: Mapping[str, CertificateType],
) -> list[str]:
    common = _COMMON.get(holder, "")
    chosen = [common] if common in types and rng.random() < 0.5 else []
    while len(chosen) < count:
        certificate = next(turn)
        if certificate not in chosen:
            chosen.append(certificate)
    return chosen


def _row(rng: Random, number: int, pair: _Pair, kind: CertificateType) -> CatalogueRow:
    measures = rng.choice(_MEASURES)
    odd = rng.random()
    return CatalogueRow(
        number=number,
        unit=pair.unit.code,
        item=pair.item.code,
        certificate=kind.name,
        issuer_zh=kind.issuer_zh,
        measures=measures,
        granted=_granted(rng, kind),
        scope_exclusion=_EXCLUDED if odd < 0.01 else None,
        legal_force_exception=_PAPER if odd > 0.99 else None,
        commitment_allowed=Measure.COMMITMENT in measures,
    )


def _granted(rng: Random, kind: CertificateType) -> frozenset[str]:
    sensitive = {f.name for f in kind.fields.values() if f.sensitivity is Sensitivity.SENSITIVE}
    fewer = frozenset(kind.fields) - sensitive
    return fewer if fewer and rng.random() < 0.2 else frozenset(kind.fields)
