"""The router keeps the three laws: silence is not absence, a better source wins, none is raced."""

import asyncio
import time
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import (
    Answer,
    ConnectorError,
    CredentialRefused,
    Garbled,
    Held,
    Incomplete,
    Inquiry,
    NotHeld,
    QuotaSpent,
    Refused,
    TimedOut,
    Unreachable,
    WrongHolder,
)
from hub.declarations.words import Freshness
from hub.evidence import HolderKind, Said, Subject, Tier
from hub.routing.breaker import BreakerRules
from hub.routing.kept import Asker, Kept
from hub.routing.lines import Lines
from hub.routing.observation import Observatory, SourceState
from hub.routing.retries import RetryRules
from hub.routing.router import Router
from hub.routing.rules import LineRules
from hub.routing.search import Search
from hub.routing.sending import Resting
from tests.routing.scripted import Scripted, source

RULES = LineRules(retries=RetryRules(share=0.0))
FRESH = Freshness()
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TIERS = (Tier.PROVINCIAL, Tier.MUNICIPAL, Tier.SUPPLEMENTARY)
SAID_OF: dict[type[ConnectorError], Said] = {
    Unreachable: Said.UNREACHABLE,
    TimedOut: Said.TIMED_OUT,
    Refused: Said.REFUSED,
    CredentialRefused: Said.REFUSED,
    QuotaSpent: Said.QUOTA_SPENT,
    Garbled: Said.GARBLED,
    WrongHolder: Said.GARBLED,
    Incomplete: Said.INCOMPLETE,
}
replies = st.one_of(
    st.just(NotHeld()),
    st.builds(lambda n: Held({"n": n}), st.integers(0, 9)),
    st.sampled_from(sorted(SAID_OF, key=lambda kind: kind.__name__)).map(
        lambda kind: kind("broken")
    ),
)


def question(subject: str, connectors: list[Scripted], key: object = None) -> Search:
    route = tuple(
        source(f"s{number}", tier, connector)
        for number, (tier, connector) in enumerate(zip(TIERS, connectors, strict=False))
    )
    return Search(key or subject, route, Inquiry({"subject.id": subject}))


def asker(subject: str, unit: str = "U1", max_age: float | None = None) -> Asker:
    return Asker(unit, Subject(HolderKind.PERSON, subject), FRESH, max_age)


def find(questions: list[Search], within: float = 5.0, elapsed: float = 0.0) -> list[Search]:
    return asyncio.run(found(questions, within, elapsed))


async def found(
    questions: list[Search],
    within: float = 5.0,
    elapsed: float = 0.0,
    observatory: Observatory | None = None,
) -> list[Search]:
    async with Lines(observatory or Observatory(), RULES) as lines:
        return await routing(lines).find(questions, within, elapsed)


def routing(lines: Lines, kept: Kept | None = None) -> Router:
    return Router(lines, kept or Kept(100_000, time.monotonic), lambda: NOW)


@given(
    st.dictionaries(
        st.text("abcdef", min_size=1, max_size=2),
        st.tuples(replies, replies, replies),
        min_size=1,
        max_size=8,
    )
)
def test_each_search_stops_at_the_first_holder_and_silence_is_kept(
    scripts: dict[str, tuple[Answer | ConnectorError, ...]],
) -> None:
    """A search asks in order, stops at the first holder, and remembers everybody who was silent."""
    connectors = [
        Scripted({name: answers[n] for name, answers in scripts.items()}) for n in range(3)
    ]

    findings = find([question(name, connectors) for name in scripts])

    for finding, answers in zip(findings, scripts.values(), strict=True):
        held = [n for n, answer in enumerate(answers) if isinstance(answer, Held)]
        asked = answers[: held[0] + 1] if held else answers
        assert [attempt.source for attempt in finding.trail] == [f"s{n}" for n in range(len(asked))]
        assert finding.silent == tuple(
            f"s{n}" for n, answer in enumerate(asked) if isinstance(answer, ConnectorError)
        )
        assert (finding.holding is not None) == bool(held)
        if finding.holding:
            answer = answers[held[0]]
            assert isinstance(answer, Held)
            assert finding.holding.values == answer.values
        for attempt, reply in zip(finding.trail, asked, strict=True):
            if isinstance(reply, ConnectorError):
                assert (attempt.said, attempt.reason) == (SAID_OF[type(reply)], "broken")


