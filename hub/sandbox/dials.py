"""Dials of a stand-in platform: how slow, how faulty, how honest it is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from enum import StrEnum
from random import Random

MOST_MS = 600_000.0


class DialError(ValueError):
    """A dial was turned to what it does not know; the text says what is allowed."""


class Distribution(StrEnum):
    """How latency is spread."""

    FIXED = "fixed"  # always `ms`
    UNIFORM = "uniform"  # from `ms` to `to_ms`
    LOGNORMAL = "lognormal"  # median `ms`, heavy tail by `sigma`, cut at `to_ms` where that is set


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds that pass before an answer."""

    distribution: Distribution = Distribution.FIXED
    ms: float = 0.0
    to_ms: float = 0.0
    sigma: float = 0.8

    def __post_init__(self) -> None:
        for name, value in (("ms", self.ms), ("to_ms", self.to_ms)):
            within(f"latency.{name}", value, 0.0, MOST_MS)
        within("latency.sigma", self.sigma, 0.0, 5.0)
        if self.distribution is Distribution.UNIFORM and self.to_ms < self.ms:
            raise DialError(f"latency.to_ms is {self.to_ms}: give at least ms ({self.ms})")

    def seconds(self, dice: Random) -> float:
        """One draw."""
        match self.distribution:
            case Distribution.FIXED:
                return self.ms / 1000
            case Distribution.UNIFORM:
                return dice.uniform(self.ms, self.to_ms) / 1000
            case Distribution.LOGNORMAL:
                drawn = self.ms * dice.lognormvariate(0.0, self.sigma)
                return min(drawn, self.to_ms or MOST_MS) / 1000


@dataclass(frozen=True, slots=True)
class Dials:
    """All dials at once; rates are shares of data calls, 0 to 1, tried in the order given here."""

    latency: Latency = field(default_factory=Latency)
    outage: bool = False  # the connection breaks, whatever is asked
    hang_rate: float = 0.0  # no answer, ever
    error_rate: float = 0.0  # HTTP 500
    code_rate: float = 0.0  # HTTP 200 with `code`
    code: str = "99"
    garbage_rate: float = 0.0  # HTTP 200 with a body that can't be read
    wrong_person_rate: float = 0.0  # a certificate of somebody else
    quota: int | None = None  # calls left; after them code 18, or HTTP 429
    clock_skew: float = 0.0  # seconds the platform's clock is ahead

    def __post_init__(self) -> None:
        for name in RATES:
            within(name, getattr(self, name), 0.0, 1.0)
        within("clock_skew", self.clock_skew, -86_400.0 * 365, 86_400.0 * 365)
        if self.quota is not None and self.quota < 0:
            raise DialError(f"quota is {self.quota}: give a whole number from 0, or null for none")


RATES = ("hang_rate", "error_rate", "code_rate", "garbage_rate", "wrong_person_rate")


def within(name: str, value: float, least: float, most: float) -> None:
    """Refuse a number outside its bounds."""
    if not least <= value <= most:
        raise DialError(f"{name} is {value:g}: give a number from {least:g} to {most:g}")


def dials_from(document: object) -> Dials:
    """The dials a JSON document sets; what it leaves out stands at its default."""
    given = table_of("dials", document, tuple(each.name for each in fields(Dials)))
    settings = {name: _setting(name, value) for name, value in given.items()}
    return Dials(**settings)  # type: ignore[arg-type]  # each was read by its own name above


def dials_document(dials: Dials) -> dict[str, object]:
    """The dials as JSON."""
    return asdict(dials)


def _setting(name: str, value: object) -> object:
    match name:
        case "latency":
            return latency_of("latency", value)
        case "outage":
            return _of(name, value, bool, "true or false")
        case "code":
            return _of(name, value, str, 'a text such as "99"')
        case "quota":
            return None if value is None else _whole(name, value)
        case _:
            return number_of(name, value)


def latency_of(name: str, value: object) -> Latency:
    """The latency a JSON object sets."""
    given = dict(table_of(name, value, tuple(each.name for each in fields(Latency))))
    kind = given.pop("distribution", Distribution.FIXED)
    if not isinstance(kind, str) or kind not in list(Distribution):
        raise DialError(f"{name}.distribution is {kind!r}: give {_DISTRIBUTIONS}")
    numbers = {key: number_of(f"{name}.{key}", number) for key, number in given.items()}
    return Latency(Distribution(kind), **numbers)


_DISTRIBUTIONS = "fixed, uniform or lognormal"


def table_of(name: str, value: object, known: tuple[str, ...]) -> Mapping[str, object]:
    """A JSON object that has only what is known."""
    if not isinstance(value, dict):
        raise DialError(f"{name} must be a JSON object with any of {', '.join(known)}")
    for key in value:
        if key not in known:
            close = get_close_matches(str(key), known, 1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise DialError(f'{name} has no "{key}".{hint} Allowed: {", ".join(known)}')
    return value


def _of(name: str, value: object, kind: type, allowed: str) -> object:
    if not isinstance(value, kind):
        raise DialError(f"{name} is {value!r}: give {allowed}")
    return value


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise DialError(f"{name} is {value!r}: give a whole number from 0, or null for none")
    return value


def number_of(name: str, value: object) -> float:
    """A JSON number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DialError(f"{name} is {value!r}: give a number")
    return float(value)
