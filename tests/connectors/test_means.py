"""The means for second calls: never more than one in twenty, and never many at once."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.means import Means, Usual

OF, MOST = 20, 10


@given(st.lists(st.integers(0, 60), max_size=120))
def test_never_more_than_one_in_twenty(turns: list[int]) -> None:
    """Whenever as many as can be are made: since the beginning, and in any stretch, within the bound.

    Each turn is so many calls, and then every second call that is allowed.
    """
    means = Means(OF, MOST)
    calls, second = [0], [0]
    for turn in turns:
        for _ in range(turn):
            means.save()
        made = 0
        while means.enough:
            means.spend()
            made += 1
        calls.append(calls[-1] + turn)
        second.append(second[-1] + made)

    assert all(made * OF <= made_of for made, made_of in zip(second, calls, strict=True))
    for begin in range(len(calls)):
        for end in range(begin, len(calls)):
            made = second[end] - second[begin]
            assert made <= (calls[end] - calls[begin]) / OF + MOST


def test_all_that_is_allowed_can_be_had() -> None:
    """Nothing is lost in rounding: of 400 calls exactly 20 may be made twice."""
    means, made = Means(OF, MOST), 0
    for _ in range(400):
        means.save()
        if means.enough:
            means.spend()
            made += 1

    assert made == 20


def test_who_is_only_late_leaves_half_to_those_that_are_stuck() -> None:
    """There is plenty from more than half of what can be saved."""
    means = Means(OF, MOST)
    seen = []
    for _ in range(OF * MOST):
        means.save()
        seen.append((means.enough, means.plenty))

    assert seen.index((True, False)) == OF - 1
    assert seen.index((True, True)) == OF * MOST // 2


def test_what_had_to_be_spent_leaves_no_debt() -> None:
    """A call that had to go elsewhere without means leaves nothing, not less than that."""
    means = Means(OF, MOST)
    means.spend()
    for _ in range(OF):
        means.save()

    assert means.enough


def test_late_is_what_95_of_100_were_faster_than() -> None:
    """Of 0.01 to 1 s the 95th percentile; nothing while less than twenty are known."""
    usual = Usual(remembered=100, anew=1)
    for number in range(1, 20):
        usual.took(number / 100)
    unknown = usual.late
    for number in range(20, 101):
        usual.took(number / 100)

    assert unknown is None
    assert usual.late == 0.96


def test_nothing_is_late_within_ten_milliseconds() -> None:
    """However fast the platform usually is."""
    usual = Usual()
    for _ in range(20):
        usual.took(0.001)

    assert usual.late == 0.01
