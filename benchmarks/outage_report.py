"""What an outage was like: for those who needed the platform, for those who did not, and in memory."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

import orjson
from rich.table import Table

from benchmarks.crowd import Answered
from benchmarks.readings import Reading
from benchmarks.results import percentile
from benchmarks.verdicts import Verdict, at_most, verdict_documents

HEALTHY, NEEDING = "healthy", "needing"
BUDGET_MS = 3000.0
SLACK = 0.10
FLAT_MB = 8.0
BACK_SECONDS = 10.0
_BACK = 0.9
"""Share of the answers before the outage from which on the traffic is back."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the hub and at the count of calls of the platform that hangs."""

    at: float
    hub: Reading
    asked: int
    worked: float  # CPU seconds of the hub so far
    core: float  # seconds that its core has been at work so far, for whomever


@dataclass(frozen=True, slots=True)
class Outage:
    """A run: when it began to be watched, when the platform fell and healed, and all that came."""

    callers: int
    began: float
    fell: float
    healed: float
    ended: float
    load: float  # of the machine at the end; above 3 on two cores others were at work
    seen: Sequence[Seen] = field(repr=False)
    answers: Sequence[Answered] = field(repr=False)

    @property
    def phases(self) -> tuple["Phase", "Phase", "Phase"]:
        """Before, during and after the outage."""
        return (
            self._phase("before", self.began, self.fell),
            self._phase("during", self.fell, self.healed),
            self._phase("after", self.healed, self.ended),
        )

    def _phase(self, name: str, since: float, until: float) -> "Phase":
        return Phase(
            name,
            until - since,
            [one for one in self.answers if since <= one.due < until],
            [one for one in self.seen if since <= one.at < until],
        )

    def asked_again_after(self) -> float:
        """Seconds from its healing until the platform was asked and answered; infinite if never."""
        (before,) = [one for one in self.seen if one.at < self.healed][-1:]
        for one in self.seen:
            if one.at >= self.healed and _province(one) > _province(before):
                return one.at - self.healed
        return float("inf")

    def back_after(self) -> float:
        """Seconds until it answers nine tenths as many questions in a second as before it fell."""
        usual = median(rate for at, rate in self._rates() if self.began <= at < self.fell)
        for at, rate in self._rates():
            if at >= self.healed and rate >= _BACK * usual:
                return at - self.healed
        return float("inf")

    def _rates(self) -> list[tuple[float, float]]:
        """Answers of the platform in a second, over about a second, by when that ended."""
        pairs = zip(self.seen, self.seen[4:], strict=False)
        return [
            (new.at, (_province(new) - _province(old)) / (new.at - old.at)) for old, new in pairs
        ]


@dataclass(frozen=True, slots=True)
class Phase:
    """A time of the run; an answer belongs to the time in which it was asked for."""

    name: str
    seconds: float
    answers: Sequence[Answered]
    seen: Sequence[Seen]

    def ms(self, share: float, kind: str | None = None) -> float:
        """A percentile of the times that answers took."""
        took = [one.ms for one in self.answers if kind in {None, one.kind}]
        return percentile(took, share) if took else float("nan")

    def rate(self, kind: str) -> float:
        """Answers in a second whose platforms all answered."""
        good = (
            one
            for one in self.answers
            if one.kind == kind and one.outcomes.keys() <= {"Found", "NotHeld"} and not one.trouble
        )
        return sum(1 for _ in good) / self.seconds

    def came(self) -> Counter[str]:
        """What became of the lookups, by outcome; requests without an answer by why."""
        told: Counter[str] = Counter()
        for one in self.answers:
            told.update(one.outcomes)
            if one.trouble:
                told[one.trouble] += 1
        return told

    @property
    def memory(self) -> list[float]:
        """Resident MB at each look."""
        return [one.hub.resident_mb for one in self.seen]

    @property
    def asked(self) -> float:
        """Calls that the platform had in a second."""
        return self._grew(lambda one: one.asked)

    @property
    def busy(self) -> float:
        """Share of the time that the hub was at work."""
        return self._grew(lambda one: one.worked)

    @property
    def others(self) -> float:
        """Share of the time that other processes had the hub's core."""
        return self._grew(lambda one: one.core - one.worked)

    def _grew(self, figure: Callable[[Seen], float]) -> float:
        first, last = self.seen[0], self.seen[-1]
        return (figure(last) - figure(first)) / max(last.at - first.at, 0.001)


