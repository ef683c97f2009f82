"""What may be used again: fresh enough, of the same unit, never a failure, within so many bytes."""

import asyncio
import tracemalloc
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from connectors.contract import (
    Answer,
    ConnectorError,
    Held,
    Inquiry,
    NotHeld,
    Unreachable,
    Value,
)
from hub.declarations.words import Freshness
from hub.evidence import HolderKind, Said, Subject, Tier
from hub.routing.kept import Asker, Kept
from hub.routing.lines import Lines
from hub.routing.observation import Observatory
from hub.routing.retries import RetryRules
from hub.routing.router import Router
from hub.routing.rules import LineRules
from hub.routing.search import Search
from tests.routing.scripted import Scripted, source

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TEN = Freshness(held=10.0, not_held=3.0)
HELD = Held({"name": "示例企业"})


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def asker(
    unit: str = "U1", subject: str = "a", freshness: Freshness = TEN, max_age: float | None = None
) -> Asker:
    return Asker(unit, Subject(HolderKind.ORGANISATION, subject), freshness, max_age)


PLACE = source("province", Tier.PROVINCIAL, Scripted())


def test_an_answer_is_there_until_it_is_no_longer_fresh() -> None:
    """What is held for ten seconds, that nothing is for three."""
    clock = Clock()
    kept = Kept(10_000, clock)
    kept.keep(asker(subject="a"), PLACE, HELD, NOW)
    kept.keep(asker(subject="b"), PLACE, NotHeld(), NOW)

    clock.now += 2.9
    early = [kept.find(asker(subject=one), PLACE) for one in "ab"]
    clock.now += 0.2
    later = [kept.find(asker(subject=one), PLACE) for one in "ab"]
    clock.now += 7.0

    assert [one and one.answer for one in early] == [HELD, NotHeld()]
    assert [one and one.answer for one in later] == [HELD, None]
    assert later[0] is not None
    assert later[0].at == NOW
    assert kept.find(asker(), PLACE) is None


def test_where_the_source_is_told_who_applies_an_answer_is_for_that_one() -> None:
    """Another applicant's is another answer there; elsewhere it is the same."""
    told = replace(PLACE, interface=replace(PLACE.interface, parameters={"who": "{applicant.id}"}))
    kept = Kept(10_000, Clock())
    mei, lan = (
        structs.replace(asker(), applicant=Subject(HolderKind.PERSON, one)) for one in ("m", "l")
    )
    for place in (told, PLACE):
        kept.keep(mei, place, HELD, NOW)

    assert [kept.find(one, told) is not None for one in (mei, lan, asker())] == [True, False, False]
    assert all(kept.find(one, PLACE) for one in (mei, lan, asker()))


def test_an_answer_is_as_old_as_it_is_and_not_as_when_it_was_kept() -> None:
    """One that came two seconds before its wave ended is fresh for eight more of ten."""
    clock = Clock()
    kept = Kept(10_000, clock)
    kept.keep(asker(), PLACE, HELD, NOW, age=2.0)

    clock.now += 7.9
    found = [kept.find(asker(max_age=age), PLACE) for age in (9.8, 10.0)]
    clock.now += 0.2

    assert [one is not None for one in found] == [False, True]
    assert kept.find(asker(), PLACE) is None


def test_a_unit_never_meets_what_another_asked() -> None:
    """The same question of another unit finds nothing."""
    kept = Kept(10_000, Clock())
    kept.keep(asker("U1"), PLACE, HELD, NOW)

    assert kept.find(asker("U2"), PLACE) is None
    assert kept.find(asker("U1"), PLACE) is not None


def test_a_caller_may_ask_for_what_is_younger_or_new() -> None:
    """An answer of four seconds is too old for three, right for four, and never right for none."""
    clock = Clock()
    kept = Kept(10_000, clock)
    kept.keep(asker(), PLACE, HELD, NOW)
    clock.now += 4.0

    found = [kept.find(asker(max_age=age), PLACE) for age in (0, 3.0, 4.0, None)]

    assert [one is not None for one in found] == [False, False, True, True]


