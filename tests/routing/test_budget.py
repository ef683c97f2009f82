"""A query's time reaches every source on its way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.routing.budget import Budget


def test_three_hanging_sources_share_the_time_equally() -> None:
    """Where each takes all that it may, the third ends with the budget."""
    budget = Budget(10.0, 13.0)

    first = budget.until(10.0, 3)
    second = budget.until(first, 2)
    third = budget.until(second, 1)

    assert (first, second, third) == (11.0, 12.0, 13.0)


def test_what_a_quick_source_leaves_goes_to_the_next() -> None:
    """After a source that took 0.2 of 3 seconds the next of two has 1.4."""
    assert Budget(0.0, 3.0).until(0.2, 2) == pytest.approx(1.6)


def test_after_its_end_there_is_nothing_left() -> None:
    """A budget that is over gives no time, and does not go below none."""
    assert Budget(0.0, 3.0).left(5.0) == 0.0
    assert Budget(0.0, 3.0).until(5.0, 2) == 5.0


@given(
    st.floats(0.01, 60),
    st.lists(st.floats(0, 1), min_size=1, max_size=8),
)
def test_no_source_is_left_without_time_and_none_passes_the_end(
    seconds: float, used: list[float]
) -> None:
    """Whatever share of its time each source uses, the next has some, and none passes the end."""
    budget, now = Budget(0.0, seconds), 0.0

    for after, share in zip(range(len(used), 0, -1), used, strict=True):
        until = budget.until(now, after)
        assert now < until <= seconds + 1e-9
        now += (until - now) * share * 0.999


def test_a_budget_without_time_and_a_split_among_nobody_are_refused() -> None:
    """Both tell what is expected."""
    with pytest.raises(ValueError, match="above 0"):
        Budget(1.0, 1.0)
    with pytest.raises(ValueError, match="one source or more"):
        Budget(0.0, 1.0).until(0.0, 0)
