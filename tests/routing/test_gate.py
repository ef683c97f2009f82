"""A question passes its interface's breaker and its platform's; a silent platform rests as a whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import (
    Answer,
    ConnectorError,
    Crowded,
    Garbled,
    Held,
    Incomplete,
    NotHeld,
    QuotaSpent,
    Refused,
    TimedOut,
    Unreachable,
    WrongHolder,
)
from hub.routing.breaker import Breaker, BreakerRules, BreakerState
from hub.routing.gate import Gate

OWN = BreakerRules(failures=2, first_rest=1.0, longest_rest=4.0)
WHOLE = BreakerRules(failures=3, different=3, first_rest=1.0, longest_rest=4.0)
OPEN, HALF_OPEN, CLOSED = BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED
ANSWERS: tuple[Answer | ConnectorError, ...] = (Held({"n": 1}), NotHeld(), WrongHolder("x"))
SILENCE = (TimedOut("x"), Unreachable("x"))
FAULTS = (Refused("x"), Garbled("x"))
NOTHING = (Crowded("x"), Incomplete("x"))


def gates(names: str) -> list[Gate]:
    """The gates of a platform's interfaces."""
    whole = Breaker(WHOLE, lambda: 1.0)
    return [Gate(name, Breaker(OWN, lambda: 1.0), whole) for name in names]


def silenced(names: str = "abcd") -> list[Gate]:
    """A platform that was silent at three interfaces at the moment 0."""
    each = gates(names)
    for gate in each[:3]:
        gate.hear(TimedOut("x"), 0.0, 0.0)
    return each


def test_a_platform_silent_at_three_interfaces_rests_at_all_of_them() -> None:
    """One silence at each of three is enough; the fourth is not asked at all."""
    *_, fourth = silenced()

    assert (fourth.state(0.5), fourth.rests(0.25), fourth.admits(5, 0.5)) == (OPEN, 0.75, 0)


def test_one_probe_finds_out_for_all_interfaces() -> None:
    """After the rest one question of one interface goes; its answer opens all of them."""
    first, second, _, fourth = silenced()

    assert [fourth.admits(5, 1.0), first.admits(5, 1.0), second.admits(5, 1.0)] == [1, 0, 0]
    fourth.hear(NotHeld(), 1.0, 1.1)

    assert [one.admits(5, 1.1) for one in (first, second, fourth)] == [5, 5, 5]


def test_an_interface_that_rests_takes_no_probe_of_its_platform() -> None:
    """The first one fails by itself and rests longer: the platform's probe is left to the second."""
    first, second, *_ = silenced()
    first.hear(Refused("x"), 0.5, 0.5)  # its second failure: it rests until 1.5

    assert [first.admits(5, 1.2), second.admits(5, 1.2)] == [0, 1]
    assert (first.state(1.2), second.state(1.2)) == (OPEN, HALF_OPEN)


def test_a_probe_that_was_not_asked_is_given_back() -> None:
    """A question that lacks a fact, or found no slot, tells nothing: the next one is the probe."""
    first, second, *_ = silenced()
    for nothing in NOTHING:
        assert first.admits(5, 1.0) == 1
        first.hear(nothing, 1.0, 1.0)

    assert second.admits(5, 1.0) == 1


@pytest.mark.parametrize("reply", [*ANSWERS, *FAULTS, *NOTHING, QuotaSpent("x")])
def test_only_silence_is_the_platforms(reply: Answer | ConnectorError) -> None:
    """Whatever is said at three interfaces, the fourth may be asked: somebody is there."""
    each = gates("abcd")
    for gate in each[:3]:
        gate.hear(reply, 0.0, 0.0)

    assert each[3].state(0.0) is CLOSED


def test_a_spent_quota_is_no_failure_of_its_interface_and_a_word_of_its_platform() -> None:
    """The interface's breaker stays as it is; the platform's closes, as somebody is there."""
    first, second, *_ = silenced()
    assert first.admits(1, 1.0) == 1

    first.hear(QuotaSpent("x"), 1.0, 1.1)

    assert (first.state(1.1), second.state(1.1)) == (CLOSED, CLOSED)


def test_one_silent_interface_rests_alone() -> None:
    """However often one is silent, the others are asked."""
    first, second = gates("ab")
    for _ in range(20):
        first.hear(TimedOut("x"), 0.0, 0.0)

    assert (first.state(0.0), second.state(0.0), second.admits(7, 0.0)) == (OPEN, CLOSED, 7)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from([*ANSWERS, *SILENCE, *FAULTS, *NOTHING])),
        max_size=80,
    ),
    st.floats(0.1, 3.0),
)
def test_whatever_happened_all_interfaces_are_asked_again_soon_after_the_platform_heals(
    told: list[tuple[int, Answer | ConnectorError]], pace: float
) -> None:
    """Within three longest rests of answers each gate lets everybody through."""
    each, now = gates("abcd"), 0.0
    for place, reply in told:
        if each[place].admits(1, now):
            each[place].hear(reply, now, now)
        now += pace

    for _ in range(3):
        now += WHOLE.longest_rest
        for gate in each:
            if gate.admits(1, now):
                gate.hear(NotHeld(), now, now)

    assert [gate.admits(7, now) for gate in each] == [7, 7, 7, 7]


def test_only_the_probe_itself_gives_the_probe_back() -> None:
    """A question of before the rest that found no slot tells nothing of the probe on its way."""
    first, second, *_ = silenced()
    assert first.admits(5, 1.0) == 1

    second.hear(Crowded("x"), 0.0, 1.1)

    assert second.admits(5, 1.2) == 0
    first.hear(Crowded("x"), 1.0, 1.3)
    assert second.admits(5, 1.3) == 1
