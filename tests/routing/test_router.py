"""The router keeps the three laws: silence is not absence, a better source wins, none is raced."""

import asyncio

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
from hub.evidence import Said, Tier
from hub.routing.line import LineRules
from hub.routing.lines import Lines
from hub.routing.observation import Observatory, SourceState
from hub.routing.retries import RetryRules
from hub.routing.router import Router
from hub.routing.search import Finding, Question
from tests.routing.scripted import Scripted, source

RULES = LineRules(retries=RetryRules(share=0.0))
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


def question(subject: str, connectors: list[Scripted], key: object = None) -> Question:
    route = tuple(
        source(f"s{number}", tier, connector)
        for number, (tier, connector) in enumerate(zip(TIERS, connectors, strict=False))
    )
    return Question(key or subject, route, Inquiry({"subject.id": subject}))


def find(questions: list[Question], within: float = 5.0) -> list[Finding]:
    return asyncio.run(found(questions, within))


async def found(
    questions: list[Question], within: float = 5.0, observatory: Observatory | None = None
) -> list[Finding]:
    async with Lines(observatory or Observatory(), RULES) as lines:
        return await Router(lines).find(questions, within)


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


def test_an_empty_route_finds_nothing_and_asks_nobody() -> None:
    """A question without a route ends at once."""
    (finding,) = find([question("a", [])])

    assert finding == Finding(None, ())


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
