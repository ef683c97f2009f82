"""How long it makes sense to wait follows how long calls take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.routing.pace import Pace, PaceRules

RULES = PaceRules(times=3.0, shortest=0.1, enough=10, remembered=100)


def paced(*seconds: float) -> Pace:
    pace = Pace(RULES)
    for one in seconds:
        pace.took(one)
    return pace


def test_the_declared_time_counts_until_enough_is_known() -> None:
    """After nine calls the declared two seconds, after ten three times the slowest of them."""
    assert paced(*[0.05] * 9).timeout(2.0) == 2.0
    assert paced(*[0.05] * 10).timeout(2.0) == pytest.approx(0.15)


def test_it_is_never_longer_than_declared_nor_shorter_than_the_shortest() -> None:
    """A slow source gets what is declared, a very quick one the shortest time."""
    assert paced(*[1.0] * 10).timeout(2.0) == 2.0
    assert paced(*[0.001] * 10).timeout(2.0) == 0.1


def test_one_call_in_a_hundred_may_be_slower_without_changing_it() -> None:
    """The 99th percentile: the slowest of a hundred calls decides, as the last one does."""
    assert paced(*[0.05] * 200).timeout(2.0) == pytest.approx(0.15)
    assert paced(*[0.05] * 200, *[0.5] * 10).timeout(2.0) == pytest.approx(1.5)


def test_a_call_that_was_given_up_gives_the_others_more_time_at_once() -> None:
    """The wait is back at what is declared after the first of a hundred that was given up."""
    pace = paced(*[0.05] * 99)
    assert pace.timeout(2.0) == pytest.approx(0.15)

    pace.given_up(2.0)

    assert pace.timeout(2.0) == 2.0


@given(st.lists(st.tuples(st.floats(0, 10), st.booleans()), max_size=300), st.floats(0.2, 30))
def test_whatever_was_seen_the_wait_stays_within_its_bounds(
    seen: list[tuple[float, bool]], declared: float
) -> None:
    """From the shortest to the declared time."""
    pace = Pace(RULES)

    for seconds, answered in seen:
        if answered:
            pace.took(seconds)
        else:
            pace.given_up(declared)

        assert RULES.shortest <= pace.timeout(declared) <= declared


@pytest.mark.parametrize(
    "wrong", [{"times": 0.5}, {"shortest": 0.0}, {"enough": 0}, {"enough": 501}]
)
def test_rules_out_of_bounds_are_refused(wrong: dict[str, float]) -> None:
    """Each bound is told."""
    with pytest.raises(ValueError, match="times: from 1 on"):
        PaceRules(**wrong)  # type: ignore[arg-type]  # that is the point
