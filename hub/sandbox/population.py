"""A synthetic population of any size: a function of a seed, without storage."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from math import gcd

from hub.sandbox.draw import day_between, draw, pick
from hub.sandbox.identifiers import (
    CREDIT_ALPHABET,
    credit_check,
    organisation_code_check,
    resident_check,
)
from hub.sandbox.names import DIVISIONS, organisation_name, person_name

_DIVISIONS = tuple(DIVISIONS)
_FIRST_BIRTH = date(1940, 1, 1)
_CODES_BEGIN = (date(1989, 1, 1) - _FIRST_BIRTH).days
_BIRTH_DAYS = (date(2006, 12, 31) - _FIRST_BIRTH).days + 1
_WHOLE_CITY = "330200"  # older people, registered before today's divisions had codes
_BIRTHPLACES = ("330203", "330205", "330206", "330211", "330225", "330226", "330281", "330282")
_SEQUENCES = 999  # 001 to 999; odd for men
_DAY_PLACES = _CODES_BEGIN + (_BIRTH_DAYS - _CODES_BEGIN) * len(_BIRTHPLACES)
_PEOPLE = _DAY_PLACES * _SEQUENCES
_CODES = 31**6
_PREFIXES = ("91",) * 17 + ("51", "52", "31")
LARGEST = 10_000_000


@dataclass(frozen=True, slots=True)
class Person:
    """A person who never lived."""

    index: int
    resident_id: str = field(repr=False)
    name: str = field(repr=False)
    sex: str  # 男 or 女
    born_on: date = field(repr=False)
    division: str  # where they live

    @property
    def identifier(self) -> str:
        """The resident id."""
        return self.resident_id


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that was never registered."""

    index: int
    credit_code: str = field(repr=False)
    name: str = field(repr=False)
    established_on: date
    division: str

    @property
    def identifier(self) -> str:
        """The credit code."""
        return self.credit_code


@dataclass(frozen=True, slots=True)
class Shuffle:
    """A bijection of 0..modulus-1 onto itself and its inverse, both in one step."""

    modulus: int
    factor: int
    offset: int
    inverse: int

    def __call__(self, number: int) -> int:
        return (number * self.factor + self.offset) % self.modulus

    def back(self, number: int) -> int:
        """The number that was shuffled to this one."""
        return (number - self.offset) * self.inverse % self.modulus


def shuffle_of(modulus: int, *words: str) -> Shuffle:
    """The bijection that the words draw."""
    factor = draw("factor", *words) % modulus | 1
    while gcd(factor, modulus) != 1:
        factor += 2
    return Shuffle(modulus, factor, draw("offset", *words) % modulus, pow(factor, -1, modulus))


class Population:
    """`size` people and one organisation for every eight, all found by their identifier at once."""

    def __init__(self, seed: int, size: int) -> None:
        if not 1 <= size <= LARGEST:
            raise ValueError(f"population size {size}: give a number from 1 to {LARGEST}")
        self.seed, self.size = seed, size
        self.organisations = max(10, size // 8)
        self._people = shuffle_of(_PEOPLE, str(seed), "people")
        self._codes = shuffle_of(_CODES, str(seed), "organisations")

    def person(self, number: int) -> Person:
        """The person with this number, 0 to size-1."""
        if not 0 <= number < self.size:
            raise IndexError(f"person {number}: there are {self.size}, counted from 0")
        rest, sequence = divmod(self._people(number), _SEQUENCES)
        days, birthplace = _born(rest)
        born_on, male = _FIRST_BIRTH + timedelta(days=days), sequence % 2 == 0
        body = f"{birthplace}{born_on:%Y%m%d}{sequence + 1:03}"
        words = str(self.seed), str(number)
        lives_in = pick(_DIVISIONS, "lives in", *words)
        name, sex = person_name(male, *words), "男" if male else "女"
        return Person(number, body + resident_check(body), name, sex, born_on, lives_in)

    def organisation(self, number: int) -> Organisation:
        """The organisation with this number, 0 to organisations-1."""
        if not 0 <= number < self.organisations:
            raise IndexError(f"organisation {number}: there are {self.organisations}, from 0")
        words = str(self.seed), str(number)
        prefix, division = pick(_PREFIXES, "prefix", *words), pick(_DIVISIONS, "division", *words)
        code = "MA" + _spelt(self._codes(number))
        body = prefix + division + code + organisation_code_check(code)
        name = organisation_name(prefix, *words)
        established = day_between(date(1994, 7, 1), date(2022, 12, 31), "established", *words)
        return Organisation(number, body + credit_check(body), name, established, division)

    def find(self, identifier: str) -> Person | Organisation | None:
        """Whose identifier this is; `None` where nobody here has it."""
        if len(identifier) != 18:
            return None
        return self._found_person(identifier) or self._found_organisation(identifier)

    def _found_person(self, identifier: str) -> Person | None:
        number = _person_number(identifier)
        if number is None or (index := self._people.back(number)) >= self.size:
            return None
        person = self.person(index)
        return person if person.resident_id == identifier else None

    def _found_organisation(self, identifier: str) -> Organisation | None:
        number = _read(identifier[10:16])
        if number is None or (index := self._codes.back(number)) >= self.organisations:
            return None
        organisation = self.organisation(index)
        return organisation if organisation.credit_code == identifier else None


def _born(day_place: int) -> tuple[int, str]:
    if day_place < _CODES_BEGIN:
        return day_place, _WHOLE_CITY
    days, place = divmod(day_place - _CODES_BEGIN, len(_BIRTHPLACES))
    return _CODES_BEGIN + days, _BIRTHPLACES[place]


def _day_place(days: int, birthplace: str) -> int | None:
    if days < _CODES_BEGIN:
        return days if birthplace == _WHOLE_CITY else None
    if birthplace not in _BIRTHPLACES:
        return None
    later = days - _CODES_BEGIN
    return _CODES_BEGIN + later * len(_BIRTHPLACES) + _BIRTHPLACES.index(birthplace)


def _person_number(identifier: str) -> int | None:
    body = identifier[6:17]
    if not (body.isascii() and body.isdigit()):
        return None
    try:
        born_on = date(int(body[:4]), int(body[4:6]), int(body[6:8]))
    except ValueError:
        return None
    days, sequence = (born_on - _FIRST_BIRTH).days, int(body[8:]) - 1
    if not (0 <= days < _BIRTH_DAYS and sequence >= 0):
        return None
    day_place = _day_place(days, identifier[:6])
    return None if day_place is None else day_place * _SEQUENCES + sequence


def _spelt(number: int) -> str:
    letters = []
    for _ in range(6):
        number, value = divmod(number, 31)
        letters.append(CREDIT_ALPHABET[value])
    return "".join(reversed(letters))


def _read(text: str) -> int | None:
    values = [CREDIT_ALPHABET.find(letter) for letter in text]
    if min(values) < 0:
        return None
    number = 0
    for value in values:
        number = number * 31 + value
    return number
