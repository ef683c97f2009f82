"""What is told at once changes a line as if it were told one after the other."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import (
    PATIENCE,
    Answer,
    ConnectorError,
    Held,
    Inquiry,
    Interface,
    NotHeld,
    Told,
    Unreachable,
    untold,
)
from hub.evidence import Tier
from hub.routing.breaker import Breaker, BreakerRules
from hub.routing.lines import Lines
from hub.routing.pace import Pace, PaceRules
from hub.routing.retries import RetryRules
from hub.routing.route import Source
from hub.routing.rules import LineRules
from hub.routing.sending import CutOff, Flight, Reply, news_of
from tests.routing.scripted import Scripted, source

RULES = BreakerRules(failures=3, remembered=6, first_rest=1.0, longest_rest=2.0)
LINE = LineRules(retries=RetryRules(share=1.0, pause=0.0))
HELD = Held({"n": 1})


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 9), st.floats(0.1, 1.5))))
def test_many_answers_change_a_breaker_as_one_after_the_other(
    told: list[tuple[bool, int, float]],
) -> None:
    """Whatever it is, and whenever: state, room and rest are the same."""
    one, other, now = Breaker(RULES, lambda: 0.5), Breaker(RULES, lambda: 0.5), 0.0

    for failed, count, later in told:
        for _ in range(count):
            other.hear(failed=failed, now=now, asked=now)
        if failed:
            for _ in range(count):
                one.hear(failed=True, now=now, asked=now)
        else:
            one.hear_answers(count, now, asked=now)
        assert (one.state(now), one.rests(now)) == (other.state(now), other.rests(now))
        now += later
        assert one.room(9, now) == other.room(9, now)


@given(st.lists(st.tuples(st.floats(0.01, 2.0), st.integers(1, 30))))
def test_many_calls_change_the_pace_as_one_after_the_other(took: list[tuple[float, int]]) -> None:
    """The wait for the next call is the same."""
    rules = PaceRules(enough=5, remembered=40)
    one, other = Pace(rules), Pace(rules)

    for seconds, calls in took:
        one.took(seconds, calls)
        for _ in range(calls):
            other.took(seconds)

    assert one.timeout(1.0) == other.timeout(1.0)


class Watching:
    """Sees what goes over the lines, and keeps it."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    def sent(self, source: Source, questions: int) -> None:
        self.seen.append(("sent", source.name, questions))

    def joined(self, source: Source, questions: int) -> None:
        self.seen.append(("joined", source.name, questions))

    def heard(self, source: Source, seconds: float, replies: Sequence[Reply]) -> None:
        self.seen.append(("heard", source.name, [type(one).__name__ for one in replies]))


class Telling(Scripted):
    """Tells all that its script has, in one turn; then hangs, or has a bug, or goes."""

    def __init__(self, *script: Answer | ConnectorError, bug: bool = False) -> None:
        super().__init__()
        self._told = list(script)
        self._bug = bug

    async def fetch(
        self,
        interface: Interface,
        inquiries: Sequence[Inquiry],
        patience: float = PATIENCE,
        told: Told = untold,
    ) -> list[Answer | ConnectorError]:
        self.asked.append([one.facts["subject.id"] for one in inquiries])
        for place, _ in enumerate(inquiries):
            if not self._told:
                break
            told(place, self._told.pop(0))
        else:
            return []
        if self._bug:
            raise ZeroDivisionError
        await asyncio.sleep(60)
        return []


def best(connector: Scripted) -> Source:
    return source("best", Tier.PROVINCIAL, connector)


def about(subjects: str) -> list[Inquiry]:
    return [Inquiry({"subject.id": one}) for one in subjects]


async def news(flights: Sequence[Flight]) -> None:
    assert await news_of({one.sending for one in flights}, 5)


async def test_who_watches_hears_once_of_what_was_said_at_once() -> None:
    """Of five questions to a source, two of which joined: one sending, one hearing."""
    watching = Watching()
    async with Lines(watching, LINE) as lines:
        flights = lines.send(best(Telling(HELD, NotHeld(), HELD)), about("abcba"), 5)
        await news(flights)

    assert watching.seen == [
        ("joined", "best", 2),
        ("sent", "best", 3),
        ("heard", "best", ["Held", "NotHeld", "Held"]),
    ]
    assert [one.reply for one in flights] == [HELD, NotHeld(), HELD, NotHeld(), HELD]
    assert [one.joined for one in flights] == [False, False, False, True, True]


async def test_of_many_told_at_once_only_the_lost_ones_are_asked_again() -> None:
    """The others are answered at once, and what is asked again has the same place."""
    platform = Telling(HELD, Unreachable("reset"), NotHeld(), Held({"n": 2}))
    async with Lines(Watching(), LINE) as lines:
        flights = lines.send(best(platform), about("abc"), 5)
        await news(flights)
        before = [one.reply for one in flights]
        await news(flights)

    assert before == [HELD, None, NotHeld()]
    assert [one.reply for one in flights] == [HELD, Held({"n": 2}), NotHeld()]
    assert platform.asked == [["a", "b", "c"], ["b"]]


async def test_what_was_told_stands_where_the_rest_is_cut_off() -> None:
    """One was answered, one hangs as the hub stops: only that one is cut off."""
    async with Lines(Watching(), LINE) as lines:
        flights = lines.send(best(Telling(HELD)), about("ab"), 5)
        await news(flights)

    assert flights[0].reply == HELD
    assert isinstance(flights[1].reply, CutOff)
    assert [one.in_flight for one in lines] == [0]


async def test_what_was_told_stands_where_the_rest_ends_by_a_bug() -> None:
    """The bug flies to who asked what was left, and nothing of it is on its way any more."""
    async with Lines(Watching(), LINE) as lines:
        flights = lines.send(best(Telling(HELD, bug=True)), about("ab"), 5)
        while flights[1].open:
            await news(flights)

        assert flights[0].reply == HELD
        with pytest.raises(ZeroDivisionError):
            _ = flights[1].reply
        assert [one.in_flight for one in lines] == [0]


async def test_news_that_does_not_come_is_told_as_such_and_nobody_is_kept() -> None:
    """Who waited in vain, and who was cancelled, is no longer woken."""
    async with Lines(Watching(), LINE) as lines:
        (flight,) = lines.send(best(Telling()), about("a"), 5)

        assert not await news_of([flight.sending], 0.01)
        waiting = asyncio.create_task(news_of([flight.sending], 5))
        await asyncio.sleep(0)
        assert len(flight.sending.listeners) == 1
        waiting.cancel()
        await asyncio.wait([waiting])

        assert not flight.sending.listeners


async def test_who_waits_for_one_question_is_woken_by_its_reply_alone() -> None:
    """Another question of the same sending is replied to before: that is no news."""
    platform = Scripted({"b": HELD}, slow={"a": 0.01, "b": 0.03})
    async with Lines(Watching(), LINE) as lines:
        first, second = lines.send(best(platform), about("ab"), 5)

        assert await news_of([first.sending], 5, second)

    assert [one.reply for one in (first, second)] == [NotHeld(), HELD]