def test_one_batch_per_source_and_wave() -> None:
    """A wave asks each source once, for everybody who has got that far."""
    best, second = Scripted({"a": Held({})}), Scripted({"b": Held({})})

    find([question(name, [best, second]) for name in "abc"])

    assert best.asked == [["a", "b", "c"]]
    assert second.asked == [["b", "c"]]


def test_equal_questions_are_asked_once_and_the_copies_say_so() -> None:
    """Of equal questions the first asks and the others reuse its answer."""
    best = Scripted({"a": Held({"n": 1})})

    first, copy = find([question("a", [best]), question("a", [best])])

    assert best.asked == [["a"]]
    assert [attempt.reused for attempt in (*first.trail, *copy.trail)] == [False, True]
    assert first.holding == copy.holding


def test_who_outlasts_patience_is_silence_and_the_others_keep_their_answers() -> None:
    """What a source could not say in time timed out and goes on; what it has said stands."""
    held = {"a": Held({"n": 1}), "b": Held({"n": 1})}
    slow, second = Scripted(held, slow={"b": 5}), Scripted({"b": Held({"n": 2})})

    quick, late = find([question(name, [slow, second]) for name in "ab"], within=0.05)

    assert [attempt.said for attempt in quick.trail] == [Said.HELD]
    assert [attempt.said for attempt in late.trail] == [Said.TIMED_OUT, Said.HELD]
    assert late.silent == ("s0",)
    assert second.asked == [["b"]]


def test_sources_that_hang_share_the_time_and_the_last_one_is_reached() -> None:
    """Two sources that hang take a third each, and the third one still answers in its own."""
    hanging = [Scripted(slow={"a": 60}) for _ in range(2)]
    began = time.monotonic()

    (finding,) = find([question("a", [*hanging, Scripted({"a": Held({"n": 3})})])], within=0.9)

    assert [attempt.said for attempt in finding.trail] == [
        Said.TIMED_OUT,
        Said.TIMED_OUT,
        Said.HELD,
    ]
    assert 0.59 < time.monotonic() - began < 0.9
    assert finding.retry_after == 1.0


def test_what_has_elapsed_is_taken_off_the_time() -> None:
    """Of nine tenths of a second six are over: who hangs is waited for in the other three."""
    began = time.monotonic()

    (finding,) = find([question("a", [Scripted(slow={"a": 60})])], within=0.9, elapsed=0.6)

    assert 0.29 < time.monotonic() - began < 0.6
    assert [attempt.said for attempt in finding.trail] == [Said.TIMED_OUT]


def test_who_comes_when_the_time_is_over_is_told_of_silence_at_once() -> None:
    """Nobody is waited for, every source counts as silent, and nothing is taken for absent."""
    began = time.monotonic()

    (finding,) = find(
        [question("a", [Scripted(), Scripted({"a": Held({})})])], within=3.0, elapsed=5.0
    )

    assert time.monotonic() - began < 1
    assert finding.holding is None
    assert finding.silent == ("s0", "s1")


def test_a_quick_source_is_not_charged_with_the_time_of_a_slow_one() -> None:
    """Of two in a wave one hangs: the other's attempt took what it took, and its answer is of then."""
    quick, slow = Scripted({"a": Held({})}, slow={"a": 0.02}), Scripted(slow={"b": 60})
    asked = [
        Search(
            name,
            tuple(source(f"{name}{n}", TIERS[n], one) for n in range(2)),
            Inquiry({"subject.id": name}),
            asker(name),
        )
        for name, one in (("a", quick), ("b", slow))
    ]

    found_, _ = find(asked, within=1.5)

    assert found_.holding is not None
    assert found_.holding.as_of is not None
    assert 15 < found_.trail[0].took_ms < 450
    assert 0.3 < (NOW - found_.holding.as_of).total_seconds() < 1.5


def test_a_slow_source_is_heard_after_all_where_nobody_else_holds_it() -> None:
    """It outlasts its share; the others say no at once, and the time that is left is its own."""
    slow, below = Scripted({"a": Held({"n": 1})}, slow={"a": 0.6}), [Scripted(), Scripted()]
    began = time.monotonic()

    (finding,) = find([question("a", [slow, *below])], within=1.35)

    assert time.monotonic() - began < 1.2
    assert finding.holding is not None
    assert (finding.holding.source, finding.holding.tier) == ("s0", Tier.PROVINCIAL)
    assert [one.said for one in finding.trail] == [Said.HELD, Said.NOT_HELD, Said.NOT_HELD]
    assert 590 < finding.trail[0].took_ms < 1200


