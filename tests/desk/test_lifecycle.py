"""A request's life, step by step, as each of its people sees it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.desk.clocks import Due, DueRule
from hub.desk.events import (
    Answer,
    Ask,
    AttemptToDecline,
    Cancel,
    Claim,
    Close,
    Event,
    Explain,
    Forward,
    Issue,
    Make,
    MarkOverdue,
    Reassign,
    Return,
    Seal,
    Send,
    Urge,
)
from hub.desk.findings import AmbiguousSubject, Findings, NoRecord, Verified
from hub.desk.lifecycle import apply, arrival, issue
from hub.desk.words import (
    PLATFORM,
    Actor,
    Explanation,
    Hop,
    Incident,
    Officer,
    Overdue,
    QuestionKind,
    Role,
    State,
    Wanted,
)
from tests.desk.people import (
    ANSWERS,
    ARCHIVE_KEEPER,
    ARCHIVES,
    ARCHIVIST,
    BEGIN,
    CALENDAR,
    CHIEF,
    CIVIL,
    CLAIM,
    CLERK,
    CONFIRM,
    HOUSING,
    ISSUERS,
    KEEPER,
    MINUTE,
    SEAL,
    SEND,
    SUPERVISOR,
    TEN,
    VERA,
    VERIFIERS,
    VIKTOR,
    accepted,
    after,
    answering,
    delivered,
    issued,
    rejected,
    wanted,
)

WHICH = (Ask(QuestionKind.AMBIGUOUS_SUBJECT, "which of the two?"), VERA)
DETAIL = (Ask(QuestionKind.DETAIL, "which year?"), VERA)
REPLY = (Answer("the one born in 1990"), CLERK)
CANCEL = (Cancel("withdrawn"), CLERK)
TO_ARCHIVES = Forward(ARCHIVES, "kept in the archives since 2010", ISSUERS)
LATE = TEN + timedelta(hours=24, milliseconds=1)


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


def test_forwarding_keeps_request_and_receipt() -> None:
    """The right issuer gets the same request with the original deadline; the hop is on record."""
    request = after(delivered(), CLAIM, BEGIN)
    due = request.due

    request = after(request, (TO_ARCHIVES, VERA), now=TEN + MINUTE)

    assert (request.state, request.holder, request.verifier) == (State.DELIVERED, ARCHIVES, None)
    assert (request.due, request.received) == (due, TEN)
    assert request.hops == (
        Hop(CIVIL, ARCHIVES, VERA.officer, TEN + MINUTE, "kept in the archives since 2010"),
    )
    done = after(
        request,
        (Claim(VERIFIERS), ARCHIVIST),
        (BEGIN[0], ARCHIVIST),
        (Make(ANSWERS), ARCHIVIST),
        (SEAL[0], ARCHIVE_KEEPER),
        SEND,
    )
    assert done.deliveries[0].draft.made_by == Officer(ARCHIVES, "vera")


def test_forwarding_never_goes_round() -> None:
    """A unit that had it, the one that asked, or one that issues nothing of the kind can't get it."""
    request = after(delivered(), (TO_ARCHIVES, CHIEF), (Claim(VERIFIERS), ARCHIVIST))

    def forwarded_to(unit: str) -> str:
        return rejected(apply(request, Forward(unit, "theirs", ISSUERS), ARCHIVIST, TEN))

    assert forwarded_to(CIVIL) == "loop"
    assert forwarded_to(ARCHIVES) == "loop"
    assert forwarded_to(HOUSING) == "own_unit"
    assert forwarded_to("library") == "not_an_issuer"


def test_an_unclaimed_request_is_forwarded_by_any_verifier() -> None:
    """Nobody has to claim what isn't theirs; once claimed, only the claimer or the coordinator."""
    assert after(delivered(), (TO_ARCHIVES, VIKTOR)).holder == ARCHIVES
    claimed = after(delivered(), CLAIM)
    assert rejected(apply(claimed, TO_ARCHIVES, VIKTOR, TEN)) == "not_the_verifier"
    assert after(claimed, (TO_ARCHIVES, CHIEF)).holder == ARCHIVES


def test_reassigning_inside_the_unit() -> None:
    """The coordinator, or who has it, names another designated verifier; the work starts anew."""
    request = after(delivered(), CLAIM, BEGIN)

    request = after(request, (Reassign("viktor", "ill", VERIFIERS), CHIEF))

    assert (request.state, request.verifier) == (State.CLAIMED, "viktor")
    assert rejected(apply(request, *BEGIN, TEN)) == "not_the_verifier"
    assert after(request, (BEGIN[0], VIKTOR)).state is State.IN_VERIFICATION
    again = Reassign("viktor", "ill", VERIFIERS)
    assert rejected(apply(request, again, VIKTOR, TEN)) == "already_so"
    stranger = Reassign("stranger", "ill", VERIFIERS)
    assert rejected(apply(request, stranger, VIKTOR, TEN)) == "not_designated"


