"""What holds of every request at every moment, whatever anybody tried."""

from datetime import datetime, timedelta

from hypothesis.stateful import RuleBasedStateMachine, invariant

from hub.china import CHINA
from hub.desk.doubts import Corrected
from hub.desk.events import (
    AttemptToDecline,
    Cancel,
    Conclude,
)
from hub.desk.request import VerificationRequest
from hub.desk.watching import watch
from hub.desk.words import (
    Officer,
    State,
)
from tests.desk.moves import NAMES, SCHEDULE, heard
from tests.desk.oracle import deadline, milliseconds
from tests.desk.people import CLERK, HOUSING


class Truths(RuleBasedStateMachine):
    """Several requests at once, and what must hold of them."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: dict[str, VerificationRequest] = {}
        self.now = datetime(2025, 1, 1, tzinfo=CHINA)
        self.received: dict[str, datetime] = {}  # the model: when each one's clock started

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
                assert not heard(each, each.verifier)
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
