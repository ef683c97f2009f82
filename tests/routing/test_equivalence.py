"""However lookups are put together, joined or timed, each has the same finding."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from time import monotonic

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import (
    Answer,
    ConnectorError,
    Garbled,
    Held,
    Inquiry,
    NotHeld,
    Refused,
    WrongHolder,
)
from hub.declarations.words import Freshness
from hub.evidence import HolderKind, Said, Subject, Tier
from hub.routing.breaker import BreakerRules
from hub.routing.kept import Asker, Kept
from hub.routing.lines import Lines
from hub.routing.observation import Observatory
from hub.routing.retries import RetryRules
from hub.routing.router import Router
from hub.routing.rules import LineRules
from hub.routing.search import Search
from tests.routing.scripted import Scripted, source

Reply = Answer | ConnectorError
Scripts = Mapping[str, tuple[Reply, Reply, Reply]]
Shown = tuple[object, list[tuple[str, Said, str | None]], tuple[str, ...], float | None]

TIERS = (Tier.PROVINCIAL, Tier.MUNICIPAL, Tier.SUPPLEMENTARY)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
# Breakers that never open: a source that rests is another matter than how lookups are put together.
RULES = LineRules(
    breaker=BreakerRules(failures=1000, remembered=1000), retries=RetryRules(share=0.0)
)
replies = st.one_of(
    st.just(NotHeld()),
    st.integers(0, 3).map(lambda n: Held({"n": n})),
    st.sampled_from([Refused("403"), Garbled("x"), WrongHolder("x")]),
)
scripts = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=1), st.tuples(replies, replies, replies), min_size=1
)
delays = st.dictionaries(
    st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 2)), st.sampled_from([0.0, 0.001, 0.003])
)


def questions(told: Scripts, slow: Mapping[tuple[str, int], float], names: str) -> list[Search]:
    platforms = [
        Scripted(
            {name: said[tier] for name, said in told.items()},
            {name: seconds for (name, at), seconds in slow.items() if at == tier},
        )
        for tier in range(3)
    ]
    route = tuple(
        source(f"s{number}", tier, one)
        for number, (tier, one) in enumerate(zip(TIERS, platforms, strict=True))
    )
    return [
        Search(
            name,
            route,
            Inquiry({"subject.id": name}),
            Asker("U1", Subject(HolderKind.PERSON, name), Freshness()),
        )
        for name in names
    ]


def shown(finding: Search) -> Shown:
    """All of a finding that doesn't depend on how it came about: no times, no sharing."""
    holding = finding.holding
    held = holding and (holding.source, dict(holding.values))
    trail = [(one.source, one.said, one.reason) for one in finding.trail]
    return held, trail, finding.silent, finding.retry_after


def found(ask: Callable[[Router], "asyncio.Future[list[Search]]"]) -> list[Shown]:
    async def within_lines() -> list[Search]:
        async with Lines(Observatory(), RULES) as lines:
            return await ask(Router(lines, Kept(1000, monotonic), lambda: NOW))

    return [shown(one) for one in asyncio.run(within_lines())]


def together(asked: Sequence[Search]) -> list[Shown]:
    return found(lambda router: asyncio.ensure_future(router.find(anew(asked), 30)))


def anew(asked: Sequence[Search]) -> list[Search]:
    """The same searches, before anybody was asked."""
    return [Search(one.key, one.route, one.inquiry, one.asker) for one in asked]


def one_by_one(asked: Sequence[Search]) -> list[Shown]:
    async def each(router: Router) -> list[Search]:
        return [finding for one in anew(asked) for finding in await router.find([one], 30)]

    return found(lambda router: asyncio.ensure_future(each(router)))


def at_once(asked: Sequence[Sequence[Search]]) -> list[Shown]:
    async def all_(router: Router) -> list[Search]:
        found_ = await asyncio.gather(*(router.find(anew(some), 30) for some in asked))
        return [finding for some in found_ for finding in some]

    return found(lambda router: asyncio.ensure_future(all_(router)))


@settings(deadline=None)
@given(scripts)
def test_a_batch_finds_what_single_lookups_find(told: Scripts) -> None:
    """All in one call of the router, or each in a call of its own."""
    asked = questions(told, {}, "".join(told))

    assert together(asked) == one_by_one(asked)


@settings(deadline=None)
@given(scripts, st.data())
def test_who_shares_a_question_finds_what_they_would_find_alone(
    told: Scripts, data: st.DataObject
) -> None:
    """Several queries at once with questions in common, joined in flight, or one after the other."""
    names = st.text(st.sampled_from(sorted(told)), min_size=1, max_size=6)
    groups = data.draw(st.lists(names, min_size=2, max_size=4))
    slow = {(name, tier): 0.001 for name in told for tier in range(3)}
    asked = [questions(told, slow, group) for group in groups]
    route = asked[0][0].route
    shared = [[Search(one.key, route, one.inquiry, one.asker) for one in some] for some in asked]

    joined = at_once(shared)

    assert joined == [one for some in shared for one in together(some)]


@settings(deadline=None, max_examples=50)
@given(scripts, delays)
def test_the_order_of_answers_changes_nothing(
    told: Scripts, slow: Mapping[tuple[str, int], float]
) -> None:
    """Whoever answers first, second or last: each lookup has the same finding."""
    names = "".join(told)

    assert together(questions(told, slow, names)) == together(questions(told, {}, names))