@pytest.mark.parametrize(
    ("reply", "freshness", "tier"),
    [
        (Unreachable("down"), TEN, Tier.PROVINCIAL),
        (HELD, Freshness(), Tier.PROVINCIAL),
        (NotHeld(), Freshness(held=10.0), Tier.PROVINCIAL),
        (HELD, TEN, Tier.SUPPLEMENTARY),
    ],
)
def test_what_is_not_kept(reply: Answer | ConnectorError, freshness: Freshness, tier: Tier) -> None:
    """No failure, no type that isn't declared so, no absence without a time, no proof."""
    kept, where = Kept(10_000, Clock()), source("s", tier, Scripted())

    kept.keep(asker(freshness=freshness), where, reply, NOW)

    assert kept.bytes == 0
    assert kept.find(asker(freshness=freshness), where) is None


def test_an_interface_that_changed_is_asked_anew() -> None:
    """After a reload with another timeout, path or shape nothing of before is used."""
    kept = Kept(10_000, Clock())
    kept.keep(asker(), PLACE, HELD, NOW)
    changed = replace(PLACE, interface=replace(PLACE.interface, target="/y"))

    assert kept.find(asker(), changed) is None


@pytest.mark.parametrize(
    ("freshness", "newer"),
    [(Freshness(held=10.0), NotHeld()), (TEN, Held({"name": "长" * 10_000}))],
)
def test_a_newer_answer_takes_the_place_of_an_older_one(
    freshness: Freshness, newer: Answer
) -> None:
    """Also where it is not kept itself: what the source said before is not used again."""
    kept = Kept(10_000, Clock())
    kept.keep(asker(freshness=freshness), PLACE, HELD, NOW)

    kept.keep(asker(freshness=freshness, max_age=0), PLACE, newer, NOW)

    assert kept.find(asker(freshness=freshness), PLACE) is None
    assert kept.bytes == 0


MANY = tuple(f"证{number}" for number in range(50))


@pytest.mark.parametrize(
    "values", [None, {}, {f"f{n}": f"浙江省宁波市{n}" for n in range(12)}, {"numbers": MANY}]
)
def test_no_more_memory_is_taken_than_is_said(values: dict[str, Value] | None) -> None:
    """Of two thousand answers with keys of their own, whatever they hold."""
    kept, names = Kept(100_000_000, Clock()), [f"91330200MA2{n:07d}" for n in range(2000)]
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()

    for name in names:
        answer = NotHeld() if values is None else Held({k: _copied(v) for k, v in values.items()})
        one = Subject(HolderKind.ORGANISATION, "".join(name), f"示例企业{name}")
        kept.keep(Asker("U1", one, TEN), PLACE, answer, datetime.now(UTC))

    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before <= kept.bytes


def _copied(value: Value) -> Value:
    """An equal value in memory of its own."""
    match value:
        case str():
            return value[:1] + value[1:]
        case tuple():
            return tuple(one[:1] + one[1:] for one in value)
        case _:
            return value


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3000)), max_size=80))
def test_the_bytes_are_bounded_whatever_is_kept(entries: list[tuple[int, int]]) -> None:
    """Never more than may be taken, and one answer that is larger than all leaves the rest."""
    kept = Kept(5_000, Clock())

    for number, length in entries:
        kept.keep(asker(subject=str(number)), PLACE, Held({"x": "长" * length}), NOW)

        assert kept.bytes <= 5_000


@pytest.mark.parametrize("wrong", [(1.0, 2.0), (1.0, -1.0)])
def test_an_absence_is_fresh_no_longer_than_what_is_held(wrong: tuple[float, float]) -> None:
    """A freshness that says otherwise is refused."""
    with pytest.raises(ValueError, match="not_held"):
        Freshness(*wrong)


