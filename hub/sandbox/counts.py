"""What a stand-in platform was asked, counted exactly."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts at one moment.

    `calls` and `subjects` are by interface name; every call counts, answered or not. `batches`
    says how many batch calls there were of each size, `renewals` how many token pairs were given
    out by each kind of handshake, `refused` how many calls failed the signature.
    """

    calls: Mapping[str, int] = field(default_factory=dict)
    subjects: Mapping[str, int] = field(default_factory=dict)
    batches: Mapping[int, int] = field(default_factory=dict)
    renewals: Mapping[str, int] = field(default_factory=dict)
    refused: int = 0

    @property
    def total(self) -> int:
        """All data calls."""
        return sum(self.calls.values())

    @property
    def asked(self) -> int:
        """All subjects asked about, in all calls."""
        return sum(self.subjects.values())


class Tally:
    """The running count of one platform."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin at nothing again."""
        self._calls: Counter[str] = Counter()
        self._subjects: Counter[str] = Counter()
        self._batches: Counter[int] = Counter()
        self._renewals: Counter[str] = Counter()
        self._refused = 0

    def call(self, interface: str) -> None:
        """One data call came in."""
        self._calls[interface] += 1

    def subject(self, interface: str) -> None:
        """One subject was asked about."""
        self._subjects[interface] += 1

    def batch(self, size: int) -> None:
        """One batch of this size was asked."""
        self._batches[size] += 1

    def renewal(self, kind: str) -> None:
        """One new token pair was given out."""
        self._renewals[kind] += 1

    def refusal(self) -> None:
        """One call failed its signature."""
        self._refused += 1

    def counts(self) -> Counts:
        """The counts as they stand."""
        return Counts(
            dict(self._calls),
            dict(self._subjects),
            dict(self._batches),
            dict(self._renewals),
            self._refused,
        )


def counts_document(counts: Counts) -> dict[str, object]:
    """The counts as JSON, with their totals."""
    return {
        "calls": counts.calls,
        "subjects": counts.subjects,
        "batches": {str(size): number for size, number in sorted(counts.batches.items())},
        "renewals": counts.renewals,
        "refused": counts.refused,
        "total": counts.total,
        "asked": counts.asked,
    }
