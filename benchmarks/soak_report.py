"""What a soak showed: whether anything grew, in figures and as a picture."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from statistics import median

import orjson
from rich.table import Table

from benchmarks.crowd import Answered
from benchmarks.drawing import Band, Curve, Panel, Plot
from benchmarks.readings import Reading
from benchmarks.results import percentile
from benchmarks.verdicts import Verdict, at_most, verdict_documents
from benchmarks.weather import Spell

GROWS_MB = 6.0
"""Memory that may come between the second quarter and the last: the allocator's own ups and downs."""
GROWS_AT_REST = 3
"""Tasks, sockets and descriptors that may be more at rest: a connection kept, a timer running."""
OUTCOMES = ("Found", "NotHeld", "Unavailable", "Denied")


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the hub."""

    at: float
    hub: Reading


@dataclass(frozen=True, slots=True)
class Soak:
    """A run: its load in requests in a second, what was seen each second, and all that came."""

    seed: int
    capacity: float
    rate: float
    began: float
    ended: float
    load: float  # of the machine at the end
    busy: Mapping[str, float]  # share of the time that each was at work
    before: Reading  # at rest
    after: Reading  # at rest
    records: int
    seen: Sequence[Seen] = field(repr=False)
    spells: Sequence[Spell] = field(repr=False)
    answers: Sequence[Answered] = field(repr=False)

    def quarter(self, number: int, figure: Callable[[Reading], float]) -> float:
        """The median of a figure over one quarter of the time, 1 to 4."""
        quarter = len(self.seen) / 4
        looks = self.seen[int(quarter * (number - 1)) : int(quarter * number)]
        return median(figure(one.hub) for one in looks)

    @property
    def soaked(self) -> list[Answered]:
        """The answers of the soak itself, without those of the warm-up."""
        return [one for one in self.answers if one.kind != "warm"]


def came(answers: Iterable[Answered]) -> Counter[str]:
    """What became of the lookups by outcome; requests without an answer by why."""
    told: Counter[str] = Counter()
    for one in answers:
        told.update(one.outcomes)
        if one.trouble:
            told[one.trouble] += 1
    return told


def verdicts_of(soak: Soak) -> list[Verdict]:
    """Nothing may have grown, and nothing may be missing."""
    memory = soak.quarter(4, _memory) - soak.quarter(2, _memory)
    rest, now = soak.before, soak.after
    told = came(soak.answers)
    answered = sum(told[name] for name in OUTCOMES)
    broken = sum(bool(one.trouble) and "503" not in str(one.trouble) for one in soak.answers)
    return [
        at_most("memory grows, second quarter to last", memory, GROWS_MB, "MB"),
        at_most("tasks more at rest", now.tasks - rest.tasks, GROWS_AT_REST, ""),
        at_most("sockets more at rest", now.sockets - rest.sockets, GROWS_AT_REST, ""),
        at_most("descriptors more at rest", now.descriptors - rest.descriptors, GROWS_AT_REST, ""),
        at_most("questions in flight at rest", now.in_flight, 0, ""),
        at_most("requests broken off", broken, 0, ""),
        at_most("lookups without an outcome", told["without an outcome"], 0, ""),
        Verdict(
            "every answer on record",
            f"{soak.records:,} records",
            f"= {answered:,} lookups answered",
            soak.records == answered,
        ),
    ]


def summary(soak: Soak) -> Table:
    """The quarters side by side, for a person at a terminal."""
    caption = (
        f"{soak.rate:,.0f} requests/s, 80 % of {soak.capacity:,.0f}; seed {soak.seed}; "
        f"{len(soak.spells)} spells; load {soak.load:.1f}\nbusy: {told_busy(soak)}"
    )
    table = Table("", "1st quarter", "2nd", "3rd", "4th", caption=caption)
    for name, cells in rows_of(soak):
        table.add_row(name, *cells)
    return table


def told_busy(soak: Soak) -> str:
    """How busy each process was, and what was at work on the cores besides them."""
    return ", ".join(f"{name} {share:.0%}" for name, share in soak.busy.items())


def rows_of(soak: Soak) -> list[tuple[str, list[str]]]:
    """The figures of each quarter, medians of each second's look."""
    quarters = [_answers_of(soak, number) for number in range(4)]
    figures: list[tuple[str, Callable[[Reading], float]]] = [
        ("resident MB", _memory),
        ("descriptors", lambda one: one.descriptors),
        ("sockets", lambda one: one.sockets),
        ("tasks", lambda one: one.tasks),
        ("in flight", lambda one: one.in_flight),
        ("breakers not closed", lambda one: one.resting),
    ]
    rows = [
        (name, [f"{soak.quarter(number, figure):,.1f}" for number in (1, 2, 3, 4)])
        for name, figure in figures
    ]
    rows.append(("answers", [f"{len(one):,}" for one in quarters]))
    rows.append(("p50 / p99 ms", [_two(one) for one in quarters]))
    rows.append(("lookups", [_counts(came(one)) for one in quarters]))
    return rows


