"""What is traced: an operation, its waves, their calls, each in its place."""

import asyncio
from copy import copy
from dataclasses import replace

import pytest

from connectors.contract import Answer, ConnectorError, Held, NotHeld, TimedOut, Unreachable
from hub.evidence import Tier
from hub.routing.route import Source
from hub.trail.records import RecordsUnavailable
from hub.trail.writer import Trail
from tests.routing.scripted import Scripted, source
from tests.tracing.ground import (
    CALLER,
    PARENT,
    TRACE,
    Remembered,
    grounded,
    question,
    settled,
)
from tests.trail.sample import ScriptedStore, a_batch_of

HELD = Held({"n": 1})


def best(connector: Scripted) -> Source:
    return source("province", Tier.PROVINCIAL, connector)


def second(connector: Scripted) -> Source:
    return source("city", Tier.MUNICIPAL, connector)


async def test_a_lookup_that_falls_through_two_tiers_is_one_tree() -> None:
    """The operation, a wave for each tier, and the call of each wave with what was said."""
    route = best(Scripted()), second(Scripted({"a": HELD}))
    async with grounded() as ground:
        await ground.ask(question("a", *route))
        await settled()
        spans = ground.spans()

    operation = spans.the("query")
    assert spans.tree(operation) == {
        "query": [{"certhub.wave": ["province"]}, {"certhub.wave": ["city"]}]
    }
    assert {one.trace for one in spans.seen} == {operation.trace}
    assert (operation.kind, operation.parent, operation.failed) == ("SERVER", "", False)
    assert operation.facts == {"graphql.operation.type": "query"}
    assert [one.facts for one in spans.of("certhub.wave")] == [
        {"certhub.sources": 1, "certhub.questions": 1}
    ] * 2
    assert [(one.kind, one.facts) for one in spans.of("certhub.call")] == [
        ("CLIENT", called("province", "province/x", 1, not_held=1)),
        ("CLIENT", called("city", "city/x", 1, held=1)),
    ]
    assert not any(one.links or one.failed for one in spans.seen)


def called(platform: str, interface: str, questions: int, **said: int) -> dict[str, object]:
    """What the span of a call tells."""
    return {
        "certhub.platform": platform,
        "certhub.interface": interface,
        "certhub.questions": questions,
        **{f"certhub.said.{word}": number for word, number in said.items()},
    }


async def test_a_batch_is_one_call() -> None:
    """Of five questions to a source the span tells how many said what, and that not all answered."""
    platform = Scripted({"a": HELD, "b": HELD, "c": Unreachable("x"), "d": TimedOut("x")})
    async with grounded() as ground:
        await ground.ask(*(question(name, best(platform)) for name in "abcde"))
        await settled()
        call = ground.spans().the("certhub.call")

    assert call.facts == called(
        "province", "province/x", 5, held=2, unreachable=1, timed_out=1, not_held=1
    )
    assert call.failed
    assert call.texts == ("",)


async def test_a_caller_may_be_traced_already() -> None:
    """`traceparent` makes the operation part of the caller's trace; no other header does anything."""
    async with grounded() as ground:
        headers = {"traceparent": CALLER, "tracestate": "x=secret", "baggage": "who=secret"}
        await ground.ask(question("a", best(Scripted())), headers=headers)
        await settled()
        spans = ground.spans()

    assert (spans.the("query").trace, spans.the("query").parent) == (TRACE, PARENT)
    assert {one.trace for one in spans.seen} == {TRACE}
    assert "secret" not in str(spans)


@pytest.mark.parametrize("given", ["", "x", CALLER[:-1], f"00-{'0' * 32}-{PARENT}-01", "00-" * 9])
async def test_what_is_no_traceparent_begins_a_trace(given: str) -> None:
    """A header that can't be read is as none."""
    async with grounded() as ground:
        with ground.tracing.operation("mutation", {"traceparent": given}):
            pass
        span = ground.spans().the("mutation")

    assert span.parent == ""
    assert span.trace != TRACE


