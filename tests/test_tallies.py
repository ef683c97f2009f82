"""What is counted at once reads as if Prometheus' own counters had counted one after the other."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from hub.counting import counted
from hub.tallies import Spread, Tally

BUCKETS = (0.125, 0.5, 1.0, 5)
names = st.sampled_from(["province", "city", 'a "b"\\\n'])


def shown(registry: CollectorRegistry) -> list[str]:
    """What is fetched, without when each series began."""
    lines = generate_latest(registry).decode().splitlines()
    return [line for line in lines if "_created" not in line]


@given(st.lists(st.tuples(names, st.sampled_from(["held", "not_held"]), st.integers(1, 9))))
def test_a_tally_is_a_counter(told: list[tuple[str, str, int]]) -> None:
    """Whatever is counted how often."""
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    tally = Tally("certhub_replies", "What was said", ["source", "said"])
    ours.register(tally)
    counter = Counter("certhub_replies", "What was said", ["source", "said"], registry=theirs)

    for source, said, times in told:
        tally.add((source, said), times)
        counter.labels(source, said).inc(times)

    assert shown(ours) == shown(theirs)


@given(
    st.lists(
        st.tuples(names, st.sampled_from([0.0, 0.125, 0.25, 0.5, 1.0, 2.0, 5.0, 8.0])), max_size=30
    ),
    st.integers(1, 4),
)
def test_a_spread_is_a_histogram(told: list[tuple[str, float]], times: int) -> None:
    """Each value so many times, those on a bound of a bucket included."""
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    spread = Spread("certhub_seconds", "How long", ["source"], BUCKETS)
    ours.register(spread)
    histogram = Histogram(
        "certhub_seconds", "How long", ["source"], buckets=BUCKETS, registry=theirs
    )

    for source, seconds in told:
        spread.observe((source,), seconds, times)
        for _ in range(times):
            histogram.labels(source).observe(seconds)

    assert shown(ours) == shown(theirs)


def test_a_spread_without_labels_is_there_from_the_beginning() -> None:
    """Nothing was observed yet: all its buckets are at 0."""
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    ours.register(Spread("certhub_seconds", "How long", (), BUCKETS))
    Histogram("certhub_seconds", "How long", buckets=BUCKETS, registry=theirs)

    assert shown(ours) == shown(theirs)


def test_things_are_counted() -> None:
    """In the order in which each came first."""
    assert list(counted("abcab").items()) == [("a", 2), ("b", 2), ("c", 1)]
