"""Requesters, verifiers, forwards, questions, objections and clock jumps in any order."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from hub.china import CHINA
from hub.desk.clocks import TimerKind
from hub.desk.doubts import Receiver
from hub.desk.events import (
    Cancel,
    Event,
    MarkOverdue,
    Object,
)
from hub.desk.lifecycle import apply, arrival, issue
from hub.desk.objections import Concluded, UnderReview, conclude, raise_objection
from hub.desk.request import VerificationRequest
from hub.desk.watching import watch
from hub.desk.words import (
    PLATFORM,
    Actor,
)
from tests.desk.moves import (
    CALENDAR,
    CAST,
    JUMPS,
    SCHEDULE,
    STAFF,
    STARTS,
    UNITS,
    detours,
    events_for,
    likely_next,
)
from tests.desk.people import CLERK, HOUSING, wanted
from tests.desk.truths import Truths

KNOWN_UNTIL = datetime(2026, 12, 15, tzinfo=CHINA)
"""The oracle's holidays end with 2026; promises of the last days would reach beyond."""


class Desk(Truths):
    """Several requests at once, everybody trying anything, the clock jumping both ways."""

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


class DeskAtLength(Desk):
    """The same, tried more often: `make slow`."""


LONG = settings(
    max_examples=120,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestDesk = Desk.TestCase
TestDesk.settings = settings(LONG, max_examples=40)
TestDeskAtLength = pytest.mark.slow(DeskAtLength.TestCase)
TestDeskAtLength.settings = LONG