async def test_a_caller_that_samples_nothing_is_not_traced() -> None:
    """Where its trace is not sampled there is no span, shared or outlived calls included."""
    platform = Scripted(slow={"a": 0.05})
    unsampled = {"traceparent": CALLER[:-1] + "0"}
    async with grounded() as ground:
        asked = question("a", best(platform))
        await asyncio.gather(*(ground.ask(asked, within=0.02, headers=unsampled) for _ in "ab"))
        await asyncio.sleep(0.05)
        await settled()

        assert ground.spans().seen == []
    assert platform.asked == [["a"]]


async def test_a_shared_question_goes_on_in_a_trace_of_its_own() -> None:
    """Linked to its first asker's, and the wave of who joined is linked to it; one call was made."""
    platform = Scripted({"a": HELD}, slow={"a": 0.03})
    asked = question("a", best(platform))
    async with grounded() as ground:
        first = asyncio.create_task(ground.ask(asked, headers={"traceparent": CALLER}))
        await asyncio.sleep(0.01)
        await asyncio.gather(first, ground.ask(asked), ground.ask(asked))
        await settled()
        spans = ground.spans()

    begun, shared = spans.of("certhub.call")
    first_wave, *joined_waves = spans.of("certhub.wave")
    assert platform.asked == [["a"]]
    assert (begun.trace, begun.parent) == (TRACE, first_wave.id)
    assert begun.told("parted") is True
    assert begun.told("said.held") is None
    assert (shared.parent, shared.links) == ("", (begun.id,))
    assert shared.told("said.held") == 1
    assert [one.links for one in joined_waves] == [(shared.id,), (shared.id,)]
    assert len({one.trace for one in spans.seen}) == 4


async def test_what_an_operation_shares_with_itself_stays_in_its_trace() -> None:
    """An operation that asks the same thing twice is one asker."""
    platform = Scripted({"a": HELD}, slow={"a": 0.02})
    asked = question("a", best(platform))
    async with grounded() as ground:
        with ground.tracing.operation("query", None):
            await asyncio.gather(*(ground.router().find([copy(asked)], 5.0) for _ in "ab"))
        await settled()
        spans = ground.spans()

    assert platform.asked == [["a"]]
    assert {one.trace for one in spans.seen} == {spans.the("query").trace}
    assert not any(one.links for one in spans.seen)
    assert spans.the("certhub.call").told("said.held") == 1


async def test_who_asks_in_the_same_tick_has_a_call_of_its_own() -> None:
    """Also of a source that takes many questions in one call: each is part of its asker's trace."""
    platform = Scripted({"a": HELD, "b": HELD})
    where = best(platform)
    where = replace(where, interface=replace(where.interface, style="batch"))
    async with grounded() as ground:
        await asyncio.gather(*(ground.ask(question(one, where)) for one in "ab"))
        await settled()
        spans = ground.spans()

    assert platform.asked == [["a"], ["b"]]
    assert [spans.tree(one) for one in spans.of("query")] == [
        {"query": [{"certhub.wave": ["province"]}]}
    ] * 2


async def test_what_outlives_its_asker_goes_on_in_a_trace_of_its_own() -> None:
    """The budget ends, the operation ends, and the call is heard to its end beside it."""
    platform = Scripted({"a": HELD}, slow={"a": 0.06})
    async with grounded() as ground:
        await ground.ask(question("a", best(platform)), within=0.02)
        before = ground.spans()
        await asyncio.sleep(0.06)
        await settled()
        after = ground.spans()

    begun = before.the("certhub.call")
    assert before.below(before.the("certhub.wave")) == [begun]
    assert begun.told("parted") is True
    own = after.of("certhub.call")[1]
    assert (own.parent, own.links) == ("", (begun.id,))
    assert own.told("said.held") == 1


async def test_a_call_that_a_wave_leaves_behind_stays_in_the_trace() -> None:
    """The next tier is asked meanwhile; while the operation runs it is its asker."""
    slow = Scripted({"a": HELD}, slow={"a": 0.25})
    late = Scripted({"a": HELD}, slow={"a": 0.1})
    async with grounded() as ground:
        await ground.ask(question("a", best(slow), second(late)), within=0.4)
        await settled()
        spans = ground.spans()

    assert spans.tree(spans.the("query")) == {
        "query": [{"certhub.wave": ["province"]}, {"certhub.wave": ["city"]}]
    }
    assert [one.told("said.held") for one in spans.of("certhub.call")] == [1, 1]
    assert not any(one.told("parted") for one in spans.seen)


