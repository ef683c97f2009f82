"""What plans compile as they meet types has room in all, and what was forgotten is compiled again."""

import gc
from typing import Any

import pytest
from cachetools import LRUCache
from graphql import execute, parse

from resolvers.plan.fields import Field
from resolvers.plan.growing import Growth
from resolvers.plan.inputs import Inputs
from resolvers.plan.operation import operation_of
from resolvers.plan.plan import Plan
from tests.plan.sameness import difference
from tests.plan.trouble import Explorer, trouble_schema

SCHEMA = trouble_schema()
QUERY = """
  { things(count: 2) { alike { name day } named { name ... on Leafy { colour } } either { ...L }
      later { level alike { name day } things { thing { maybe { level fails } } } } } }
  fragment L on Named { shout laterName }
"""


class Grower:
    """Notes how often it had to forget."""

    def __init__(self) -> None:
        self.forgot = 0

    def forget(self) -> None:
        self.forgot += 1


def test_who_began_first_forgets_first() -> None:
    """And no more than makes room; who grows again begins anew."""
    growth, growers = Growth(10), [Grower() for _ in range(3)]
    first, second, third = growers

    for one, fields in ((first, 4), (second, 4), (first, 2), (third, 3), (first, 3), (second, 1)):
        growth.by(one, fields)

    assert [one.forgot for one in growers] == [1, 1, 0]


def test_who_is_no_more_takes_no_room() -> None:
    """It is not counted when it is counted anew."""
    growth, gone, stays = Growth(10), Grower(), Grower()
    growth.by(gone, 8)
    growth.by(stays, 2)
    del gone

    growth.by(stays, 8)

    assert stays.forgot == 0


def plan_of(query: str, growth: Growth) -> Plan:
    return Plan(operation_of(SCHEMA, parse(query), None), Inputs(SCHEMA), LRUCache(1), growth)


async def answered(plan: Plan) -> Any:
    bound = plan.bound({})
    assert bound is not None
    return await bound.answer(Explorer())


@pytest.mark.parametrize("most", [0, 1, 5, 12])
async def test_a_plan_that_forgets_answers_the_same(most: int) -> None:
    """Even in the middle of a run."""
    plan = plan_of(QUERY, Growth(most))

    ours = [await answered(plan) for _ in range(3)]

    core: Any = execute(SCHEMA, parse(QUERY), context_value=Explorer())
    expected = await core
    assert [difference(one, expected) for one in ours] == [None] * 3


async def test_plans_hold_no_more_than_there_is_room_for() -> None:
    """However many documents there are, and however many types each of them has met."""
    growth = Growth(100)
    plans = [plan_of(QUERY, growth) for _ in range(30)]
    gc.collect()
    before = sum(type(one) is Field for one in gc.get_objects())

    for plan in plans:
        await answered(plan)

    gc.collect()
    kept = sum(type(one) is Field for one in gc.get_objects()) - before
    assert 50 < kept <= 100 + len(plans), "and the one top field of each"
