"""The line to a source: equal questions are one call, a failing source rests, nothing is lost."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, time

import pytest

from connectors.contract import (
    PATIENCE,
    Answer,
    ConnectorError,
    Crowded,
    Garbled,
    Held,
    Incomplete,
    Inquiry,
    Interface,
    NotHeld,
    QuotaSpent,
    Refused,
    TimedOut,
    Told,
    Unreachable,
    WrongHolder,
    untold,
)
from hub.china import CHINA
from hub.declarations.maintenance import Recurring
from hub.evidence import Said, Tier
from hub.routing.breaker import BreakerRules, BreakerState
from hub.routing.lines import Lines
from hub.routing.observation import Observatory
from hub.routing.pace import PaceRules
from hub.routing.retries import RetryRules
from hub.routing.route import Source
from hub.routing.rules import LineRules
from hub.routing.sending import CutOff, Flight, Resting, news_of
from tests.routing.scripted import Scripted, source, source_at

REST = 0.4
"""Seconds: more than a busy machine may hold a test up for."""
RULES = LineRules(
    breaker=BreakerRules(failures=2, first_rest=REST, longest_rest=REST),
    retries=RetryRules(share=0.0),
    pace=PaceRules(enough=3, remembered=10),
    quota_rest=REST,
)
REPEATING = replace(RULES, retries=RetryRules(pause=0.0), breaker=BreakerRules())


def about(*subjects: str, case: str = "1") -> list[Inquiry]:
    return [Inquiry({"subject.id": one, "purpose.case": case}) for one in subjects]


async def heard(flights: Sequence[Flight]) -> list[Answer | ConnectorError]:
    while waiting := {flight.sending for flight in flights if flight.open}:
        assert await news_of(waiting, 10)
    return [reply for flight in flights if (reply := flight.reply)]


@asynccontextmanager
async def opened(rules: LineRules = RULES) -> AsyncIterator[Lines]:
    async with Lines(Observatory(), rules) as lines:
        yield lines


def best(connector: Scripted) -> Source:
    return source("best", Tier.PROVINCIAL, connector)


async def ask(lines: Lines, where: Source, *subjects: str) -> list[Answer | ConnectorError]:
    return await heard(lines.send(where, about(*subjects), 5))


async def test_equal_questions_in_flight_are_one_call() -> None:
    """Two askers of the same question get one answer from one call, and the second one joined."""
    platform = Scripted({"a": Held({"n": 1})}, slow={"a": 0.02})
    async with opened() as lines:
        first = lines.send(best(platform), about("a"), 5)
        await asyncio.sleep(0.005)
        second = lines.send(best(platform), about("a", "b"), 5)

        answers = await heard([*first, *second])

    assert answers == [Held({"n": 1}), Held({"n": 1}), NotHeld()]
    assert platform.asked == [["a"], ["b"]]
    assert [one.joined for one in (*first, *second)] == [False, True, False]


async def test_the_same_subject_for_another_case_is_another_question() -> None:
    """Platforms bind every use to its case, so it is asked for each case."""
    platform = Scripted(slow={"a": 0.02})
    async with opened() as lines:
        await heard(
            [
                *lines.send(best(platform), about("a", case="1"), 5),
                *lines.send(best(platform), about("a", case="2"), 5),
            ]
        )

    assert platform.asked == [["a"], ["a"]]


async def test_what_was_answered_is_asked_anew() -> None:
    """Only what is on its way is shared: the line keeps no answer."""
    platform = Scripted({"a": [Held({"n": 1}), Held({"n": 2})]})
    async with opened() as lines:
        answers = [*await ask(lines, best(platform), "a"), *await ask(lines, best(platform), "a")]

    assert answers == [Held({"n": 1}), Held({"n": 2})]


async def test_who_leaves_takes_nothing_from_who_joined() -> None:
    """The first asker is cancelled, and the second has its answer from the one call."""
    platform = Scripted({"a": Held({"n": 1})}, slow={"a": 0.03})
    async with opened() as lines:
        leaving = asyncio.create_task(ask(lines, best(platform), "a"))
        await asyncio.sleep(0.005)
        joined = lines.send(best(platform), about("a"), 5)
        leaving.cancel()

        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert await heard(joined) == [Held({"n": 1})]
        assert platform.asked == [["a"]]


async def test_a_failing_source_is_left_to_rest_and_found_again() -> None:
    """After two failures nobody asks it; after its rest one question does, and then all do."""
    platform = Scripted({"a": Unreachable("down"), "b": Unreachable("down")})
    async with opened() as lines:
        await ask(lines, best(platform), "a", "b")
        resting = await ask(lines, best(platform), "c")
        await asyncio.sleep(REST * 1.1)
        probing = await ask(lines, best(platform), "d", "e")
        healed = await ask(lines, best(platform), "f", "g")

    assert [type(one) for one in resting] == [Resting]
    assert str(resting[0]) == (
        "not asked, as it did not answer of late; it may be asked again in 1 s"
    )
    assert [type(one) for one in probing] == [NotHeld, Resting]
    assert healed == [NotHeld(), NotHeld()]
    assert platform.asked == [["a", "b"], ["d"], ["f", "g"]]


async def test_a_platform_silent_at_three_interfaces_is_not_asked_at_the_fourth() -> None:
    """One lost question at each of three is enough; one probe then opens all four again."""
    rules = replace(RULES, platform=BreakerRules(3, 20, different=3, first_rest=REST))
    down = Scripted({"a": Unreachable("down")})
    four = [source_at("best", name, down) for name in ("w", "x", "y", "z")]
    async with opened(rules) as lines:
        for one in four[:3]:
            await ask(lines, one, "a")
        (resting,) = await ask(lines, four[3], "b")
        states = {one.interface: one.state for one in lines}
        await asyncio.sleep(REST * 1.1)
        probing = await ask(lines, four[3], "b", "c")
        healed = [await ask(lines, one, "d") for one in four]

    assert isinstance(resting, Resting)
    assert states == dict.fromkeys(("best/w", "best/x", "best/y", "best/z"), BreakerState.OPEN)
    assert [type(one) for one in probing] == [NotHeld, Resting]
    assert healed == [[NotHeld()]] * 4
    assert down.asked == [["a"], ["a"], ["a"], ["b"], ["d"], ["d"], ["d"], ["d"]]


@pytest.mark.parametrize(
    ("reply", "open_after"),
    [
        (Unreachable("x"), True),
        (TimedOut("x"), True),
        (Refused("x"), True),
        (Garbled("x"), True),
        (Crowded("x"), False),
        (WrongHolder("x"), False),
        (Incomplete("x"), False),
        (NotHeld(), False),
    ],
)
async def test_only_what_is_the_sources_fault_opens_its_breaker(
    reply: Answer | ConnectorError, open_after: bool
) -> None:
    """A queue, a question that lacks a fact, and one wrong person are not the source's failing."""
    platform = Scripted({"a": reply, "b": reply})
    async with opened() as lines:
        await ask(lines, best(platform), "a", "b")

        state = lines.of(best(platform)).state()

    assert (state is BreakerState.OPEN) == open_after