def verdicts_of(outage: Outage) -> list[Verdict]:
    """Time, throughput, memory and return; where others had the core, throughput by CPU time tells more."""
    before, during, _ = outage.phases
    fall = 100 * (1 - during.rate(HEALTHY) / before.rate(HEALTHY))
    costlier = 100 * (
        1 - (during.rate(HEALTHY) / during.busy) / (before.rate(HEALTHY) / before.busy)
    )
    memory = during.memory
    half = memory[len(memory) // 2 :]
    growth = median(half) - median(memory[: len(memory) // 2])
    return [
        at_most("p99 during the outage", during.ms(0.99), BUDGET_MS * (1 + SLACK), "ms"),
        at_most("throughput of healthy lookups falls", fall, 100 * SLACK, "%"),
        at_most("the same for the CPU time the hub had", costlier, 100 * SLACK, "%"),
        at_most("memory grows during the outage", growth, FLAT_MB, "MB"),
        at_most("asked again after healing", outage.asked_again_after(), BACK_SECONDS, "s"),
        at_most("traffic back after healing", outage.back_after(), BACK_SECONDS, "s"),
    ]


def phases_table(outage: Outage) -> Table:
    """The phases side by side, for a person at a terminal."""
    table = Table("", *(one.name for one in outage.phases), caption=f"load {outage.load:.1f}")
    for name, cells in phase_rows(outage):
        table.add_row(name, *cells)
    return table


def phase_rows(outage: Outage) -> list[tuple[str, list[str]]]:
    """The figures of the phases, a row for each."""
    phases = outage.phases
    return [
        ("seconds", [f"{one.seconds:.0f}" for one in phases]),
        ("answers", [f"{len(one.answers):,}" for one in phases]),
        ("healthy lookups/s", [f"{one.rate(HEALTHY):,.0f}" for one in phases]),
        ("healthy p50 / p99 ms", [_two(one, HEALTHY) for one in phases]),
        ("others' lookups/s, answered", [f"{one.rate(NEEDING):,.0f}" for one in phases]),
        ("others' p50 / p99 ms", [_two(one, NEEDING) for one in phases]),
        ("all: p99 / slowest ms", [f"{one.ms(0.99):,.0f} / {one.ms(1.0):,.0f}" for one in phases]),
        ("calls to the province/s", [f"{one.asked:,.1f}" for one in phases]),
        ("hub busy / others on its core", [f"{p.busy:.0%} / {p.others:.0%}" for p in phases]),
        ("breakers not closed, most", [str(max(s.hub.resting for s in p.seen)) for p in phases]),
        ("tasks, most", [str(max(s.hub.tasks for s in p.seen)) for p in phases]),
        ("resident MB, most", [f"{max(one.memory):.1f}" for one in phases]),
        ("lookups by outcome", [_counts(one.came()) for one in phases]),
    ]


def raw(outage: Outage, verdicts: Sequence[Verdict]) -> bytes:
    """The figures as JSON."""
    document = {
        "callers": outage.callers,
        "load": outage.load,
        "phases": {
            phase.name: {name: cells[number] for name, cells in phase_rows(outage)}
            for number, phase in enumerate(outage.phases)
        },
        "verdicts": verdict_documents(verdicts),
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _two(phase: Phase, kind: str) -> str:
    return f"{phase.ms(0.50, kind):,.0f} / {phase.ms(0.99, kind):,.0f}"


def _counts(told: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in told.most_common())


def _province(seen: Seen) -> int:
    return seen.hub.answered.get("province", 0)