def test_who_is_heard_late_leaves_no_silence() -> None:
    """Three sources say no, the first of them late: not held, and nobody was silent."""
    slow = Scripted(slow={"a": 0.6})

    (finding,) = find([question("a", [slow, Scripted(), Scripted()])], within=1.35)

    assert [one.said for one in finding.trail] == [Said.NOT_HELD] * 3
    assert finding.silent == ()


def test_what_comes_late_spares_the_sources_below() -> None:
    """The first one answers while the second hangs: the third is not asked any more."""
    slow, hanging = Scripted({"a": Held({"n": 1})}, slow={"a": 0.6}), Scripted(slow={"a": 60})
    third = Scripted({"a": Held({"n": 3})})

    (finding,) = find([question("a", [slow, hanging, third])], within=1.35)

    assert finding.holding is not None
    assert finding.holding.values == {"n": 1}
    assert [one.said for one in finding.trail] == [Said.HELD, Said.TIMED_OUT]
    assert third.asked == []


def test_of_two_that_are_late_the_first_answer_that_holds_is_enough() -> None:
    """The other one still hangs when it comes, and nobody waits for that."""
    slow, hanging = Scripted({"a": Held({"n": 1})}, slow={"a": 0.9}), Scripted(slow={"a": 60})
    began = time.monotonic()

    (finding,) = find([question("a", [slow, hanging, Scripted()])], within=1.2)

    assert time.monotonic() - began < 1.15
    assert [one.said for one in finding.trail] == [Said.HELD, Said.TIMED_OUT, Said.NOT_HELD]


def test_what_came_late_stands_whatever_the_last_source_says() -> None:
    """The first one's late answer is of a better source than the last one's, heard after it."""
    first = Scripted({"a": Held({"n": 1})}, slow={"a": 0.6, "b": 60})
    last = Scripted({"a": Held({"n": 2})}, slow={"a": 0.8, "b": 60})
    asked = [question("a", [first, last]), question("b", [first, last, Scripted()])]

    finding, _ = find(asked, within=1.6)

    assert finding.holding is not None
    assert finding.holding.values == {"n": 1}
    assert [one.said for one in finding.trail] == [Said.HELD, Said.HELD]


def test_a_certificate_that_was_found_waits_for_nobody_who_is_late() -> None:
    """The second source holds it; the first one, asked before, may say what it likes."""
    slow, second = Scripted({"a": Held({"n": 1})}, slow={"a": 0.9}), Scripted({"a": Held({"n": 2})})
    began = time.monotonic()

    (finding,) = find([question("a", [slow, second])], within=1.2)

    assert time.monotonic() - began < 0.85
    assert finding.holding is not None
    assert finding.holding.values == {"n": 2}


def test_who_has_no_other_source_holds_up_nobody_and_has_all_the_time() -> None:
    """A slow answer from the only source comes, and the others have long gone on meanwhile."""
    only, best = Scripted({"a": Held({})}, slow={"a": 0.6}), Scripted()
    second = Scripted({"b": Held({})}, slow={"b": 0.3})
    alone = Search(
        "a", (source("only", Tier.PROVINCIAL, only),), Inquiry({"subject.id": "a"}), asker("a")
    )

    single, moving = find([alone, question("b", [best, second])], within=0.9)

    assert [attempt.said for attempt in single.trail] == [Said.HELD]
    assert [attempt.said for attempt in moving.trail] == [Said.NOT_HELD, Said.HELD]
    assert single.trail[0].took_ms > 590
    assert moving.trail[1].took_ms < 550


def test_an_answer_that_comes_too_late_for_one_query_is_heard_and_not_delivered() -> None:
    """The query ends in time; the source's answer counts for what is known of the source."""
    observatory = Observatory()

    async def late() -> Search:
        async with Lines(observatory, RULES) as lines:
            slow = Scripted({"a": Held({})}, slow={"a": 0.1})
            (finding,) = await routing(lines).find([question("a", [slow])], 0.02)
            await asyncio.sleep(0.12)
            return finding

    finding = asyncio.run(late())

    assert finding.holding is None
    assert finding.trail[0].reason == ("s0/s0/x: no answer within 0.0 s; give the query more time")
    assert observatory.seen("s0").said == {Said.HELD: 1}