def questions(
    scripts: list[Scripted], subjects: str, freshness: Freshness = TEN, max_age: float | None = None
) -> list[Search]:
    tiers = (Tier.PROVINCIAL, Tier.MUNICIPAL)
    route = tuple(
        source(f"s{number}", tier, one)
        for number, (tier, one) in enumerate(zip(tiers, scripts, strict=True))
    )
    return [
        Search(one, route, Inquiry({"subject.id": one}), asker("U1", one, freshness, max_age))
        for one in subjects
    ]


def twice(first: list[Search], second: list[Search]) -> tuple[list[Search], list[Search]]:
    async def both() -> tuple[list[Search], list[Search]]:
        rules = LineRules(retries=RetryRules(share=0.0))
        async with Lines(Observatory(), rules) as lines:
            router = Router(lines, Kept(100_000, Clock()), lambda: NOW)
            return await router.find(first, 5), await router.find(second, 5)

    return asyncio.run(both())


def test_a_second_query_uses_what_the_first_one_learned_of_every_source() -> None:
    """The absence at the first and the holding at the second source are both used again."""
    scripts = [Scripted(), Scripted({"a": HELD})]

    (asked,), (again,) = twice(questions(scripts, "a"), questions(scripts, "a"))

    assert [one.asked for one in scripts] == [[["a"]], [["a"]]]
    assert again.holding is not None
    assert asked.holding is not None
    assert again.holding.values == asked.holding.values
    assert asked.holding.as_of is not None
    assert NOW - timedelta(seconds=1) < asked.holding.as_of <= NOW
    assert again.holding.as_of == asked.holding.as_of
    assert [(one.said, one.reused) for one in again.trail] == [
        (one.said, True) for one in asked.trail
    ]
    assert [one.took_ms for one in again.trail] == [0.0, 0.0]


def test_a_silent_source_is_asked_again_though_the_next_one_is_known() -> None:
    """Failures are never kept: the better source gets its chance each time."""
    scripts = [Scripted({"a": [Unreachable("down"), HELD]}), Scripted({"a": Held({"n": 2})})]

    (asked,), (again,) = twice(questions(scripts, "a"), questions(scripts, "a"))

    assert asked.holding is not None
    assert again.holding is not None
    assert (asked.holding.source, again.holding.source) == ("s1", "s0")
    assert [one.reused for one in again.trail] == [False]


answers = st.sampled_from([HELD, NotHeld(), Held({"n": 2})])


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.tuples(answers, answers), min_size=1),
    st.data(),
)
def test_for_unchanged_data_used_again_equals_asked_again(
    scripts: dict[str, tuple[Answer, Answer]], data: st.DataObject
) -> None:
    """Whatever was asked before: holding, sources and what they said are the same as fresh."""
    before = data.draw(st.sets(st.sampled_from(sorted(scripts))))
    told = [Scripted({name: said[n] for name, said in scripts.items()}) for n in range(2)]
    subjects = "".join(scripts)

    _, used = twice(questions(told, "".join(sorted(before))), questions(told, subjects))
    _, fresh = twice([], questions(told, subjects, max_age=0))

    for one, other in zip(used, fresh, strict=True):
        assert [(a.source, a.said) for a in one.trail] == [(a.source, a.said) for a in other.trail]
        assert (one.holding and one.holding.values) == (other.holding and other.holding.values)


def test_what_a_source_said_late_is_used_again() -> None:
    """The first one outlasts its share and is heard after all: the next query asks neither."""
    scripts = [Scripted({"a": HELD}, slow={"a": 0.2}), Scripted()]

    async def both() -> tuple[list[Search], list[Search]]:
        async with Lines(Observatory(), LineRules(retries=RetryRules(share=0.0))) as lines:
            router = Router(lines, Kept(100_000, Clock()), lambda: NOW)
            late = await router.find(questions(scripts, "a"), 0.35)
            return late, await router.find(questions(scripts, "a"), 0.35)

    (late,), (again,) = asyncio.run(both())

    assert [one.asked for one in scripts] == [[["a"]], [["a"]]]
    assert [one.said for one in late.trail] == [Said.HELD, Said.NOT_HELD]
    assert again.holding == late.holding
    assert [(one.said, one.reused) for one in again.trail] == [(Said.HELD, True)]
