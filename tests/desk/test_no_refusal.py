"""Article 16 as a property: every reachable situation is walked, and none of them is a refusal."""

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import fields
from datetime import timedelta
from functools import cache
from typing import NamedTuple

from hub.desk import events, request
from hub.desk.events import (
    Answer,
    Ask,
    AttemptToDecline,
    Begin,
    Cancel,
    Claim,
    Close,
    ConfirmReceipt,
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
from hub.desk.findings import AmbiguousSubject, NoRecord, Verified
from hub.desk.lifecycle import apply, arrival
from hub.desk.request import VerificationRequest
from hub.desk.words import Actor, QuestionKind, Role, State
from tests.desk.people import (
    ARCHIVES,
    CALENDAR,
    CAST,
    CIVIL,
    HOUSING,
    ISSUERS,
    TEN,
    issued,
    person,
)

EVERYBODY = (
    *CAST,
    person(ARCHIVES, "viktor", Role.VERIFIER),
    person(ARCHIVES, "chief", Role.COORDINATOR),
)
LATE = TEN + timedelta(hours=25)
VERIFIERS = frozenset({"vera", "viktor"})
ALPHABET: tuple[Event, ...] = (
    Claim(VERIFIERS),
    Reassign("viktor", "ill", VERIFIERS),
    Forward(ARCHIVES, "theirs", ISSUERS),
    Forward(CIVIL, "theirs", ISSUERS),
    Begin(),
    Ask(QuestionKind.AMBIGUOUS_SUBJECT, "which?"),
    Answer("that one"),
    Make(Verified({"spouse": "无"})),
    Make(Verified({"since": None})),
    Make(NoRecord("all registers")),
    Make(AmbiguousSubject(2)),
    Return("wrong"),
    Seal("seal-1", "sha256:00"),
    Send(),
    ConfirmReceipt(),
    Close(),
    Cancel("withdrawn"),
    MarkOverdue(),
    Explain("ill", LATE + timedelta(hours=1)),
    AttemptToDecline("no"),
    Urge("now"),
)


class Edge(NamedTuple):
    """One accepted step between two situations."""

    start: Hashable
    event: Event
    actor: Actor
    end: Hashable


def situation(of: VerificationRequest) -> Hashable:
    """All that decides what can happen next; whatever merely accumulates is left out."""
    return (
        of.state,
        of.holder,
        of.holders,
        of.verifier,
        of.draft and (of.draft.fields, of.draft.made_by),
        tuple((each.draft.fields, each.confirmed_at is None) for each in of.deliveries),
        of.question is not None,
        frozenset((each.asked_by.unit, each.answer is None) for each in of.clarifications),
        of.overdue is not None,
        len(of.incidents) > 0,
    )


def steps_from(of: VerificationRequest) -> Iterator[tuple[Event, Actor, VerificationRequest]]:
    """Every accepted step: each event by each of the cast, once the deadline has passed."""
    delivery = (arrival(of, CALENDAR, TEN),) if of.state is State.ISSUED else ()
    for event in (*ALPHABET, *delivery):
        for actor in EVERYBODY:
            now = TEN if event in delivery else LATE
            after = apply(of, event, actor, now)
            if isinstance(after, VerificationRequest):
                yield event, actor, after


@cache
def walked() -> tuple[dict[Hashable, VerificationRequest], list[Edge]]:
    """Every situation that can be reached from an issued request, and every step between them."""
    first = issued()
    found: dict[Hashable, VerificationRequest] = {situation(first): first}
    edges: list[Edge] = []
    waiting = deque([first])
    while waiting:
        before = waiting.popleft()
        for event, actor, after in steps_from(before):
            edges.append(Edge(situation(before), event, actor, situation(after)))
            if situation(after) not in found:
                found[situation(after)] = after
                waiting.append(after)
    return found, edges


def test_every_state_is_reached() -> None:
    """Each of the ten states is somewhere on the way, each event is taken somewhere."""
    found, edges = walked()

    assert {each.state for each in found.values()} == set(State)
    assert {type(edge.event) for edge in edges} >= {type(event) for event in ALPHABET}


def test_the_only_ends_are_an_answer_and_the_requesters_withdrawal() -> None:
    """Closed: every field was answered under seal. Cancelled: by the unit that asked, in words."""
    found, edges = walked()

    for each in found.values():
        if each.state in (State.SENT, State.RECEIVED, State.CLOSED):
            assert each.outstanding == frozenset()
            assert all(delivery.mark.seal for delivery in each.deliveries)
        assert each.ended is (each.state in (State.CLOSED, State.CANCELLED))
    for edge in edges:
        if found[edge.end].state is State.CANCELLED and found[edge.start].state != State.CANCELLED:
            assert isinstance(edge.event, Cancel)
            assert edge.actor.unit == HOUSING


def test_from_everywhere_an_answer_can_be_reached() -> None:
    """No open situation is a dead end: it can still be closed with an answer."""
    found, edges = walked()
    into: dict[Hashable, set[Hashable]] = {}
    for edge in edges:
        into.setdefault(edge.end, set()).add(edge.start)

    answerable = {key for key, each in found.items() if each.state is State.CLOSED}
    waiting = list(answerable)
    while waiting:
        fresh = into.get(waiting.pop(), set()) - answerable
        answerable |= fresh
        waiting.extend(fresh)

    stuck = [each for key, each in found.items() if key not in answerable and not each.ended]
    assert stuck == []


def test_no_step_of_the_issuer_lets_the_clock_stop_unanswered() -> None:
    """Where the clock stands after running, all was answered, or the requester withdrew."""
    found, edges = walked()

    for edge in edges:
        before, after = found[edge.start], found[edge.end]
        if before.running and not after.running:
            assert after.state is State.SENT or edge.actor.unit == HOUSING


def test_declining_leads_nowhere() -> None:
    """In every situation, an attempt to decline adds an incident and changes nothing else."""
    found, _ = walked()
    attempts = 0
    for each in found.values():
        for actor in EVERYBODY:
            after = apply(each, AttemptToDecline("no"), actor, LATE)
            if isinstance(after, VerificationRequest):
                attempts += 1
                assert len(after.incidents) == len(each.incidents) + 1
                assert situation(after)[:-1] == situation(each)[:-1]  # type: ignore[index]  # tuples

    assert attempts > 100


def test_there_is_no_word_for_refusing() -> None:
    """No state, event or field names a refusal, but the attempt that is put on record."""
    names = [state.value for state in State]
    names += [each.__name__ for each in (Issue, *Event.__args__)]
    names += [
        field.name for each in (*Event.__args__, VerificationRequest) for field in fields(each)
    ]
    names += [*vars(events), *vars(request)]

    words = ("refus", "declin", "reject", "deny", "denied", "dismiss")
    found = {name for name in names if any(word in name.lower() for word in words)}
    assert found == {"AttemptToDecline"}