async def test_who_is_cut_off_leaves_whole_spans() -> None:
    """An asker that is cancelled and a hub that stops end their spans, and say so."""
    platform = Scripted({"a": HELD}, slow={"a": 0.9})
    async with grounded() as ground:
        asking = asyncio.create_task(ground.ask(question("a", best(platform))))
        await asyncio.sleep(0.01)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        left = ground.spans()
        await ground.lines.__aexit__(None, None, None)
        await settled()
        spans = ground.spans()

    assert left.the("query").failed
    assert left.the("certhub.wave").failed
    assert [one.told("parted") for one in left.of("certhub.call")] == [True]
    assert spans.of("certhub.call")[1].told("said.cut_off") == 1


async def test_a_bug_ends_its_call_and_says_nothing() -> None:
    """The call has failed, the bug flies to who asked, and its text is nowhere."""

    class Broken(Scripted):
        async def _reply(self, subject: str, seconds: float) -> Answer | ConnectorError:
            raise ValueError(f"about {subject}")

    async with grounded() as ground:
        with pytest.raises(ValueError, match="somebody"):
            await ground.ask(question("somebody", best(Broken())))
        await settled()
        spans = ground.spans()

    assert [(one.name, one.failed) for one in spans.seen] == [
        ("query", True),
        ("certhub.wave", True),
        ("certhub.call", True),
    ]
    assert "somebody" not in str(spans)


async def test_who_is_not_asked_is_not_called() -> None:
    """A source that rests has a wave and no call."""
    platform = Scripted({"a": TimedOut("x"), "b": TimedOut("x")})
    async with grounded() as ground:
        for _ in range(12):
            (found,) = await ground.ask(question("a", best(platform)))
        await settled()
        spans = ground.spans()

    assert found.silent == ("province",)
    assert len(spans.of("certhub.wave")) == 12
    assert len(spans.of("certhub.call")) == len(platform.asked) < 12


async def test_each_wait_for_a_commit_is_part_of_its_operation() -> None:
    """Two operations whose records share a commit have a span each; a failed one says that it is."""
    remembered = Remembered()
    store = ScriptedStore()

    async def put(trail: Trail, name: str, count: int) -> None:
        with remembered.tracing.operation("query", None):
            await trail.record(a_batch_of(count, name))

    try:
        async with Trail(store, tracing=remembered.tracing) as trail:
            await asyncio.gather(put(trail, "a", 2), put(trail, "c", 1))
        with pytest.raises(RecordsUnavailable):
            await put(trail, "d", 1)
        spans = remembered.spans()
    finally:
        remembered.close()

    assert store.commits == [["a", "c"]]
    operations, commits = spans.of("query"), spans.of("certhub.commit")
    assert [one.parent for one in commits] == [one.id for one in operations[:2]]
    assert [one.facts for one in commits] == [{"certhub.records": 2}, {"certhub.records": 1}]
    assert [one.failed for one in operations] == [False, False, True]


async def test_calls_that_nobody_traced_are_traced_by_themselves() -> None:
    """Work outside of any operation begins a trace and has nobody to outlive."""
    platform = Scripted({"a": HELD}, slow={"a": 0.02})
    async with grounded() as ground:
        for _ in "ab":
            ground.lines.send(best(platform), [question("a").inquiry], 5)
        await asyncio.sleep(0.03)
        await settled()
        call = ground.spans().the("certhub.call")

    assert (call.parent, call.told("said.held"), call.told("parted")) == ("", 1, None)


async def test_nothing_is_kept_of_what_has_ended() -> None:
    """After many calls, shared and outlived ones among them, tracing remembers none."""
    platform = Scripted({"a": HELD, "b": NotHeld()}, slow={"a": 0.02})
    async with grounded() as ground:
        await asyncio.gather(*(ground.ask(question(n, best(platform))) for n in "aabb"))
        await ground.ask(question("a", best(platform)), within=0.01)
        await asyncio.sleep(0.03)
        await settled()

        assert ground.tracing.awaited == 0
    assert len(platform.asked) == 3
