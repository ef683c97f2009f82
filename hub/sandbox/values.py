"""The certificates themselves: plausible values, the same whichever platform relays them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from connectors.contract import Value, ValueKind
from hub.declarations.words import CertificateType
from hub.sandbox.draw import day_between, draw, share
from hub.sandbox.population import Organisation, Person, Population
from hub.sandbox.relations import Subject, about, words_of
from hub.sandbox.texts import Entry, text, texts

_FIRST_DAY, _LAST_DAY = date(2012, 1, 1), date(2025, 10, 31)
_MONTH_WORDS = frozenset({"month", "period"})
_ENDS = frozenset({"valid_until", "operates_until", "inspected_until"})
_EARLIER = {  # days by which these precede the events they lead to
    "died_on": 300,
    "enlisted_on": 900,
    "enrolled_on": 1500,
    "started_on": 600,
    "period_from": 600,
    "established_on": 900,
    "first_issued_on": 900,
}
_BIRTH_WORDS = frozenset({"born", "birth", "birthday", "birthdate"})
_OPEN_ENDED = 0.3  # share of certificates without an end


@dataclass(frozen=True, slots=True)
class Certificates:
    """Makes a subject's certificate; `own` names, by type, the fields that hold its own id."""

    population: Population
    own: Mapping[str, tuple[str, ...]]

    def values(self, certificate: CertificateType, subject: Subject) -> dict[str, Value | None]:
        """A value per declared field of the type, `None` where the certificate leaves it open."""
        entries = (
            Entry(self.population, certificate, field, subject)
            for field in certificate.fields.values()
        )
        return {entry.field.name: self._value(entry) for entry in entries}

    def _value(self, entry: Entry) -> Value | None:
        if entry.field.kind is ValueKind.IDENTIFIER:
            return self._identifier(entry)
        return _MAKERS[entry.field.kind](entry)

    def _identifier(self, entry: Entry) -> str:
        if entry.field.name == self._own_field(entry):
            return entry.subject.identifier
        return about(self.population, entry.field.name, entry.subject).identifier

    def _own_field(self, entry: Entry) -> str | None:
        """Of several holder fields (husband and wife) the first is a man's, the last a woman's."""
        fields = self.own.get(entry.certificate.name)
        if not fields:
            return None
        subject = entry.subject
        return fields[-1 if isinstance(subject, Person) and subject.sex == "女" else 0]


def is_month(field_name: str) -> bool:
    """Whether dates of this field name a month, and travel as yyyyMM."""
    return bool(words_of(field_name) & _MONTH_WORDS)


def _date(entry: Entry) -> date | None:
    day = _day(entry)
    return day.replace(day=1) if day and is_month(entry.field.name) else day


def _day(entry: Entry) -> date | None:
    certificate, name, words = entry.certificate, entry.field.name, words_of(entry.field.name)
    if words & _BIRTH_WORDS and "child" not in words and isinstance(entry.subject, Person):
        return entry.subject.born_on
    seed, holder = entry.seeds[0], entry.subject.identifier
    begun = day_between(_FIRST_DAY, _LAST_DAY, seed, "begun", certificate.name, holder)
    if name in (certificate.issued_on, certificate.valid_from):
        return begun
    if name == certificate.valid_until and share("open", *entry.seeds) < _OPEN_ENDED:
        return None
    if name in (certificate.valid_until, *_ENDS):
        return begun.replace(day=1, year=begun.year + 20)
    return begun - timedelta(days=draw(*entry.seeds) % 300 + _EARLIER.get(name, 0))


def _sex(entry: Entry) -> str:
    if isinstance(entry.subject, Organisation):
        return "unknown"
    return "male" if entry.subject.sex == "男" else "female"


def _decimal(entry: Entry) -> Decimal:
    number, words = draw(*entry.seeds), words_of(entry.field.name)
    if words & {"rate", "ratio", "percentage"}:
        return Decimal(number % 8 + 5) / 100
    if words & {"area"}:
        return Decimal(number % 14_000 + 4_000) / 100
    return Decimal(number % 9_000_000 + 100_000) / 100


def _integer(entry: Entry) -> int:
    number, words = draw(*entry.seeds), words_of(entry.field.name)
    if "year" in words:
        return 2015 + number % 11
    return number % 300 * 10 if words & {"volume", "capacity"} else number % 6 + 1


def _boolean(entry: Entry) -> bool:
    return draw(*entry.seeds) % 2 == 0


_MAKERS: Mapping[ValueKind, Callable[[Entry], Value | None]] = {
    ValueKind.TEXT: text,
    ValueKind.SEX: _sex,
    ValueKind.DATE: _date,
    ValueKind.DECIMAL: _decimal,
    ValueKind.INTEGER: _integer,
    ValueKind.BOOLEAN: _boolean,
    ValueKind.TEXTS: texts,
}
