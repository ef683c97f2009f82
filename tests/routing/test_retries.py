"""Repetitions stay within their means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.routing.retries import RetryBudget, RetryRules


def budget(rules: RetryRules | None = None, drawn: float = 0.5) -> RetryBudget:
    return RetryBudget(rules or RetryRules(), lambda: drawn)


def test_a_source_begins_with_what_it_may_save_at_most() -> None:
    """Ten repetitions are there at first, and not one more."""
    retries = budget()

    assert retries.grant(20) == 10
    assert retries.grant(1) == 0


def test_ten_calls_save_one_repetition() -> None:
    """A share of a tenth: after nine calls there is none, after ten there is one."""
    retries = budget(RetryRules(most=1.0))
    retries.grant(1)

    retries.call(9)
    assert retries.grant(1) == 0
    retries.call(1)
    assert retries.grant(1) == 1


def test_the_pause_is_drawn_from_nothing_to_all_of_it() -> None:
    """Full jitter: the drawn number times the pause."""
    assert budget(drawn=0.0).pause() == 0.0
    assert budget(RetryRules(pause=0.4), drawn=0.25).pause() == pytest.approx(0.1)


def test_a_share_of_none_grants_none() -> None:
    """Where nothing may be repeated, nothing is, from the first call on."""
    retries = budget(RetryRules(share=0.0))

    retries.call(1000)

    assert retries.grant(1) == 0


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=50))
def test_repetitions_never_exceed_a_tenth_of_the_calls_and_what_was_there_at_first(
    steps: list[tuple[int, int]],
) -> None:
    """Over any run: granted ≤ 10 + calls / 10."""
    retries, calls, granted = budget(), 0, 0

    for made, wanted in steps:
        retries.call(made)
        calls += made
        granted += retries.grant(wanted)

        assert granted <= 10 + calls * 0.1 + 1e-6


@pytest.mark.parametrize("wrong", [{"share": 1.1}, {"share": -0.1}, {"most": 0.5}, {"pause": -1.0}])
def test_rules_out_of_bounds_are_refused(wrong: dict[str, float]) -> None:
    """Each bound is told."""
    with pytest.raises(ValueError, match="share: from 0 to 1"):
        RetryRules(**wrong)
