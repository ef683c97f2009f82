"""Plausible texts for the fields of a certificate, by the words of their names."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hub.declarations.words import CertificateField, CertificateType
from hub.sandbox.draw import draw, pick
from hub.sandbox.names import DIVISIONS, address, person_name
from hub.sandbox.population import Population
from hub.sandbox.relations import Subject, about, words_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One text field of one certificate, to be filled in."""

    population: Population
    certificate: CertificateType
    field: CertificateField
    subject: Subject

    @property
    def seeds(self) -> tuple[str, ...]:
        """What the text depends on."""
        return (
            str(self.population.seed),
            self.certificate.name,
            self.field.name,
            self.subject.identifier,
        )


def text(entry: Entry) -> str | None:
    """A text for the field; remarks and former names are often left open."""
    words = words_of(entry.field.name)
    if words & _OFTEN_OPEN and draw("open", *entry.seeds) % 2:
        return None
    if phrases := _phrases().get(entry.field.name):
        return pick(phrases, *entry.seeds)
    if words >= {"former", "name"}:
        return _former_name(entry)
    for known, make in _RULES:
        if words & known:
            return make(entry)
    return f"{entry.field.label_zh}{pick('甲乙丙丁', *entry.seeds)}"


@cache
def _phrases() -> Mapping[str, tuple[str, ...]]:
    file = Path(__file__).with_name("phrases.toml")
    return {field: tuple(said) for field, said in tomllib.loads(file.read_text("utf-8")).items()}


def texts(entry: Entry) -> tuple[str, ...]:
    """One to three different texts, one for every row."""
    number, words = draw(*entry.seeds), words_of(entry.field.name)
    places = range(number % 3 + 1)
    for word, choices in _LISTS:
        if word in words:
            return choices[: len(places)]
    if "partners" in words:
        return tuple(person_name(place % 2 == 0, str(place), *entry.seeds) for place in places)
    divisions = tuple(DIVISIONS)
    return tuple(
        address(divisions[(number + place) % len(divisions)], str(place), *entry.seeds)
        for place in places
    )


def _month(entry: Entry) -> str:
    return f"2025{draw(*entry.seeds) % 10 + 1:02}"


def _name(entry: Entry) -> str:
    return about(entry.population, entry.field.name, entry.subject).name


def _address(entry: Entry) -> str:
    return address(entry.subject.division, str(entry.population.seed), entry.subject.identifier)


def _authority(entry: Entry) -> str:
    return f"宁波市{DIVISIONS[entry.subject.division]}{entry.certificate.issuer_zh}"


def _number(entry: Entry) -> str:
    return f"{entry.subject.division}{2012 + draw('year', *entry.seeds) % 14}{_digits(entry)}"


def _digits(entry: Entry) -> str:
    return f"{draw(*entry.seeds) % 10**8:08}"


def _phone(entry: Entry) -> str:
    return f"1990{draw(*entry.seeds) % 10**7:07}"


def _one_of(*choices: str) -> Callable[[Entry], str]:
    return lambda entry: pick(choices, *entry.seeds)


def _former_name(entry: Entry) -> str:
    return f"{entry.subject.name[0]}{pick('小阿大', *entry.seeds)}{entry.subject.name[-1]}"


def _committee(entry: Entry) -> str:
    return f"{DIVISIONS[entry.subject.division]}幸福社区居民委员会"


def _url(entry: Entry) -> str:
    return f"https://files.example/{_digits(entry)}.pdf"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LISTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("insurance", ("城镇职工基本养老保险", "工伤保险", "失业保险")),
    ("taxes", ("增值税", "城市维护建设税", "个人所得税")),
    ("vaccines", ("乙型肝炎疫苗", "流感疫苗", "狂犬病疫苗")),
)
_OFTEN_OPEN = _words("former remark remarks note notes annotation")
_RULES: tuple[tuple[frozenset[str], Callable[[Entry], str]], ...] = (
    (_words("period"), _month),
    (_words("remark remarks note notes annotation"), _one_of("无", "补发", "换发")),
    (
        _words("authority issuer issuing registry organ bureau station department office"),
        _authority,
    ),
    (_words("committee"), _committee),
    (_words("address location domicile residence seat premises place"), _address),
    (_words("ethnicity"), _one_of("汉族", "汉族", "汉族", "回族", "畲族", "土家族")),
    (_words("phone telephone mobile"), _phone),
    (_words("status state"), _one_of("正常", "有效", "已登记")),
    (_words("education degree"), _one_of("大学本科", "大学专科", "高中", "硕士研究生")),
    (_words("level grade"), _one_of("一级", "二级", "三级", "四级")),
    (_words("currency"), _one_of("人民币")),
    (_words("relation relationship"), _one_of("户主", "配偶", "子", "女", "父", "母")),
    (_words("marital"), _one_of("已婚", "未婚", "离异")),
    (_words("purpose use usage"), _one_of("住宅", "商业", "办公", "仓储")),
    (_words("url file"), _url),
    (_words("number no serial code id account"), _number),
    (
        _words("name holder owner representative employer company head spouse taxpayer person"),
        _name,
    ),
    (_words("father mother child husband wife organisation guardian school university"), _name),
    (_words("buyer tenant customer party licensee landlord obligor director principal"), _name),
    (_words("manager institution unit firm"), _name),
)
