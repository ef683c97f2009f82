"""Dials of the sandbox's issuers: how fast they work, and how often they err, ask or find nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from hub.sandbox.dials import (
    DialError,
    Distribution,
    Latency,
    latency_of,
    number_of,
    table_of,
    within,
)

RATES = ("no_record_rate", "error_rate", "question_rate")
BRISK = Latency(Distribution.UNIFORM, 100, 300)


@dataclass(frozen=True, slots=True)
class IssuerDials:
    """All dials at once; rates are shares of the requests, 0 to 1, drawn by whom they are about.

    `delay` passes before each step. Who errs says something wrong about one field, unless it is a
    review, where they look twice. Nobody is said to have no record of whom a platform holds one.
    """

    delay: Latency = BRISK
    no_record_rate: float = 0.1
    error_rate: float = 0.0
    question_rate: float = 0.0
    by_hand: frozenset[str] = field(default_factory=frozenset)  # units whose people are played

    def __post_init__(self) -> None:
        for name in RATES:
            within(name, getattr(self, name), 0.0, 1.0)


def issuer_dials_from(document: object, units: frozenset[str]) -> IssuerDials:
    """The dials a JSON document sets; what it leaves out stands at its default."""
    given = table_of("dials", document, tuple(each.name for each in fields(IssuerDials)))
    settings = {name: _setting(name, value, units) for name, value in given.items()}
    return IssuerDials(**settings)  # type: ignore[arg-type]  # each was read by its own name above


def issuer_dials_document(dials: IssuerDials) -> Mapping[str, object]:
    """The dials as JSON."""
    delay = {each.name: getattr(dials.delay, each.name) for each in fields(Latency)}
    rates = {name: getattr(dials, name) for name in RATES}
    return {"delay": delay, **rates, "by_hand": sorted(dials.by_hand)}


def _setting(name: str, value: object, units: frozenset[str]) -> object:
    match name:
        case "delay":
            return latency_of("delay", value)
        case "by_hand":
            return _units(value, units)
        case _:
            return number_of(name, value)


def _units(value: object, units: frozenset[str]) -> frozenset[str]:
    if isinstance(value, list) and all(each in units for each in value):
        return frozenset(value)
    raise DialError(f"by_hand is {value!r}: give a list of issuing units, such as [{min(units)!r}]")
