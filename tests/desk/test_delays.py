"""What is late is marked, explained and urged; its deadline stands."""

from datetime import timedelta

from hub.desk.events import (
    Explain,
    MarkOverdue,
    Urge,
)
from hub.desk.lifecycle import apply
from hub.desk.words import (
    PLATFORM,
    Explanation,
    Overdue,
    State,
)
from tests.desk.people import (
    CHIEF,
    CLAIM,
    LATE,
    MINUTE,
    SEND,
    SUPERVISOR,
    TEN,
    VERA,
    after,
    answering,
    delivered,
    rejected,
)


def test_overdue_asks_for_a_reason_and_a_new_estimate() -> None:
    """Marked 1 ms late, explained, and asked again once the estimate passed as well."""
    request = after(delivered(), CLAIM)
    late = MarkOverdue()
    at_the_edge = LATE - timedelta(milliseconds=1)
    assert rejected(apply(request, late, PLATFORM, at_the_edge)) == "not_overdue"
    assert not request.explanation_asked(LATE)

    request = after(request, (late, PLATFORM), now=LATE)
    assert request.overdue == Overdue(at_the_edge)
    assert request.explanation_asked(LATE)
    assert rejected(apply(request, late, PLATFORM, LATE)) == "already_so"

    estimate = LATE + 10 * MINUTE
    request = after(request, (Explain("register is down", estimate), VERA), now=LATE)
    assert request.overdue == Overdue(
        at_the_edge, (Explanation(VERA.officer, LATE, "register is down", estimate),)
    )
    assert not request.explanation_asked(estimate)
    assert request.explanation_asked(estimate + MINUTE)
    assert request.due == delivered().due


def test_an_estimate_of_what_was_sent_asks_nothing_more() -> None:
    """Explained, then sent: that its estimate passes later on doesn't matter."""
    begun = after(delivered(), *answering()[:2])
    late = (MarkOverdue(), PLATFORM), (Explain("ill", LATE + MINUTE), VERA)

    sent = after(begun, *late, *answering()[2:], now=LATE)

    assert not sent.explanation_asked(LATE + 2 * MINUTE)


def test_an_estimate_lies_ahead() -> None:
    """While it is awaited, an explanation says by when; nothing is explained that isn't late."""
    request = after(delivered(), (MarkOverdue(), PLATFORM), now=LATE)

    for estimate in (None, LATE):
        outcome = apply(request, Explain("ill", estimate), CHIEF, LATE)
        assert rejected(outcome) == "no_estimate"
    in_time = apply(delivered(), Explain("ill", LATE + MINUTE), CHIEF, LATE)
    assert rejected(in_time) == "not_overdue"


def test_sent_late_is_overdue_without_a_timer() -> None:
    """Sending after the deadline says so by itself, and still asks for the reason."""
    sealed = after(delivered(), *answering()[:4])

    sent = after(sealed, SEND, now=LATE)

    assert sent.overdue == Overdue(TEN + timedelta(hours=24))
    assert sent.explanation_asked(LATE)
    with_estimate = Explain("ill", LATE + MINUTE)
    assert rejected(apply(sent, with_estimate, VERA, LATE)) == "no_estimate"
    explained = after(sent, (Explain("ill", None), VERA), now=LATE)
    assert not explained.explanation_asked(LATE + timedelta(days=9))
    assert after(sealed, SEND, now=LATE - timedelta(milliseconds=1)).overdue is None


def test_supervision_urges() -> None:
    """A supervisor of any unit urges while it is open; it stands in the history."""
    request = after(delivered(), (Urge("at once"), SUPERVISOR))

    assert request.history[-1].by == SUPERVISOR
    assert request.state is State.DELIVERED
    assert rejected(apply(request, Urge("at once"), CHIEF, TEN)) == "wrong_role"
