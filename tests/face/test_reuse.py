"""Answers used again and budgets, as a caller sees them."""

from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

import pytest
import pytest_asyncio

from hub.sandbox.dials import Dials, Latency
from hub.storage.engine import open_engine
from hub.storage.record_store import SqlRecords
from tests.face.asking import given_person
from tests.stack import PURPOSE, Stack, open_stack

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUERY = """
query ($type: ID!, $subject: SubjectInput!, $purpose: PurposeInput!, $within: Milliseconds,
       $maxAge: Int) {
  certificate(type: $type, subject: $subject, purpose: $purpose, within: $within, maxAge: $maxAge) {
    __typename
    record
    trail { source { name } said reused took }
    ... on Found { asOf certificate { number } }
    ... on Unavailable { retryAfter silent { name } }
  }
}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with open_stack(tmp_path_factory.mktemp("stack")) as up:
        yield up


def licensed(stack: Stack, skip: int = 0) -> dict[str, Any]:
    found = stack.sandbox.examples.person_with("business_licence", {"province": True}, skip=skip)
    return {"organisation": {"creditCode": found.identifier, "name": found.name}}


async def ask(stack: Stack, subject: object, type: str, **more: object) -> Any:
    asked = {"type": type, "subject": subject, "purpose": PURPOSE, **more}
    return (await stack.ask(QUERY, **asked))["certificate"]


async def test_a_licence_asked_again_is_used_again_and_says_so(stack: Stack) -> None:
    """The second lookup asks nobody, has the moment of the first, and a record of its own."""
    subject = licensed(stack)
    first = await ask(stack, subject, "business_licence")
    stack.reset_counts()

    again = await ask(stack, subject, "business_licence")

    assert stack.upstream_calls() == {}
    assert [one["reused"] for one in first["trail"]] == [False]
    assert [one["reused"] for one in again["trail"]] == [True]
    assert (again["asOf"], again["certificate"]) == (first["asOf"], first["certificate"])
    assert again["record"] != first["record"]
    engine = open_engine(stack.settings.database, make=False)
    recorded = await SqlRecords(engine).get(again["record"])
    await engine.dispose()
    assert recorded is not None
    assert recorded.outcome == "found"


async def test_a_caller_can_demand_a_fresh_answer(stack: Stack) -> None:
    """With maxAge 0 the source is asked again."""
    subject = licensed(stack, skip=1)
    first = await ask(stack, subject, "business_licence")
    stack.reset_counts()

    fresh = await ask(stack, subject, "business_licence", maxAge=0)

    assert stack.upstream_calls() == {"province": 1}
    assert fresh["asOf"] > first["asOf"]
    assert [one["reused"] for one in fresh["trail"]] == [False]


async def test_what_is_sensitive_is_never_used_again(stack: Stack) -> None:
    """An id card is asked for each time."""
    someone = stack.sandbox.examples.person_with("resident_id_card", {"province": True})
    await ask(stack, given_person(someone), "resident_id_card")
    stack.reset_counts()

    await ask(stack, given_person(someone), "resident_id_card")

    assert stack.upstream_calls() == {"province": 1}


async def test_a_query_ends_in_its_time_and_reaches_the_source_below(stack: Stack) -> None:
    """The province takes two seconds; within 600 ms the municipality is reached and answers."""
    someone = stack.sandbox.examples.person_with(
        "resident_id_card", {"province": True, "municipality": True}, skip=3
    )
    province = stack.sandbox.platform("province")
    province.turn(Dials(latency=Latency(ms=1900)))
    began = monotonic()
    try:
        outcome = await ask(stack, given_person(someone), "resident_id_card", within=600)
    finally:
        province.turn(Dials())

    assert monotonic() - began < 1.5
    assert outcome["__typename"] == "Found"
    assert [(one["source"]["name"], one["said"]) for one in outcome["trail"]] == [
        ("province", "TIMED_OUT"),
        ("municipality", "HELD"),
    ]


async def test_who_has_no_time_left_hears_when_to_ask_again(stack: Stack) -> None:
    """Nobody else holds it: unavailable, which source was silent, and after how many seconds."""
    someone = stack.sandbox.examples.held_only_at("resident_id_card", "province")
    province = stack.sandbox.platform("province")
    province.turn(Dials(latency=Latency(ms=1900)))
    try:
        outcome = await ask(stack, given_person(someone), "resident_id_card", within=300)
    finally:
        province.turn(Dials())

    assert outcome["__typename"] == "Unavailable"
    assert [one["name"] for one in outcome["silent"]] == ["province"]
    assert outcome["retryAfter"] == 1.0


@pytest.mark.parametrize(
    ("terms", "message", "hint"),
    [
        ({"within": 0}, "`within` is out of bounds.", "from 1 on, at most 10000"),
        ({"within": 1e-9}, "`within` is out of bounds.", "from 1 on, at most 10000"),
        ({"within": 10_001}, "`within` is out of bounds.", "at most 10000"),
        ({"maxAge": -1}, "`maxAge` is below 0.", "0 for none"),
    ],
)
async def test_terms_out_of_bounds_are_told(
    stack: Stack, terms: dict[str, int], message: str, hint: str
) -> None:
    """BAD_INPUT, with what may be given."""
    variables = {"type": "business_licence", "subject": licensed(stack), "purpose": PURPOSE}
    _, answer = await stack.post({"query": QUERY, "variables": variables | terms})

    (error,) = answer["errors"]
    assert (error["message"], error["extensions"]["code"]) == (message, "BAD_INPUT")
    assert hint in error["extensions"]["hint"]


@pytest.mark.parametrize("within", ["500", "nan", True, 10**20, [500], {"ms": 500}])
async def test_a_length_of_time_is_a_number(stack: Stack, within: object) -> None:
    """Anything else is refused before a lookup is made, without an echo."""
    variables = {"type": "business_licence", "subject": licensed(stack), "purpose": PURPOSE}
    _, answer = await stack.post({"query": QUERY, "variables": variables | {"within": within}})

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_INVALID"
    assert "Milliseconds" in error["message"]
    assert "500" not in error["message"].replace("1500", "")
