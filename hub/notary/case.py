"""One proof under examination, and how findings about it are written down."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.notary.layers import Layers
from hub.notary.material import Trust
from hub.notary.registry import RegistryView, SealRecord
from hub.notary.signatures import Examined, examine
from hub.notary.verdict import Check, Checked, Result

TOLERANCE = timedelta(minutes=5)
"""How far two clocks may differ."""


@dataclass(frozen=True, slots=True)
class Case:
    """A proof as it was opened and examined; `time` is when it counts as sealed.

    `time_proven` tells that a clock or the trail says so; otherwise it is now. `record` is what
    the registry has of the seal it names; `registry_known` tells that there is a registry at all.
    """

    layers: Layers
    seal: Examined
    endorsed: Examined | None
    time: datetime
    time_proven: bool
    record: SealRecord | None
    registry_known: bool
    now: datetime


def case_of(
    layers: Layers,
    trust: Trust,
    registry: RegistryView | None,
    sealed_at: datetime | None,
    now: datetime,
) -> Case:
    """Examine both signatures and look the seal up."""
    seal = examine(layers.seal, trust.seals, trust.clocks)
    second = layers.endorsed
    proven = seal.time or sealed_at
    return Case(
        layers=layers,
        seal=seal,
        endorsed=None
        if second is None
        else examine(second.signature, trust.platform, trust.clocks),
        time=proven or now,
        time_proven=proven is not None,
        record=None if registry is None else registry.record(layers.sealed.seal),
        registry_known=registry is not None,
        now=now,
    )


def passed(name: Check, message: str) -> Checked:
    """It was checked and is right."""
    return Checked(name, Result.PASSED, message)


def failed(name: Check, message: str) -> Checked:
    """It was checked and is wrong; the message says what to do."""
    return Checked(name, Result.FAILED, message)


def unchecked(name: Check, why: str) -> Checked:
    """It could not be checked."""
    return Checked(name, Result.NOT_CHECKED, why)


def judged(name: Check, right: str, wrong: str | None) -> Checked:
    """Right, unless something is wrong."""
    return passed(name, right) if wrong is None else failed(name, wrong)