async def test_a_spent_quota_gives_the_source_a_rest() -> None:
    """Once the quota is spent nothing is asked until the rest is over."""
    platform = Scripted({"a": QuotaSpent("code 18")})
    async with opened() as lines:
        await ask(lines, best(platform), "a")
        (resting,) = await ask(lines, best(platform), "b")
        state = lines.of(best(platform)).state()
        await asyncio.sleep(REST * 1.1)
        after = await ask(lines, best(platform), "b")

    assert isinstance(resting, Resting)
    assert "its quota is spent" in str(resting)
    assert 0 < resting.seconds <= REST
    assert state is BreakerState.OPEN
    assert after == [NotHeld()]


async def test_a_lost_connection_is_tried_once_more() -> None:
    """Who got no connection is asked again; those beside it are not."""
    platform = Scripted({"a": [Unreachable("reset"), Held({"n": 1})]})
    async with opened(REPEATING) as lines:
        answers = await ask(lines, best(platform), "a", "b")

    assert answers == [Held({"n": 1}), NotHeld()]
    assert platform.asked == [["a", "b"], ["a"]]


async def test_all_connections_lost_one_after_the_other_are_asked_again_each_for_its_own() -> None:
    """The one lost first is asked again first, and nobody is told what another one asked for."""
    lost = Unreachable("reset")
    platform = Scripted(
        {one: [lost, Held({"of": one})] for one in "abc"}, slow={"a": 0.04, "b": 0.02}
    )
    async with opened(REPEATING) as lines:
        answers = await ask(lines, best(platform), "a", "b", "c")

    assert answers == [Held({"of": "a"}), Held({"of": "b"}), Held({"of": "c"})]
    assert platform.asked == [["a", "b", "c"], ["c", "b", "a"]]


async def test_a_connection_lost_twice_is_silence() -> None:
    """There is one repetition, not more."""
    platform = Scripted({"a": Unreachable("reset")})
    async with opened(REPEATING) as lines:
        (answer,) = await ask(lines, best(platform), "a")

    assert isinstance(answer, Unreachable)
    assert platform.asked == [["a"], ["a"]]


