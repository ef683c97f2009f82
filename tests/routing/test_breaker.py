"""A breaker leaves a failing source alone, and finds out when it is back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hub.routing.breaker import Breaker, BreakerRules, BreakerState

RULES = BreakerRules(failures=3, remembered=10, first_rest=1.0, longest_rest=4.0)


def breaker(drawn: float = 1.0, rules: BreakerRules = RULES) -> Breaker:
    return Breaker(rules, lambda: drawn)


def opened(now: float = 0.0) -> Breaker:
    one = breaker()
    for _ in range(3):
        one.hear(failed=True, now=now)
    return one


def test_it_opens_at_the_third_failure_and_lets_nobody_through() -> None:
    """Two failures are borne, the third opens it for its rest."""
    one = breaker()
    one.hear(failed=True, now=0.0)
    one.hear(failed=True, now=0.0)
    assert (one.state(0.0), one.admits(5, 0.0), one.rests(0.0)) == (BreakerState.CLOSED, 5, 0.0)

    one.hear(failed=True, now=0.0)

    assert (one.state(0.0), one.admits(5, 0.0), one.rests(0.25)) == (BreakerState.OPEN, 0, 0.75)


def test_failures_that_are_less_than_half_do_not_open_it() -> None:
    """Three failures among seven answers are borne; among six they are half of them."""
    one = breaker()
    for failed in (False, False, False, False, True, True, True):
        one.hear(failed=failed, now=0.0)
    assert one.state(0.0) is BreakerState.CLOSED

    one.hear(failed=True, now=0.0)
    assert one.state(0.0) is BreakerState.OPEN


def test_after_its_rest_one_question_is_the_probe_and_an_answer_closes_it() -> None:
    """Of five questions one goes, the next none; once it is answered, all go."""
    one = opened()

    assert one.state(1.0) is BreakerState.HALF_OPEN
    assert [one.admits(5, 1.0), one.admits(5, 1.5)] == [1, 0]
    one.hear(failed=False, now=1.6)

    assert (one.state(1.6), one.admits(5, 1.6)) == (BreakerState.CLOSED, 5)


def test_a_question_of_nobody_is_no_probe() -> None:
    """Asking for none leaves the probe to who has a question."""
    one = opened()

    assert [one.admits(0, 1.0), one.admits(1, 1.0)] == [0, 1]


def test_each_rest_is_twice_as_long_up_to_the_longest_and_the_first_again_after_an_answer() -> None:
    """1, 2, 4, 4 seconds; after an answer 1 again."""
    one, now, rests = opened(), 0.0, []
    for _ in range(4):
        rests.append(one.rests(now))
        now += one.rests(now)
        assert one.admits(1, now) == 1
        one.hear(failed=True, now=now)

    assert rests == [1.0, 2.0, 4.0, 4.0]
    now += one.rests(now)
    one.hear(failed=False, now=now)
    for _ in range(3):
        one.hear(failed=True, now=now)
    assert one.rests(now) == 1.0


def test_replicas_come_back_apart() -> None:
    """The rest is drawn between half and all of it."""
    shortest, longest = breaker(drawn=0.0), breaker(drawn=1.0)
    for one in (shortest, longest):
        for _ in range(3):
            one.hear(failed=True, now=0.0)

    assert (shortest.rests(0.0), longest.rests(0.0)) == (0.5, 1.0)


def test_late_answers_to_what_was_asked_before_change_nothing_while_it_rests() -> None:
    """Neither an answer nor a failure of before shortens or lengthens the rest."""
    one = opened()

    one.hear(failed=False, now=0.5)
    one.hear(failed=True, now=0.5)

    assert one.rests(0.5) == 0.5


def test_a_probe_that_is_never_heard_of_gives_way_to_another() -> None:
    """After the longest rest the next question is the probe."""
    one = opened()
    assert one.admits(1, 1.0) == 1

    assert [one.admits(1, 4.9), one.admits(1, 5.0)] == [0, 1]


def test_failures_must_be_of_as_many_as_are_to_be_different() -> None:
    """Of two different ones: any number of failures of one opens nothing, one of another does."""
    one = breaker(rules=BreakerRules(failures=3, different=2))
    for _ in range(9):
        one.hear(failed=True, now=0.0, whose="a")
    assert one.state(0.0) is BreakerState.CLOSED

    one.hear(failed=True, now=0.0, whose="b")

    assert one.state(0.0) is BreakerState.OPEN


def test_what_was_asked_before_it_opened_changes_nothing_later_either() -> None:
    """A failure that comes late costs no probe and no rest, an answer that comes late closes nothing."""
    one = opened(now=1.0)

    one.hear(failed=True, now=2.5, asked=0.9)
    one.hear(failed=False, now=2.5, asked=0.9)
    assert one.state(2.5) is BreakerState.HALF_OPEN
    one.hear(failed=False, now=2.5, asked=2.0)
    for _ in range(3):
        one.hear(failed=True, now=2.6, asked=0.9)

    assert one.state(2.6) is BreakerState.CLOSED


def test_room_is_what_would_be_admitted_and_takes_no_probe() -> None:
    """Looking is free; a probe that was admitted and not asked is given back."""
    one = opened()

    assert [one.room(5, 0.5), one.room(5, 1.0), one.room(5, 1.0)] == [0, 1, 1]
    assert [one.admits(5, 1.0), one.room(5, 1.0)] == [1, 0]
    one.forgo(1.0)
    assert [one.room(0, 1.0), one.admits(5, 1.0)] == [0, 1]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"different": 0}, "different"),
        ({"different": 6}, "different"),
        ({"failures": 0}, "failures"),
        ({"failures": 21}, "failures"),
        ({"first_rest": 0.0}, "first_rest"),
        ({"first_rest": 9.0}, "first_rest"),
    ],
)
def test_rules_out_of_bounds_are_refused(wrong: dict[str, float], told: str) -> None:
    """The wrong one is named."""
    with pytest.raises(ValueError, match=told):
        BreakerRules(**wrong)  # type: ignore[arg-type]  # that is the point


@given(st.lists(st.booleans(), max_size=60))
def test_a_source_that_fails_less_than_it_answers_in_every_stretch_stays_closed(
    failures: list[bool],
) -> None:
    """A failure only after every two answers never opens it."""
    one = breaker()

    for failed in failures:
        one.hear(failed=False, now=0.0)
        one.hear(failed=False, now=0.0)
        if failed:
            one.hear(failed=True, now=0.0)

    assert one.state(0.0) is BreakerState.CLOSED


class Life(RuleBasedStateMachine):
    """Whatever happens: a resting source is left alone, and a source that heals is found out."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.one = breaker(drawn=0.5)

    @rule(seconds=st.floats(0, 10))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(questions=st.integers(1, 50), failed=st.booleans())
    def ask(self, questions: int, failed: bool) -> None:
        state, admitted = self.one.state(self.now), self.one.admits(questions, self.now)
        assert (
            admitted
            in {
                BreakerState.CLOSED: {questions},
                BreakerState.HALF_OPEN: {0, 1},
                BreakerState.OPEN: {0},
            }[state]
        )
        for _ in range(admitted):
            self.one.hear(failed=failed, now=self.now)

    @rule(failed=st.booleans())
    def hear_late(self, failed: bool) -> None:
        self.one.hear(failed=failed, now=self.now)

    @rule()
    def ask_and_never_hear(self) -> None:
        self.one.admits(1, self.now)

    @invariant()
    def it_never_rests_longer_than_the_longest(self) -> None:
        assert self.one.rests(self.now) <= RULES.longest_rest

    @invariant()
    def it_rests_just_while_it_is_open(self) -> None:
        assert (self.one.rests(self.now) > 0) == (self.one.state(self.now) is BreakerState.OPEN)

    def teardown(self) -> None:
        """A source that answers from now on is asked in full within two longest rests."""
        self.now += RULES.longest_rest * 2
        if self.one.admits(1, self.now):
            self.one.hear(failed=False, now=self.now)
        assert self.one.admits(7, self.now) == 7


TestLife = Life.TestCase
