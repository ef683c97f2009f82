"""Questions to the requester: the clock keeps running, the time is counted as theirs."""

from datetime import timedelta

import pytest

from hub.desk.events import (
    Event,
    Make,
)
from hub.desk.findings import AmbiguousSubject
from hub.desk.lifecycle import apply
from hub.desk.words import (
    Actor,
    State,
)
from tests.desk.people import (
    ANSWERS,
    ARCHIVIST,
    BEGIN,
    CANCEL,
    CLAIM,
    DETAIL,
    MINUTE,
    REPLY,
    SEAL,
    SEND,
    TEN,
    TO_ARCHIVES,
    VERA,
    WHICH,
    accepted,
    after,
    delivered,
    rejected,
)


def test_a_question_leaves_the_clock_running_and_counts_for_the_requester() -> None:
    """The deadline stays; the time until the answer is the requester's."""
    request = after(delivered(), CLAIM, DETAIL)
    due = request.due
    assert request.waited_for_requester(TEN + 5 * MINUTE) == 5 * MINUTE
    assert rejected(apply(request, *WHICH, TEN)) == "question_open"

    request = after(request, REPLY, now=TEN + 20 * MINUTE)
    request = after(request, WHICH, now=TEN + 30 * MINUTE)
    request = after(request, REPLY, now=TEN + 31 * MINUTE)

    assert request.due == due
    assert request.waited_for_requester(TEN + timedelta(days=1)) == 21 * MINUTE
    assert request.clarifications[0].answer == "the one born in 1990"
    assert rejected(apply(request, *REPLY, TEN)) == "no_question"


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param((BEGIN, (Make(ANSWERS), VERA)), id="made"),
        pytest.param(((TO_ARCHIVES, VERA),), id="forwarded"),
        pytest.param((CANCEL,), id="cancelled"),
    ],
)
def test_a_question_nobody_needs_any_more_lapses(steps: tuple[tuple[Event, Actor], ...]) -> None:
    """Answered without it, forwarded or cancelled: the requester's time ends."""
    request = after(delivered(), CLAIM, DETAIL)

    request = after(request, *steps, now=TEN + 10 * MINUTE)

    assert request.question is None
    assert request.clarifications[0].answer is None
    assert request.waited_for_requester(TEN + 60 * MINUTE) == 10 * MINUTE


def test_ambiguity_is_an_answer_only_after_asking() -> None:
    """The requester is asked which one is meant, and says so or has had 80 % of the time."""
    several = Make(AmbiguousSubject(2))
    last_call = TEN + timedelta(hours=24) * 0.8
    begun = after(delivered(), CLAIM, BEGIN)
    asked = after(begun, WHICH)

    assert rejected(apply(begun, several, VERA, last_call)) == "ask_first"
    assert rejected(apply(after(begun, DETAIL), several, VERA, last_call)) == "ask_first"
    assert rejected(apply(asked, several, VERA, last_call - MINUTE)) == "ask_first"
    assert rejected(apply(asked, Make(AmbiguousSubject(1)), VERA, last_call)) == "ask_first"
    assert accepted(apply(asked, several, VERA, last_call)).state is State.MADE
    assert after(asked, REPLY, (several, VERA), SEAL, SEND).state is State.SENT


def test_another_units_question_does_not_make_it_ambiguous() -> None:
    """Whoever it was forwarded to asks for themselves."""
    request = after(delivered(), CLAIM, WHICH, REPLY, (TO_ARCHIVES, VERA))
    begun = after(request, (CLAIM[0], ARCHIVIST), (BEGIN[0], ARCHIVIST))

    assert rejected(apply(begun, Make(AmbiguousSubject(2)), ARCHIVIST, TEN)) == "ask_first"