@pytest.mark.parametrize("reply", [TimedOut("x"), Refused("x"), Garbled("x"), QuotaSpent("x")])
async def test_what_was_answered_or_took_too_long_is_not_repeated(reply: ConnectorError) -> None:
    """Only a connection that was not had is worth a second try."""
    platform = Scripted({"a": reply})
    async with opened(REPEATING) as lines:
        await ask(lines, best(platform), "a")

    assert platform.asked == [["a"]]


async def test_the_wait_follows_what_calls_take() -> None:
    """After three quick calls the next gets the shortest time instead of the declared second."""
    platform = Scripted()
    async with opened() as lines:
        for subject in "abc":
            await ask(lines, best(platform), subject)
        where = best(platform)
        await ask(lines, where, "d")
        await ask(lines, where, "e")

    assert platform.timeouts == [1.0, 1.0, 1.0, 0.25, 0.25]


async def test_a_call_with_many_questions_has_the_declared_time() -> None:
    """Quick calls with one question each say nothing of how long many in one call take."""
    platform = Scripted()
    where = best(platform)
    together = replace(where, interface=replace(where.interface, style="batch"))
    async with opened() as lines:
        for subject in "abc":
            await ask(lines, together, subject)
        await ask(lines, together, "d", "e")
        await ask(lines, together, "f")

    assert platform.timeouts == [1.0, 1.0, 1.0, 1.0, 0.25]


async def test_what_nobody_waits_for_is_heard_all_the_same() -> None:
    """A question that its asker has given up is answered, and the observatory knows it."""
    platform, observatory = Scripted({"a": Held({})}, slow={"a": 0.02}), Observatory()
    async with Lines(observatory, RULES) as lines:
        lines.send(best(platform), about("a"), 5)
        assert [line.in_flight for line in lines] == [1]
        await asyncio.sleep(0.05)
        assert [line.in_flight for line in lines] == [0]

    assert observatory.seen("best").said == {Said.HELD: 1}


class Broken(Scripted):
    """A connector with a bug."""

    async def fetch(
        self,
        interface: Interface,
        inquiries: Sequence[Inquiry],
        patience: float = PATIENCE,
        told: Told = untold,
    ) -> list[Answer | ConnectorError]:
        raise ZeroDivisionError


async def test_a_bug_flies_to_who_asked() -> None:
    """It is not taken for silence, and what was on its way is gone."""
    async with opened() as lines:
        (flight,) = lines.send(best(Broken()), about("a"), 5)

        with pytest.raises(ZeroDivisionError):
            await heard([flight])
        assert [line.in_flight for line in lines] == [0]


async def test_what_is_under_way_ends_with_the_lines() -> None:
    """Closing cuts off what hangs, and nobody waits for ever."""
    async with opened() as lines:
        (flight,) = lines.send(best(Scripted(slow={"a": 60})), about("a"), 5)
        await asyncio.sleep(0)

    assert isinstance(flight.reply, CutOff)
    assert str(flight.reply) == "best/best/x: cut off, as the hub is stopping; ask again"


async def test_each_interface_has_its_own_line() -> None:
    """One interface that fails leaves the others of its platform in service."""
    bad, good = Scripted({"a": Refused("x"), "b": Refused("x")}), Scripted()
    failing = best(bad)
    healthy = replace(failing, interface=replace(failing.interface, name="y"), connector=good)
    async with opened() as lines:
        await ask(lines, failing, "a", "b")

        assert lines.of(failing).state() is BreakerState.OPEN
        assert await ask(lines, healthy, "a") == [NotHeld()]


async def test_a_source_in_maintenance_is_not_asked_and_the_reason_says_until_when() -> None:
    """From its window on it rests; once the window is over it is asked."""
    platform = Scripted()
    closed = best(platform)
    night = Recurring("day", time(1), time(3))
    closed = replace(closed, platform=replace(closed.platform, maintenance=(night,)))
    moments = [datetime(2026, 11, 23, 2, 59, tzinfo=CHINA), datetime(2026, 11, 23, 3, tzinfo=CHINA)]
    async with Lines(Observatory(), RULES, lambda: moments[0]) as lines:
        (resting,) = await ask(lines, closed, "a")
        moments.pop(0)
        after = await ask(lines, closed, "a")

    assert isinstance(resting, Resting)
    assert resting.seconds == 60.0
    assert str(resting) == (
        "not asked, as it is in maintenance until 2026-11-23 03:00 in China; "
        "it may be asked again in 60 s"
    )
    assert after == [NotHeld()]
    assert platform.asked == [["a"]]
