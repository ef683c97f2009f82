"""Requesters, verifiers, forwards, questions, objections and clock jumps in any order."""

from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hub.china import CHINA
from hub.desk.clocks import Schedule, TimerKind
from hub.desk.doubts import Corrected, Receiver
from hub.desk.events import (
    Answer,
    Ask,
    AttemptToDecline,
    Begin,
    Cancel,
    Claim,
    Close,
    Conclude,
    ConfirmReceipt,
    Event,
    Explain,
    Forward,
    Make,
    MarkOverdue,
    Object,
    Reassign,
    Return,
    Seal,
    Send,
    Urge,
)
from hub.desk.findings import AmbiguousSubject, Findings, NoRecord, Verified
from hub.desk.lifecycle import apply, arrival, issue
from hub.desk.objections import Concluded, UnderReview, conclude, raise_objection
from hub.desk.request import VerificationRequest
from hub.desk.watching import watch
from hub.desk.words import (
    PLATFORM,
    Actor,
    Officer,
    QuestionKind,
    Role,
    State,
)
from hub.workdays.calendar import WorkingDays
from tests.desk.oracle import deadline, milliseconds
from tests.desk.people import ARCHIVES, CIVIL, CLERK, HOUSING, ISSUERS, POLICE, SUPERVISOR, wanted

CALENDAR = WorkingDays()
SCHEDULE = Schedule()
NAMES = ("vera", "viktor", "wang")
VERIFIERS = frozenset(NAMES)
UNITS = (CIVIL, ARCHIVES, POLICE)
STAFF = [
    Actor(unit, name, frozenset(roles))
    for unit in UNITS
    for name, roles in (
        *((name, {Role.VERIFIER}) for name in NAMES[:2]),
        ("wang", {Role.VERIFIER, Role.SEAL_KEEPER}),
        ("keeper", {Role.SEAL_KEEPER}),
        ("chief", {Role.COORDINATOR}),
    )
]
CAST = [CLERK, SUPERVISOR, PLATFORM, Actor("bank", "clerk", CLERK.roles), *STAFF]

JUMPS = st.one_of(
    st.sampled_from([timedelta(milliseconds=ms) for ms in (-60_000, -1, 0, 1)]),
    st.timedeltas(timedelta(0), timedelta(minutes=20)),
    st.timedeltas(timedelta(hours=1), timedelta(hours=30)),
    st.just(timedelta(days=20)),
)
STARTS = st.datetimes(datetime(2024, 1, 2), datetime(2026, 11, 1), timezones=st.just(CHINA)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)


def findings_for(outstanding: frozenset[str]) -> st.SearchStrategy[Findings]:
    """Anything an issuer may say, at times about what nobody asked."""
    names = st.sampled_from([*sorted(outstanding), "spouse", "income"])
    values = st.dictionaries(names, st.sampled_from(["a", "b", None]), min_size=0, max_size=3)
    whole = st.just(Verified(dict.fromkeys(sorted(outstanding), "a")))
    return st.one_of(
        whole,
        values.map(lambda each: Verified(dict(each))),
        st.sampled_from([NoRecord("registers"), NoRecord(""), AmbiguousSubject(2)]),
    )


def events_for(of: VerificationRequest, now: datetime) -> st.SearchStrategy[Event]:
    """Any event, sound or not, with what it carries; `Deliver` and objections have rules of their own."""
    texts = st.sampled_from(["words", "words", "words", " "])
    estimates = st.sampled_from([None, now, now + timedelta(hours=3)])
    plain: list[Event] = [Begin(), Send(), ConfirmReceipt(), Close(), MarkOverdue()]
    return st.one_of(
        st.sampled_from(plain),
        st.builds(Claim, st.just(VERIFIERS)),
        st.builds(Reassign, st.sampled_from([*NAMES, "nobody"]), texts, st.just(VERIFIERS)),
        st.builds(Forward, st.sampled_from([*UNITS, HOUSING, "x"]), texts, st.just(ISSUERS)),
        st.builds(Ask, st.sampled_from(QuestionKind), texts),
        st.builds(Answer, texts),
        st.builds(Make, findings_for(of.outstanding)),
        st.builds(Return, texts),
        st.builds(Seal, st.just("seal"), st.just("digest")),
        st.builds(Explain, texts, estimates),
        st.builds(AttemptToDecline, texts),
        st.builds(Urge, texts),
    )


