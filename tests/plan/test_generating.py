"""What is generated for a document holds nothing of it, and has room in all."""

import gc
import tracemalloc

from graphql import GraphQLObjectType, parse

from resolvers.plan.generating import ROOM, made
from resolvers.plan.plan import planned
from tests.plan.trouble import trouble_schema

SCHEMA = trouble_schema()
BYTES = 4
"""Of memory for each character of source, at most."""


def compiled(selected: str) -> None:
    """Have all that is selected of a thing compiled."""
    plan = planned(SCHEMA, parse(f"{{ thing {{ {selected} }} }}"), None)
    assert plan is not None
    bound = plan.bound({})
    assert bound is not None
    (thing,) = bound.selection.top
    type_ = SCHEMA.type_map["Thing"]
    assert not isinstance(thing, str)
    assert isinstance(type_, GraphQLObjectType)
    bound.selection.of(type_, thing.nodes)


def growth(*selections: str) -> int:
    """Bytes that compiling them one after the other leaves behind."""
    gc.collect()
    tracemalloc.start()
    try:
        for selected in selections:
            compiled(selected)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_response_keys_leave_nothing_behind() -> None:
    """They may be as long as a body may be, or the number of somebody's card."""
    compiled("a: level b: thing { level } c: __typename")
    key = "p11010519491231002X" * 1000

    left = growth(
        *(f"a{n}{key}: level b{n}{key}: thing {{ level }} c{n}{key}: __typename" for n in range(20))
    )

    assert left < len(key)


def test_functions_have_room_in_all() -> None:
    """Whoever selects what was never selected before holds no more than the room there is."""
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(400):
            made("f(x)", [f"value{number} = x + {one}" for one in range(200)] + ["return x"], {})
        gc.collect()
        left = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()

    assert left < BYTES * ROOM
