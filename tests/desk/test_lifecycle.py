"""A request's life, step by step, as each of its people sees it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.desk.clocks import Due, DueRule
from hub.desk.events import (
    AttemptToDecline,
    Close,
    Issue,
)
from hub.desk.findings import Verified
from hub.desk.lifecycle import apply, arrival, issue
from hub.desk.words import (
    PLATFORM,
    Actor,
    Incident,
    Role,
    State,
    Wanted,
)
from tests.desk.people import (
    ANSWERS,
    ARCHIVES,
    BEGIN,
    CALENDAR,
    CANCEL,
    CHIEF,
    CIVIL,
    CLAIM,
    CLERK,
    CONFIRM,
    DETAIL,
    HOUSING,
    KEEPER,
    MINUTE,
    REPLY,
    TEN,
    VERA,
    accepted,
    after,
    answering,
    delivered,
    issued,
    rejected,
    wanted,
)


def test_a_whole_life() -> None:
    """Issued to closed: every step stands in the history with its actor and where it led."""
    steps = (*answering(), CONFIRM, (Close(), CLERK))

    request = after(delivered(), *steps)

    assert [entry.state for entry in request.history] == [
        State.ISSUED,
        State.DELIVERED,
        State.CLAIMED,
        State.IN_VERIFICATION,
        State.MADE,
        State.SEALED,
        State.SENT,
        State.RECEIVED,
        State.CLOSED,
    ]
    assert request.history[0].event == Issue()
    assert [entry.by for entry in request.history] == [CLERK, PLATFORM, *(by for _, by in steps)]
    assert request.ended
    assert request.deliveries[0].draft.findings == ANSWERS
    assert request.deliveries[0].mark.set_by == KEEPER.officer
    assert request.deliveries[0].confirmed_at == TEN


def test_the_clock_starts_with_the_delivery() -> None:
    """Nothing is due before it entered the issuer's system; then it is, for good."""
    request = issued(immediate=True)
    assert (request.due, request.received, request.running) == (None, None, False)

    later = TEN + MINUTE
    request = accepted(apply(request, arrival(request, CALENDAR, later), PLATFORM, later))

    assert request.due == Due(later, later + timedelta(minutes=30), DueRule.HALF_HOUR)
    assert (request.received, request.running) == (later, True)


def test_the_clock_stops_with_the_last_answer() -> None:
    """Sent, it is no longer the issuer's; what was sent is not cancelled any more."""
    request = after(delivered(), *answering())

    assert (request.state, request.running, request.ended) == (State.SENT, False, False)
    assert rejected(apply(request, *CANCEL, TEN)) == "wrong_state"


def test_the_platform_closes_what_nobody_closes() -> None:
    """A received answer is closed by the desk, too."""
    request = after(delivered(), *answering(), CONFIRM, (Close(), PLATFORM))

    assert request.state is State.CLOSED


def test_only_operators_ask_and_never_their_own_unit() -> None:
    """A request comes from an operator, and goes to another unit."""
    assert rejected(issue("r", wanted(), ARCHIVES, VERA, TEN)) == "wrong_role"
    assert rejected(issue("r", wanted(), HOUSING, CLERK, TEN)) == "own_unit"


def test_a_clock_that_is_not_the_laws_is_not_started() -> None:
    """The delivery's clock starts now, by the catalogue's rule, or not at all."""
    request = issued()
    at_once = arrival(request, CALENDAR, TEN)
    as_immediate = arrival(issued(immediate=True), CALENDAR, TEN)

    assert rejected(apply(request, at_once, PLATFORM, TEN + MINUTE)) == "wrong_clock"
    assert rejected(apply(request, as_immediate, PLATFORM, TEN)) == "wrong_clock"


def test_a_clock_that_steps_back_is_not_followed() -> None:
    """The last entry's time counts where the machine's clock went back; times never decrease."""
    request = issued()
    earlier = TEN - MINUTE

    request = accepted(apply(request, arrival(request, CALENDAR, earlier), PLATFORM, earlier))

    assert request.received == TEN
    assert [entry.at for entry in request.history] == [TEN, TEN]


def test_times_are_chinas() -> None:
    """A time in any zone is kept in China's; one without a zone is refused."""
    elsewhere = TEN.astimezone(ZoneInfo("America/New_York"))

    request = accepted(apply(delivered(), *CLAIM, elsewhere))

    assert request.history[-1].at.utcoffset() == timedelta(hours=8)
    with pytest.raises(ValueError, match="needs a time zone"):
        apply(request, *BEGIN, datetime(2025, 3, 12, 10))


def test_an_attempt_to_decline_changes_nothing() -> None:
    """It is on record under Article 16; the request stays where it was, its clock running."""
    before = after(delivered(), CLAIM)

    request = after(before, (AttemptToDecline("not our job"), VERA))

    assert request.incidents == (Incident(VERA.officer, TEN, "not our job", "16"),)
    assert (request.state, request.due, request.verifier) == (State.CLAIMED, before.due, "vera")
    assert rejected(apply(request, AttemptToDecline("no"), CLERK, TEN)) == "wrong_unit"


def test_the_issuer_can_not_cancel() -> None:
    """Only who asked withdraws; the remedy names Article 16."""
    outcome = apply(delivered(), CANCEL[0], CHIEF, TEN)

    assert rejected(outcome) == "wrong_unit"
    assert "Article 16" in getattr(outcome, "remedy", "")


def test_cancelled_is_an_end() -> None:
    """A withdrawn case ends the request before or after delivery; parts that were sent stay."""
    assert after(issued(), CANCEL).ended
    partly = after(delivered(), *answering(Verified({"spouse": "无"})), CANCEL)

    assert (partly.state, len(partly.deliveries)) == (State.CANCELLED, 1)
    assert rejected(apply(partly, *CLAIM, TEN)) == "wrong_state"


def test_confirming_needs_something_sent() -> None:
    """Nothing sent, or all confirmed: nothing to confirm."""
    request = after(delivered(), *answering(), CONFIRM)

    assert rejected(apply(delivered(), *CONFIRM, TEN)) == "nothing_sent"
    assert rejected(apply(request, *CONFIRM, TEN)) == "nothing_sent"


def test_impossible_values_are_not_made() -> None:
    """A request names fields, a promise is a day, the platform's role is nobody else's."""
    empty, timed = wanted(), wanted()

    with pytest.raises(ValueError, match="at least one field"):
        Wanted("x", empty.subject, empty.purpose, frozenset(), False)
    with pytest.raises(ValueError, match="a date without a time"):
        Wanted("x", timed.subject, timed.purpose, timed.fields, False, TEN)
    for unit, roles in ((CIVIL, {Role.PLATFORM}), ("", {Role.PLATFORM, Role.OPERATOR})):
        with pytest.raises(ValueError, match="goes with no other role"):
            Actor(unit, "sly", frozenset(roles))


def test_nothing_personal_shows_itself() -> None:
    """A request's repr, with its whole history, holds no identifier, name, case or finding."""
    spouse = Verified({"spouse": "王测试"})
    request = after(delivered(promised=date(2025, 3, 20)), *answering(spouse)[:2], DETAIL, REPLY)
    request = after(request, *answering(spouse)[2:], (AttemptToDecline("王测试"), VERA), CANCEL)

    shown = repr(request)

    for personal in ("330203199001016712", "测试", "case-1", "which year", "born in 1990"):
        assert personal not in shown
    assert "3302…6712" in shown