def likely_next(of: VerificationRequest, word: str) -> tuple[Event, Actor] | None:
    """The step that carries a request on, so that long lives are lived, too."""
    by = staff_of(of)
    verifier = by[of.verifier or free_verifier(of)]
    made = Make(Verified(dict.fromkeys(sorted(of.outstanding), word)))
    steps: dict[State, tuple[Event, Actor]] = {
        State.ISSUED: (Urge("now"), SUPERVISOR),
        State.DELIVERED: (Claim(VERIFIERS), verifier),
        State.CLAIMED: (Begin(), verifier),
        State.IN_VERIFICATION: (made, verifier),
        State.MADE: (Seal("seal", "digest"), by["keeper"]),
        State.SEALED: (Send(), PLATFORM),
        State.SENT: (ConfirmReceipt(), CLERK),
        State.RECEIVED: (Close(), CLERK),
    }
    return steps.get(of.state)


def detours(of: VerificationRequest, now: datetime) -> list[tuple[Event, Actor]]:
    """Sound steps that don't lead straight to an answer."""
    by = staff_of(of)
    verifier, chief = by[of.verifier or free_verifier(of)], by["chief"]
    part = Verified({min(of.outstanding): "a"} if of.outstanding else {})
    return [
        (Ask(QuestionKind.AMBIGUOUS_SUBJECT, "which?"), verifier),
        (Answer("that one"), CLERK),
        (Reassign("vera", "ill", VERIFIERS), chief),
        (Reassign("wang", "ill", VERIFIERS), chief),
        *((Forward(unit, "theirs", ISSUERS), chief) for unit in UNITS),
        (Make(part), verifier),
        (Make(NoRecord("registers")), verifier),
        (Make(AmbiguousSubject(2)), verifier),
        (Return("wrong"), by["keeper"]),
        (ConfirmReceipt(), CLERK),
        (MarkOverdue(), PLATFORM),
        (Explain("ill", now + timedelta(hours=1)), chief),
        (Explain("ill", None), chief),
        (AttemptToDecline("no"), chief),
    ]


def staff_of(of: VerificationRequest) -> dict[str, Actor]:
    """The people of the unit that has it, by name."""
    return {each.name: each for each in STAFF if each.unit == of.holder}


def free_verifier(of: VerificationRequest) -> str:
    """A verifier who may claim it."""
    return next((name for name in NAMES if not _heard(of, name)), "vera")


def _heard(of: VerificationRequest, name: str) -> bool:
    return of.review is not None and Officer(of.holder, name) in of.review.avoid


KNOWN_UNTIL = datetime(2026, 12, 15, tzinfo=CHINA)
"""The oracle's holidays end with 2026; promises of the last days would reach beyond."""


