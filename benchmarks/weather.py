"""The weather of a soak: which platform has which fault from when to when, by a seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

Dials = Mapping[str, object]

FAULTS: Mapping[str, Dials] = {
    "outage": {"outage": True},
    "hang": {"hang_rate": 1.0},
    "half hang": {"hang_rate": 0.5},
    "5xx": {"error_rate": 1.0},
    "some 5xx": {"error_rate": 0.2},
    "error code": {"code_rate": 1.0},
    "garbage": {"garbage_rate": 1.0},
    "wrong person": {"wrong_person_rate": 0.2},
    "slow": {"latency": {"distribution": "lognormal", "ms": 150.0, "to_ms": 3000.0}},
    "quota": {"quota": 0},
    "clock ahead": {"clock_skew": 900.0},
    "clock behind": {"clock_skew": -900.0},
}
"""By name, the dials that a fault sets; all others stand at their default."""


@dataclass(frozen=True, slots=True)
class Spell:
    """One platform's fault, in seconds from the beginning."""

    platform: str
    fault: str
    begins: float
    ends: float

    @property
    def dials(self) -> Dials:
        """What the fault sets."""
        return FAULTS[self.fault]

    def shifted(self, seconds: float) -> "Spell":
        """The same, so much later."""
        return Spell(self.platform, self.fault, self.begins + seconds, self.ends + seconds)


def weather(platforms: Sequence[str], seconds: float, seed: int) -> list[Spell]:
    """Spells over a time, each platform's one after the other with calm between.

    The second half repeats the first: so the last quarter has the weather of the second one, and
    what differs between them is no matter of weather.
    """
    half = seconds / 2
    spells = [
        spell for name in platforms for spell in _spells(name, half, Random(f"{seed}/{name}"))
    ]
    return sorted([*spells, *(one.shifted(half) for one in spells)], key=lambda one: one.begins)


def _spells(platform: str, seconds: float, dice: Random) -> list[Spell]:
    """Every fault in turn, in a drawn order, until the time is over; it ends calm."""
    spells: list[Spell] = []
    faults: list[str] = []
    at = dice.uniform(0.05, 0.15) * seconds
    while True:
        faults = faults or dice.sample(list(FAULTS), len(FAULTS))
        ends = at + dice.uniform(0.04, 0.10) * seconds
        if ends > 0.95 * seconds:
            return spells
        spells.append(Spell(platform, faults.pop(), at, ends))
        at = ends + dice.uniform(0.04, 0.12) * seconds