def test_two_queries_share_a_question_in_flight_and_each_has_its_finding() -> None:
    """The second query's attempt says so, and the source was asked once."""
    best = Scripted({"a": Held({"n": 1})}, slow={"a": 0.02})

    async def both() -> list[list[Search]]:
        async with Lines(Observatory(), RULES) as lines:
            router = routing(lines)
            return await asyncio.gather(
                *(router.find([question("a", [best])], 1.0) for _ in range(2))
            )

    (first,), (second,) = asyncio.run(both())

    assert best.asked == [["a"]]
    assert first.holding is not None
    assert second.holding is not None
    assert first.holding.values == second.holding.values
    assert [one.trail[0].coalesced for one in (first, second)] == [False, True]


def test_a_hub_that_stops_leaves_no_query_waiting() -> None:
    """What is cut off is silence, told as such."""

    async def stopped() -> list[Search]:
        async with Lines(Observatory(), RULES) as lines:
            asking = asyncio.create_task(
                routing(lines).find([question("a", [Scripted(slow={"a": 60})])], 30.0)
            )
            await asyncio.sleep(0.01)
        return await asking

    (finding,) = asyncio.run(stopped())

    assert finding.trail[0].said is Said.TIMED_OUT
    assert finding.trail[0].reason == "s0/s0/x: cut off, as the hub is stopping; ask again"


def test_a_hub_that_stops_asks_nobody_any_more() -> None:
    """Who is cut off goes on to the next source, which is not asked: its attempt says the same."""
    hanging, below = Scripted(slow={"a": 60}), Scripted({"a": Held({})}, slow={"a": 0.05})

    async def stopped() -> list[Search]:
        async with Lines(Observatory(), RULES) as lines:
            asking = asyncio.create_task(routing(lines).find([question("a", [hanging, below])], 30))
            await asyncio.sleep(0.01)
        return await asking

    (finding,) = asyncio.run(stopped())

    assert below.asked == []
    assert [one.said for one in finding.trail] == [Said.TIMED_OUT, Said.TIMED_OUT]
    assert finding.trail[1].reason == "s1/s1/x: cut off, as the hub is stopping; ask again"


def test_asking_again_makes_sense_when_the_last_silent_source_rests_no_more() -> None:
    """The longest rest counts; what must be mended first has no time at all."""
    resting, refused = Scripted({"a": Resting("rests", 4.0)}), Scripted({"a": Refused("403")})

    (later,) = find([question("a", [resting, Scripted({"a": Unreachable("down")})])])
    (never,) = find([question("a", [refused])])

    assert later.retry_after == 4.0
    assert [attempt.said for attempt in later.trail] == [Said.RESTING, Said.UNREACHABLE]
    assert never.retry_after is None


def test_beside_a_probe_asking_again_makes_sense_shortly_and_not_at_once() -> None:
    """A rest that is over has no seconds left; whoever asks at once meets the same probe."""
    (finding,) = find([question("a", [Scripted({"a": Resting("on trial", 0.0)})])])

    assert finding.retry_after == 1.0


def test_an_empty_route_finds_nothing_and_asks_nobody() -> None:
    """A question without a route ends at once."""
    (finding,) = find([question("a", [])])

    assert (finding.holding, finding.trail) == (None, ())


def test_the_observatory_remembers_state_and_latency() -> None:
    """After a batch the source is answering or failing, with its latency and what it said."""
    observatory = Observatory()
    good, bad = Scripted({"a": Held({})}), Scripted({"a": Unreachable("down")})
    assert observatory.seen("s0").state is SourceState.UNKNOWN

    asyncio.run(found([question("a", [bad, good])], observatory=observatory))

    assert observatory.seen("s0").state is SourceState.FAILING
    assert observatory.seen("s1").state is SourceState.ANSWERING
    assert observatory.seen("s1").said == {Said.HELD: 1}
    assert observatory.seen("s1").p50_ms is not None


def test_a_source_at_rest_is_passed_at_once() -> None:
    """Nobody waits for a source that is not asked; the next one answers."""
    down, second = Scripted({"a": Unreachable("down")}), Scripted({"a": Held({"n": 2})})
    rules = LineRules(breaker=BreakerRules(failures=1), retries=RetryRules(share=0.0))

    async def twice() -> list[Search]:
        async with Lines(Observatory(), rules) as lines:
            router = routing(lines)
            await router.find([question("a", [down])], 1.0)
            return await router.find([question("a", [down, second])], 1.0)

    (finding,) = asyncio.run(twice())

    assert [one.said for one in finding.trail] == [Said.RESTING, Said.HELD]
    assert down.asked == [["a"]]