class Desk(RuleBasedStateMachine):
    """Several requests at once, everybody trying anything, the clock jumping both ways."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: dict[str, VerificationRequest] = {}
        self.now = datetime(2025, 1, 1, tzinfo=CHINA)
        self.received: dict[str, datetime] = {}  # the model: when each one's clock started

    def put(self, after: VerificationRequest) -> None:
        """Keep a request, whose history must have grown by exactly one entry."""
        before = self.requests.get(after.id)
        grown = after.history[: len(before.history)] if before else ()
        assert grown == (before.history if before else ())
        assert len(after.history) == len(grown) + 1
        assert all(a.at <= b.at for a, b in zip(after.history, after.history[1:], strict=False))
        assert after.history[-1].state is after.state
        self.requests[after.id] = after

    def try_step(self, of: VerificationRequest, event: Event, actor: Actor) -> None:
        """Apply, and keep what was accepted."""
        after = apply(of, event, actor, self.now)
        if isinstance(after, VerificationRequest):
            self.put(after)
        else:
            assert after.remedy

    def any_of(self, data: st.DataObject) -> VerificationRequest:
        """One of the requests."""
        return self.requests[data.draw(st.sampled_from(sorted(self.requests)))]

    @precondition(lambda self: not self.requests)
    @rule(start=STARTS)
    def begin(self, start: datetime) -> None:
        """The time is somewhere in 2024-2026."""
        self.now = start

    @rule(jump=JUMPS)
    def clock_jumps(self, jump: timedelta) -> None:
        """Time passes, or a machine's clock is set back; whose time is up is marked."""
        self.now = min(self.now + jump, KNOWN_UNTIL)
        for request in list(self.requests.values()):
            timers = watch(request, SCHEDULE)
            if any(each.kind is TimerKind.OVERDUE and each.at <= self.now for each in timers):
                self.try_step(request, MarkOverdue(), PLATFORM)
                assert self.requests[request.id].overdue is not None

    @precondition(lambda self: len(self.requests) < 4)
    @rule(
        immediate=st.booleans(),
        promised_in=st.none() | st.integers(0, 12),
        unit=st.sampled_from([*UNITS, HOUSING]),
        actor=st.sampled_from([CLERK, CLERK, CLERK, STAFF[0]]),
        at_once=st.sampled_from([True, True, False]),
    )
    def ask_for(
        self, immediate: bool, promised_in: int | None, unit: str, actor: Actor, at_once: bool
    ) -> None:
        """Somebody issues a request."""
        asked = wanted(immediate, self._promised(promised_in))
        request = issue(f"r{len(self.requests)}", asked, unit, actor, self.now)
        if isinstance(request, VerificationRequest):
            self.put(request)
            if at_once:
                self.start_clock(request, PLATFORM)

    def _promised(self, days: int | None) -> date | None:
        return None if days is None else self.now.date() + timedelta(days=days)

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), actor=st.sampled_from([PLATFORM, PLATFORM, PLATFORM, CLERK]))
    def deliver(self, data: st.DataObject, actor: Actor) -> None:
        """A request enters the issuer's system; or somebody tries to start the clock anew."""
        self.start_clock(self.any_of(data), actor)

    def start_clock(self, request: VerificationRequest, actor: Actor) -> None:
        """Deliver a request, and note when it happened in the model."""
        event = arrival(request, CALENDAR, self.now)
        after = apply(request, event, actor, self.now)
        if isinstance(after, VerificationRequest):
            assert request.id not in self.received
            self.received[request.id] = max(self.now, request.history[-1].at)
            self.put(after)

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def anybody_tries_anything(self, data: st.DataObject) -> None:
        """Any event by anybody; most are rejected."""
        request = self.any_of(data)
        event = data.draw(events_for(request, self.now))
        self.try_step(request, event, data.draw(st.sampled_from(CAST)))

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def a_detour(self, data: st.DataObject) -> None:
        """A question, a forward, a part, a delay …, by who may do it in some state."""
        request = self.any_of(data)
        open_ways = [
            (event, actor)
            for event, actor in detours(request, self.now)
            if isinstance(apply(request, event, actor, self.now), VerificationRequest)
        ]
        if open_ways:
            self.try_step(request, *data.draw(st.sampled_from(open_ways)))

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), steps=st.integers(1, 8), word=st.sampled_from("ab"))
    def it_goes_on(self, data: st.DataObject, steps: int, word: str) -> None:
        """The next steps towards an answer, as they should be."""
        name = self.any_of(data).id
        for _ in range(steps):
            if step := likely_next(self.requests[name], word):
                self.try_step(self.requests[name], *step)

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), actor=st.sampled_from([*STAFF[:5], CLERK]))
    def withdraw(self, data: st.DataObject, actor: Actor) -> None:
        """The issuer would like the case to be withdrawn; or it is."""
        self.try_step(self.any_of(data), Cancel("withdrawn"), actor)

    @precondition(lambda self: any(each.deliveries for each in self.requests.values()))
    @rule(
        data=st.data(),
        number=st.sampled_from([1, 1, 2]),
        promised_in=st.none() | st.integers(0, 12),
        actor=st.sampled_from([CLERK, CLERK, STAFF[0]]),
    )
    def doubt(
        self, data: st.DataObject, number: int, promised_in: int | None, actor: Actor
    ) -> None:
        """The applicant objects; the review lives beside the request."""
        answered = sorted(each.id for each in self.requests.values() if each.deliveries)
        request = self.requests[data.draw(st.sampled_from(answered))]
        event = Object(number, "wrong", f"r{len(self.requests)}", self._promised(promised_in))
        under = raise_objection(request, event, actor, self.now)
        if isinstance(under, UnderReview):
            self.put(under.objected)
            self.put(under.review)
            self.start_clock(under.review, PLATFORM)

    @precondition(lambda self: any(each.review for each in self.requests.values()))
    @rule(data=st.data(), through=st.booleans(), word=st.sampled_from("ab"))
    def settle(self, data: st.DataObject, through: bool, word: str) -> None:
        """A review that is through ends its objection; any other ends nothing."""
        reviews = sorted(each.id for each in self.requests.values() if each.review)
        name = data.draw(st.sampled_from(reviews))
        for _ in range(5 if through else 0):
            if step := likely_next(self.requests[name], word):
                self.try_step(self.requests[name], *step)
        self._conclude(self.requests[name])

    def _conclude(self, review: VerificationRequest) -> None:
        assert review.review is not None
        objected = self.requests[review.review.of]
        ended = conclude(objected, review, [Receiver("bank", "d1")], self.now)
        if isinstance(ended, Concluded):
            assert objected.objection is not None
            assert review.outstanding == frozenset()
            self.put(ended.objected)

    @invariant()
    def nothing_ends_by_refusal(self) -> None:
        """Closed with all answered under another person's seal, or withdrawn by who asked."""
        for each in self.requests.values():
            if each.state in (State.SENT, State.RECEIVED, State.CLOSED):
                assert each.outstanding == frozenset()
            if each.state is State.CANCELLED:
                ends = [entry for entry in each.history if isinstance(entry.event, Cancel)]
                assert [entry.by for entry in ends] == [CLERK]
                assert each.review is None
            for delivery in each.deliveries:
                assert delivery.mark.set_by.unit == delivery.draft.made_by.unit
                assert delivery.mark.set_by != delivery.draft.made_by
                assert delivery.draft.fields <= each.wanted.fields

    @invariant()
    def every_request_has_an_end_or_a_clock(self) -> None:
        """What hasn't ended has a timer; with the issuer, it has a deadline."""
        for each in self.requests.values():
            assert bool(watch(each, SCHEDULE)) is not each.ended
            assert each.running <= (each.due is not None)
            assert (each.draft is not None) is (each.state in (State.MADE, State.SEALED))
            assert (each.mark is not None) is (each.state is State.SEALED)

    @invariant()
    def the_original_deadline_stands(self) -> None:
        """Whatever happened, receipt and deadline are those of the first delivery."""
        for each in self.requests.values():
            received = self.received.get(each.id)
            assert each.received == received
            if each.due is not None and received is not None:
                asked = each.wanted
                expected = deadline(milliseconds(received), asked.immediate, asked.promised)
                assert milliseconds(each.due.at) == expected

    @invariant()
    def late_answers_are_marked(self) -> None:
        """Nothing was sent late without the mark; nothing in time carries it without a reason."""
        for each in self.requests.values():
            for delivery in each.deliveries:
                assert each.due is not None
                assert delivery.sent_at <= each.due.at or each.overdue is not None

    @invariant()
    def forwarding_never_goes_round(self) -> None:
        """Each unit has it once; the hops form one chain that ends where it lies."""
        for each in self.requests.values():
            way = [hop.origin for hop in each.hops] + [each.holder]
            assert len(set(way)) == len(way)
            assert HOUSING not in way
            assert [hop.to for hop in each.hops] == way[1:]

    @invariant()
    def requesters_time_is_theirs(self) -> None:
        """At most one question is open, and the time waited is never negative."""
        for each in self.requests.values():
            still_open = [one for one in each.clarifications if one.ended_at is None]
            assert still_open == ([each.question] if each.question else [])
            assert not still_open or each.state in (State.CLAIMED, State.IN_VERIFICATION)
            latest = max(self.now, each.history[-1].at)
            assert each.waited_for_requester(latest) >= timedelta(0)

    @invariant()
    def reviews_have_fresh_eyes(self) -> None:
        """While the unit has others, nobody reviews their own answer; each objection has its review."""
        for each in self.requests.values():
            colleagues = {Officer(each.holder, name) for name in NAMES}
            if each.review and each.verifier and not colleagues <= each.review.avoid:
                assert not _heard(each, each.verifier)
            for objection in each.objections:
                assert self.requests[objection.review].review is not None
            self._recalls_agree(each)

    def _recalls_agree(self, each: VerificationRequest) -> None:
        endings = [one.ending for one in each.objections]
        recalled = {one.number for one in each.deliveries if one.recalled_by}
        named = {one.recall.delivery for one in endings if isinstance(one, Corrected)}
        assert recalled == named
        ended = [entry for entry in each.history if isinstance(entry.event, Conclude)]
        assert len(ended) == sum(one is not None for one in endings)

    @invariant()
    def attempts_to_decline_are_all_on_record(self) -> None:
        """Each accepted attempt is an incident, and there are no others."""
        for each in self.requests.values():
            attempts = [
                entry for entry in each.history if isinstance(entry.event, AttemptToDecline)
            ]
            assert [entry.at for entry in attempts] == [one.at for one in each.incidents]


TestDesk = Desk.TestCase
TestDesk.settings = settings(
    max_examples=120,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
