"""A plan answers as graphql-core does: over generated documents, with whatever goes wrong in them.

`PLAN_EXAMPLES` sets how many documents are drawn; of the hub's own schema, where every one asks
platforms, it is a quarter.
"""

import asyncio
import gc
import os
import warnings
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLSchema, execute, parse, validate
from hypothesis import HealthCheck, assume, event, given, settings

from resolvers.plan.plan import planned
from tests.plan.documents import Drawn, Facts, documents
from tests.plan.ground import Ground, open_ground
from tests.plan.sameness import TOLD_ANEW, difference
from tests.plan.trouble import Explorer, trouble_schema
from tests.stack import DOSSIER_ITEM, EXCLUDED_ITEM, FOREIGN_ITEM, ITEM, OPERATOR, UNIT

EXAMPLES = int(os.environ.get("PLAN_EXAMPLES", "300"))
TROUBLE = trouble_schema()
TROUBLE_FACTS = Facts(
    named={
        "count": (0, 1, 3, "x"),
        "first": (1, 2, -1, 101),
        "after": ("", "YXJyYXljb25uZWN0aW9uOjE="),
    },
    typed={"Date": ("2026-03-09",)},
)


async def both(
    schema: GraphQLSchema, drawn: Drawn, contexts: tuple[object, object]
) -> tuple[ExecutionResult | None, ExecutionResult]:
    """The plan's answer, or none where it leaves the request to graphql-core; and graphql-core's."""
    document = parse(drawn.text)
    plan = planned(schema, document, None)
    assert plan is not None, drawn.text
    bound = plan.bound(drawn.variables)
    ours = None if bound is None else await bound.answer(contexts[0])
    result: Any = execute(
        schema, document, context_value=contexts[1], variable_values=drawn.variables
    )
    core = result if isinstance(result, ExecutionResult) else await result
    for _ in range(8):  # what graphql-core settles in the background
        await asyncio.sleep(0)
    return ours, core


def check(
    drawn: Drawn, ours: ExecutionResult | None, core: ExecutionResult, in_order: bool
) -> None:
    """Fail where the two differ; a request that is not planned must be one that is refused.

    But for a null where a value may only be left out: graphql-core refuses it where it is read, which
    may be nowhere, and the plan leaves it to graphql-core beforehand.
    """
    event("errors" if core.errors else "no errors")
    if ours is None and _is_null_where_none_may_be(drawn.variables):
        event("left to graphql-core")
        return
    if ours is None:
        assert core.errors, drawn
        assert all(error.path is None for error in core.errors), drawn
        event("refused")
        return
    assert difference(ours, core, in_order) is None, (difference(ours, core, in_order), drawn)


def _is_null_where_none_may_be(given: Any) -> bool:
    inside = given if isinstance(given, list) else given.values() if isinstance(given, dict) else ()
    here = isinstance(given, dict) and "perhaps" in given and given["perhaps"] is None
    return here or any(map(_is_null_where_none_may_be, inside))


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """A loop for all examples: hypothesis calls plain functions."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def ground(loop: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A whole hub over the sandbox's platforms."""
    opened = open_ground(tmp_path_factory.mktemp("ground"))
    yield loop.run(opened.__aenter__())
    loop.run(opened.__aexit__(None, None, None))


@contextmanager
def left_unawaited() -> Iterator[None]:
    """What graphql-core leaves unawaited beside an error goes here, and at no other test's expense.

    Collected at any other moment, its warning would be one of whatever runs then.
    """
    gc.collect()
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
            yield
            gc.collect()
    finally:
        gc.enable()


drawing = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)


def test_whatever_goes_wrong_is_told_alike(loop: asyncio.Runner) -> None:
    """Nulls, errors, wrong types and late values come to the same data and the same errors."""

    @drawing
    @given(documents(TROUBLE, TROUBLE_FACTS))
    def same(drawn: Drawn) -> None:
        assume(not validate(TROUBLE, parse(drawn.text)))
        ours, core = loop.run(both(TROUBLE, drawn, (Explorer(), Explorer())))
        check(drawn, ours, core, in_order="ater" not in drawn.text)

    with left_unawaited():
        same()


def test_the_whole_schema_is_answered_alike(loop: asyncio.Runner, ground: Ground) -> None:
    """Over the hub's own schema, with real lookups, both ways answer the same."""
    facts = facts_of(ground)

    @settings(drawing, max_examples=max(1, EXAMPLES // 4))
    @given(documents(ground.schema, facts))
    def same(drawn: Drawn) -> None:
        assume(not validate(ground.schema, parse(drawn.text)))
        contexts = ground.context(), ground.context()
        ours, core = loop.run(both(ground.schema, drawn, contexts))
        check(drawn, ours, core, in_order=False)

    with left_unawaited():
        same()


def facts_of(ground: Ground) -> Facts:
    """What to ask the hub for: mostly what it has."""
    people = [
        ground.sandbox.examples.person_with("resident_id_card", {"province": True}, skip=skip)
        for skip in range(3)
    ]
    nodes = ["CertificateType:resident_id_card", "Source:province", f"Unit:{UNIT}", "Unit:none"]
    return Facts(
        named={
            "type": ("resident_id_card", "marriage_registration", "business_licence", "nonsense"),
            "item": (ITEM, DOSSIER_ITEM, EXCLUDED_ITEM, FOREIGN_ITEM, "none"),
            "code": (ITEM, "none"),
            "unit": (UNIT, "NB-TEST-02", "none"),
            "case": ("办-1", "办-2", ""),
            "operator": (OPERATOR, "nobody"),
            "id": [b64encode(one.encode()).decode() for one in nodes] + ["x"],
            "first": (0, 1, 2, 50, 101, -1),
            "last": (1, 2),
            "name": (people[0].name, "resident_id_card", " ", ""),
            "within": (3000, 2000.5, 0),
            "maxAge": (0, 60, -1),
            "search": ("", "身份", "a"),
            "certificate": ("resident_id_card",),
        },
        typed={
            "ResidentId": [*(one.identifier for one in people), "11010519491231002x", "1"],
            "CreditCode": ("91110000600037341L", "x"),
            "Base64": ("AAAA", "%"),
            "DateTime": ("2026-03-09T17:00:00+08:00", "2026-03-09T17:00:00"),
            "Milliseconds": (1000, 2.5),
            "types": ("Found", "NotHeld", "Denied", "Unavailable", "ResidentIdCard"),
        },
        plain_keys=TOLD_ANEW | {"id"},
    )
