"""What several ask of a source that takes many questions in one call, within a tick, goes together."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from connectors.contract import (
    PATIENCE,
    Answer,
    ConnectorError,
    Held,
    Inquiry,
    Interface,
    NotHeld,
    QuotaSpent,
    Refused,
    Told,
    untold,
)
from hub.evidence import Tier
from hub.routing.breaker import BreakerRules
from hub.routing.lines import Lines
from hub.routing.retries import RetryRules
from hub.routing.route import Source
from hub.routing.rules import LineRules
from hub.routing.sending import CutOff, Flight, Resting, news_of
from tests.routing.scripted import Scripted, source
from tests.routing.test_at_once import Watching

RULES = LineRules(breaker=BreakerRules(failures=1), retries=RetryRules(share=0.0))
HELD = Held({"n": 1})


@dataclass
class Patient(Scripted):
    """Also keeps how patient it was asked."""

    patience: list[float] = field(default_factory=list)

    async def fetch(
        self,
        interface: Interface,
        inquiries: Sequence[Inquiry],
        patience: float = PATIENCE,
        told: Told = untold,
    ) -> list[Answer | ConnectorError]:
        self.patience.append(patience)
        return await super().fetch(interface, inquiries, patience, told)


def taking(many: int, connector: Scripted, style: str = "batch") -> Source:
    """A source that takes so many questions in one call."""
    one = source("best", Tier.PROVINCIAL, connector)
    return replace(
        one,
        platform=replace(one.platform, batch=many),
        interface=replace(one.interface, style=style),
    )


def about(subjects: str) -> list[Inquiry]:
    return [Inquiry({"subject.id": one}) for one in subjects]


async def heard(flights: Sequence[Flight]) -> list[Answer | ConnectorError]:
    while waiting := {flight.sending for flight in flights if flight.open}:
        assert await news_of(waiting, 10)
    return [reply for flight in flights if (reply := flight.reply)]


async def test_questions_of_one_tick_are_one_call() -> None:
    """Three ask, the last of them nothing new: one call, one sending, and to each its own reply."""
    platform, watching = Patient({"a": HELD, "c": Refused("403")}), Watching()
    where = taking(100, platform)
    async with Lines(watching, RULES) as lines:
        first = lines.send(where, about("a"), 5)
        second = lines.send(where, about("cd"), 5)
        third = lines.send(where, about("ca"), 5)
        answers = [await heard(one) for one in (first, second, third)]

    assert platform.asked == [["a", "c", "d"]]
    assert ("sent", "best", 3) in watching.seen
    assert ("joined", "best", 2) in watching.seen
    assert [[str(one) for one in some] for some in answers] == [
        [str(HELD)],
        ["403", str(NotHeld())],
        ["403", str(HELD)],
    ]
    assert [one.joined for one in (*first, *second, *third)] == [False] * 3 + [True] * 2


async def test_what_is_asked_a_tick_later_is_another_call() -> None:
    """Nobody waits for who may come."""
    platform = Patient()
    where = taking(100, platform)
    async with Lines(Watching(), RULES) as lines:
        first = lines.send(where, about("a"), 5)
        await asyncio.sleep(0)
        await heard([*first, *lines.send(where, about("b"), 5)])

    assert platform.asked == [["a"], ["b"]]


async def test_what_fills_a_call_goes_at_once_and_the_next_is_gathered_anew() -> None:
    """Of a, bc, d and efg, where three are a call: abc go, and d to g, which are more than a call."""
    platform = Patient()
    where = taking(3, platform)
    async with Lines(Watching(), RULES) as lines:
        sent = [lines.send(where, about(some), 5) for some in ("a", "bc", "d", "efg")]
        await heard([one for some in sent for one in some])

    assert platform.asked == [["a", "b", "c"], ["d", "e", "f", "g"]]


async def test_a_request_that_fills_a_call_goes_as_it_comes() -> None:
    """Its work has begun before the tick is over."""
    platform = Patient()
    where = taking(2, platform)
    async with Lines(Watching(), RULES) as lines:
        flights = lines.send(where, about("ab"), 5)
        await asyncio.sleep(0)
        assert platform.asked == [["a", "b"]]
        await heard(flights)


async def test_the_most_patient_one_decides() -> None:
    """Nobody's questions are given up earlier than alone, also where they equal another's."""
    platform = Patient()
    where = taking(100, platform)
    async with Lines(Watching(), RULES) as lines:
        sent = [lines.send(where, about("a"), patience) for patience in (2, 7, 5)]
        await heard([one for some in sent for one in some])

    assert platform.patience == [7]
    assert platform.asked == [["a"]]


async def test_who_leaves_takes_nothing_from_whom_it_was_gathered_with() -> None:
    """The first asker, whose tick it is, is cancelled before anything was sent."""
    platform = Patient({"b": HELD})
    where = taking(100, platform)

    async def ask(subjects: str) -> list[Answer | ConnectorError]:
        return await heard(lines.send(where, about(subjects), 5))

    async with Lines(Watching(), RULES) as lines:
        leaving = asyncio.create_task(ask("a"))
        asyncio.get_running_loop().call_soon(leaving.cancel)
        assert await asyncio.create_task(ask("b")) == [HELD]
        with pytest.raises(asyncio.CancelledError):
            await leaving

    assert platform.asked == [["a", "b"]]


async def test_who_takes_one_question_in_a_call_is_asked_for_each_asker() -> None:
    """There is nothing to gain, and who asks little is not put behind who asks much."""
    platform = Patient()
    where = taking(100, platform, style="query")
    async with Lines(Watching(), RULES) as lines:
        await heard([*lines.send(where, about("ab"), 5), *lines.send(where, about("c"), 5)])

    assert platform.asked == [["a", "b"], ["c"]]


async def test_what_was_declared_anew_is_another_call() -> None:
    """After a reload within the tick the new declaration is asked beside the old one."""
    old, new = Patient(), Patient()
    async with Lines(Watching(), RULES) as lines:
        first = lines.send(taking(100, old), about("a"), 5)
        second = lines.send(taking(90, new), about("b"), 5)
        await heard([*first, *second])

    assert (old.asked, new.asked) == ([["a"]], [["b"]])


@dataclass
class Turning(Patient):
    """Says that it will not be asked, between two who ask in the same tick."""

    reply: ConnectorError = field(default_factory=lambda: Refused("403"))
    send: Callable[[str], list[Flight]] | None = None
    sent: list[list[Flight]] = field(default_factory=list)

    async def fetch(
        self,
        interface: Interface,
        inquiries: Sequence[Inquiry],
        patience: float = PATIENCE,
        told: Told = untold,
    ) -> list[Answer | ConnectorError]:
        if self.asked or not self.send:
            return await super().fetch(interface, inquiries, patience, told)
        self.asked.append(["first"])
        self.sent.append(self.send("a"))
        told(0, self.reply)
        self.sent.append(self.send("b"))
        return []


@pytest.mark.parametrize("reply", [Refused("403"), QuotaSpent("18")])
async def test_who_asks_after_a_source_has_failed_is_not_gathered(reply: ConnectorError) -> None:
    """Who came in the same tick, but before it was known, is asked as it was admitted."""
    platform = Turning(reply=reply)
    where = taking(100, platform)
    async with Lines(Watching(), RULES) as lines:
        platform.send = lambda subjects: lines.send(where, about(subjects), 5)
        await heard(lines.send(where, about("x"), 5))
        before, after = [await heard(flights) for flights in platform.sent]

    assert before == [NotHeld()]
    assert [type(one) for one in after] == [Resting]
    assert platform.asked == [["first"], ["a"]]


async def test_what_was_gathered_as_the_hub_stops_is_cut_off() -> None:
    """It is not asked any more, and nobody waits for ever."""
    platform = Patient()
    async with Lines(Watching(), RULES) as lines:
        flights = lines.send(taking(100, platform), about("a"), 5)

    (reply,) = await heard(flights)
    assert isinstance(reply, CutOff)
    assert platform.asked == []