def raw(soak: Soak, verdicts: Sequence[Verdict]) -> bytes:
    """Every look and every spell as JSON."""
    document = {
        "seed": soak.seed,
        "capacity": soak.capacity,
        "rate": soak.rate,
        "seconds": soak.ended - soak.began,
        "load": soak.load,
        "busy": soak.busy,
        "came": came(soak.soaked),
        "p99 ms by lookups": {
            str(size): percentile(
                [one.ms for one in soak.soaked if sum(one.outcomes.values()) == size], 0.99
            )
            for size in sorted({sum(one.outcomes.values()) for one in soak.soaked})
        },
        "before": asdict(soak.before),
        "after": asdict(soak.after),
        "records": soak.records,
        "spells": [asdict(one) for one in soak.spells],
        "seen": [{"at": one.at - soak.began, **asdict(one.hub)} for one in soak.seen],
        "verdicts": verdict_documents(verdicts),
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def picture(soak: Soak) -> Plot:
    """The soak as a plot, with the faults above it."""
    looks = [one.hub for one in soak.seen]
    platforms = sorted({one.platform for one in soak.spells})
    p50, p99 = _percentiles(soak, 0.50), _percentiles(soak, 0.99)
    return Plot(
        f"certhub: {soak.rate:,.0f} requests/s (80 % of {soak.capacity:,.0f}) with faults",
        [one.at - soak.began for one in soak.seen],
        [
            Panel(
                "resident memory (MB)",
                [Curve("resident", [one.resident_mb for one in looks])],
                min(one.resident_mb for one in looks) - 10,
            ),
            Panel(
                "descriptors, sockets, tasks",
                [
                    Curve("descriptors", [one.descriptors for one in looks]),
                    Curve("sockets", [one.sockets for one in looks]),
                    Curve("tasks", [one.tasks for one in looks]),
                ],
            ),
            Panel(
                "questions in flight, breakers not closed",
                [
                    Curve("in flight", [one.in_flight for one in looks]),
                    Curve("breakers", [one.resting for one in looks]),
                ],
            ),
            Panel(
                "lookups in a second, by outcome",
                [Curve(name, _rates(soak.seen, name)) for name in OUTCOMES[:3]],
            ),
            Panel("answers (ms)", [Curve("p50", p50), Curve("p99", p99)]),
        ],
        [
            Band(
                one.begins, one.ends, platforms.index(one.platform), f"{one.platform}: {one.fault}"
            )
            for one in soak.spells
        ],
        platforms,
    )


def _memory(reading: Reading) -> float:
    return reading.resident_mb


def _answers_of(soak: Soak, quarter: int) -> list[Answered]:
    length = (soak.ended - soak.began) / 4
    begins = soak.began + quarter * length
    return [one for one in soak.soaked if begins <= one.due < begins + length]


def _percentiles(soak: Soak, share: float) -> list[float]:
    """Of the answers that came since the look before, for each look."""
    answers = iter(sorted(soak.soaked, key=lambda one: one.ended))
    waiting = next(answers, None)
    told = []
    for look in soak.seen:
        took = []
        while waiting is not None and waiting.ended <= look.at:
            took.append(waiting.ms)
            waiting = next(answers, None)
        told.append(percentile(took, share) if took else float("nan"))
    return told


def _rates(seen: Sequence[Seen], outcome: str) -> list[float]:
    """Lookups with this outcome in a second; nothing is known of the first look."""
    pairs = pairwise(seen)
    return [
        float("nan"),
        *(
            (new.hub.lookups.get(outcome, 0) - old.hub.lookups.get(outcome, 0)) / (new.at - old.at)
            for old, new in pairs
        ),
    ]


def _two(answers: Sequence[Answered]) -> str:
    took = [one.ms for one in answers]
    return f"{percentile(took, 0.5):,.0f} / {percentile(took, 0.99):,.0f}" if took else "-"


def _counts(told: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in told.most_common())