def test_an_answer_in_parts() -> None:
    """What is there goes at once; the clock runs until the rest went, too."""
    first = after(delivered(), *answering(Verified({"spouse": "无"})))
    assert (first.state, first.running, first.verifier) == (State.IN_VERIFICATION, True, "vera")
    assert first.outstanding == {"since"}
    twice = Make(Verified({"spouse": "有"}))
    assert rejected(apply(first, twice, VERA, TEN)) == "foreign_field"

    confirmed = after(first, CONFIRM)
    assert confirmed.state is State.IN_VERIFICATION
    whole = after(confirmed, (Make(Verified({"since": None})), VERA), SEAL, SEND, now=LATE)

    assert whole.state is State.SENT
    assert [each.number for each in whole.deliveries] == [1, 2]
    assert [each.sent_at for each in whole.deliveries] == [TEN, LATE]
    assert [each.confirmed_at for each in whole.deliveries] == [TEN, None]
    assert after(whole, CONFIRM).deliveries[0].confirmed_at == TEN


def test_the_rest_may_be_another_units() -> None:
    """After a part was sent, the rest can be forwarded to who keeps it."""
    first = after(delivered(), *answering(Verified({"spouse": "无"})))

    request = after(first, (TO_ARCHIVES, VERA))

    assert request.holder == ARCHIVES
    assert request.outstanding == {"since"}


@pytest.mark.parametrize(
    "findings", [Verified({}), Verified({"income": "1"}), Verified({"since": "", "income": ""})]
)
def test_findings_answer_what_was_asked(findings: Findings) -> None:
    """Nothing, or something nobody asked for, is no answer."""
    request = after(delivered(), CLAIM, BEGIN)

    assert rejected(apply(request, Make(findings), VERA, TEN)) == "foreign_field"


def test_no_record_is_an_answer_like_any_other() -> None:
    """It says what was searched, is sealed and sent, and answers all that was asked."""
    request = after(delivered(), CLAIM, BEGIN)
    assert rejected(apply(request, Make(NoRecord(" ")), VERA, TEN)) == "blank"

    request = after(delivered(), *answering(NoRecord("marriage register 1984-2025")))

    assert request.state is State.SENT
    assert request.deliveries[0].draft.fields == {"spouse", "since"}
    assert request.deliveries[0].mark.seal == "seal-1"


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


def test_four_eyes() -> None:
    """The claimed verifier makes; a seal keeper of that unit who isn't the maker seals."""
    both = Actor(CIVIL, "both", frozenset({Role.VERIFIER, Role.SEAL_KEEPER}))
    request = after(delivered(), (CLAIM[0], both), (BEGIN[0], both))
    assert rejected(apply(request, Make(ANSWERS), VERA, TEN)) == "not_the_verifier"

    made = after(request, (Make(ANSWERS), both))

    assert rejected(apply(made, SEAL[0], both, TEN)) == "same_person"
    assert rejected(apply(made, SEAL[0], VERA, TEN)) == "wrong_role"
    assert rejected(apply(made, SEAL[0], ARCHIVE_KEEPER, TEN)) == "wrong_unit"
    assert rejected(apply(made, Seal("", "sha256:00"), KEEPER, TEN)) == "blank"
    assert rejected(apply(made, Seal("seal-1", ""), KEEPER, TEN)) == "blank"
    assert after(made, SEAL).state is State.SEALED


def test_nothing_unsealed_is_sent() -> None:
    """There is no way from made to sent but through the seal."""
    made = after(delivered(), *answering()[:3])

    assert rejected(apply(made, *SEND, TEN)) == "wrong_state"


@pytest.mark.parametrize("sender", [VERA, KEEPER, CHIEF, PLATFORM])
def test_who_sends(sender: Actor) -> None:
    """Verifier, seal keeper, coordinator of the unit, or the desk itself."""
    request = after(delivered(), *answering()[:4], (Send(), sender))

    assert request.state is State.SENT


@pytest.mark.parametrize("sender", [CLERK, VIKTOR, SUPERVISOR, ARCHIVE_KEEPER])
def test_who_does_not_send(sender: Actor) -> None:
    """Nobody of another unit, and no verifier but the one who made it."""
    sealed = after(delivered(), *answering()[:4])

    assert rejected(apply(sealed, Send(), sender, TEN)) in {"wrong_unit", "not_the_verifier"}


@pytest.mark.parametrize("steps", [3, 4])
@pytest.mark.parametrize("actor", [KEEPER, VERA])
def test_a_draft_goes_back_for_correction(steps: int, actor: Actor) -> None:
    """Before it is sent, keeper or verifier return it; draft and seal are gone, the clock runs."""
    request = after(delivered(), *answering()[:steps], (Return("a wrong year"), actor))

    assert (request.state, request.draft, request.mark) == (State.IN_VERIFICATION, None, None)
    assert request.running
    assert after(request, *answering()[2:]).state is State.SENT


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
