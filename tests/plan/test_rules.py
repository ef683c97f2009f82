"""One fact at a time: what graphql-core does, a plan does."""

import gc
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from graphql import (
    ExecutionResult,
    GraphQLError,
    StringValueNode,
    execute,
    parse,
    validate,
)

from resolvers.execution import Executor, Request
from resolvers.limits import Limits
from resolvers.plan.plan import ROOM, planned
from resolvers.plan.selecting import Compiled
from tests.plan.sameness import difference, told
from tests.plan.trouble import Explorer, Trouble, trouble_schema

SCHEMA = trouble_schema()


async def planned_answer(query: str, variables: Mapping[str, object]) -> ExecutionResult | None:
    """The plan's answer; none where the variables are graphql-core's to refuse."""
    document = parse(query)
    assert validate(SCHEMA, document) == []
    plan = planned(SCHEMA, document, None)
    assert plan is not None
    bound = plan.bound(variables)
    return None if bound is None else await bound.answer(Explorer())


async def core_answer(query: str, variables: Mapping[str, object]) -> ExecutionResult:
    result: Any = execute(
        SCHEMA, parse(query), context_value=Explorer(), variable_values=dict(variables)
    )
    answer = result if isinstance(result, ExecutionResult) else await result
    assert isinstance(answer, ExecutionResult)
    return answer


async def answer(query: str, **variables: object) -> ExecutionResult:
    """The plan's answer, which must be graphql-core's."""
    ours = await planned_answer(query, variables)
    assert ours is not None
    assert difference(ours, await core_answer(query, variables)) is None
    return ours


async def data(query: str, **variables: object) -> Any:
    """The data of an answer without errors."""
    given = await answer(query, **variables)
    assert given.errors is None
    return given.data


async def test_fields_come_in_the_order_of_the_document() -> None:
    """By their first mention, through fragments and aliases; `__typename` like any other."""
    query = """
      { thing { b: level ...F a: level level __typename ... { kind: __typename } } __typename }
      fragment F on Thing { c: level a: level }
    """

    shown = await data(query)

    assert list(shown) == ["thing", "__typename"]
    assert list(shown["thing"]) == ["b", "c", "a", "level", "__typename", "kind"]
    assert shown["__typename"] == "Query"


async def test_selections_of_one_key_are_merged() -> None:
    """Two selections of a field are one, with what both select, at the place of the first."""
    query = "{ thing { thing { level } level } thing { thing { maybe { level } } } }"

    shown = await data(query)

    assert shown == {"thing": {"thing": {"level": 1, "maybe": None}, "level": 0}}


async def test_an_interface_and_a_union_show_what_their_class_says() -> None:
    """Fragments on the interface, on one type of it, and on a union's member."""
    query = """
      { things(count: 2) {
          named { __typename name ... on Other { shout(times: 2) } ... on Leafy { colour } }
          either { __typename ... on Named { laterName } ...L }
      } }
      fragment L on Leafy { day }
    """

    shown = await data(query)

    assert shown["things"] == [
        {
            "named": {"__typename": "Other", "name": "other", "shout": "OTHEROTHER"},
            "either": {"__typename": "Leafy", "laterName": "either", "day": "2026-03-09"},
        },
        {
            "named": {"__typename": "Leafy", "name": "leaf", "colour": "VERDANT"},
            "either": {"__typename": "Other", "laterName": "either"},
        },
    ]


async def test_conditions_choose_by_variable_and_default() -> None:
    """@skip and @include on fields and fragments; a skipped top leaves an empty answer."""
    query = """
      query Q($yes: Boolean!, $no: Boolean! = false) {
        thing @include(if: $yes) {
          level @skip(if: $no)
          ... @include(if: $no) { null }
          ...F @skip(if: $yes)
        }
      }
      fragment F on Thing { failsHard }
    """

    assert await data(query, yes=True) == {"thing": {"level": 0}}
    assert await data(query, yes=False) == {}


async def test_a_condition_that_is_null_is_refused_by_graphql_core() -> None:
    """The plan has no answer for it."""
    query = "query Q($on: Boolean = true) { thing @include(if: $on) { level } }"
    document = parse(query)
    plan = planned(SCHEMA, document, None)

    assert plan is not None
    assert plan.bound({"on": None}) is None


ECHO = "query Q($o: Outer, $n: [Int], $c: Colour! = RED) { thing { echo(outer: $o, numbers: $n, colour: $c) } }"


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"o": None, "n": None},
        {"o": {"inner": {"text": "a"}}, "n": 3},
        {
            "o": {"inner": {"text": "a", "many": "one"}, "isFlag": False, "perhaps": 0},
            "n": [1, None],
        },
        {"o": {"inner": {"text": "a", "number": 2.0}, "choice": {"other": "b"}, "inners": []}},
        {"o": {"inner": {"text": "a"}, "choice": {"one": {"text": "c", "colour": "VERDANT"}}}},
        {"c": "VERDANT", "unknown": 5},
    ],
)
async def test_variables_arrive_as_the_resolver_takes_them(variables: dict[str, object]) -> None:
    """Input objects, defaults, lists of one, enums, what is left out, and what is null."""
    shown = await data(ECHO, **variables)

    assert shown["thing"]["echo"].startswith("(0, None")


@pytest.mark.parametrize(
    "variables",
    [
        {"o": 5},
        {"o": {}},
        {"o": {"inner": {"text": None}}},
        {"o": {"inner": {"text": "a", "nothing": 1}}},
        {"o": {"inner": {"text": "a"}, "choice": {}}},
        {"o": {"inner": {"text": "a"}, "choice": {"one": {"text": "a"}, "other": "b"}}},
        {"o": {"inner": {"text": "a"}, "choice": {"other": None}}},
        {"n": ["x"]},
        {"c": "green"},
        {"c": None},
    ],
)
async def test_wrong_variables_are_left_to_graphql_core(variables: dict[str, object]) -> None:
    """The plan binds nothing, and graphql-core refuses the request in its own words."""
    assert await planned_answer(ECHO, variables) is None
    refused = await core_answer(ECHO, variables)
    assert refused.data is None
    assert refused.errors is not None
    assert [error.path for error in refused.errors] == [None] * len(refused.errors)


async def test_literals_hold_variables() -> None:
    """Inside objects and lists; one left out takes the default, or null in a list."""
    query = """
      query Q($text: String!, $number: Int, $flag: Boolean, $one: Int) {
        thing { echo(
          outer: {inner: {text: $text, number: $number}, isFlag: $flag, choice: {other: $text}}
          inners: [{text: "b", many: [$text]}] numbers: [1, $one, null] day: "2026-01-02"
        ) strictEcho(outer: {inner: {text: $text}}, count: 4) }
      }
    """

    await data(query, text="a")
    await data(query, text="a", number=5, flag=False, one=9)


@pytest.mark.parametrize("outer", ["choice: {one: null}", "choice: {other: null}", "perhaps: null"])
async def test_a_null_written_where_a_value_may_only_be_left_out_is_an_error_of_its_field(
    outer: str,
) -> None:
    """In graphql-core's words: no document is invalid for it, and no resolver is told of it."""
    query = f'{{ thing {{ strictEcho(outer: {{inner: {{text: "a"}} {outer}}}, count: 1) }} }}'

    told_so = await answer(query)

    assert told_so.data is None
    assert told_so.errors is not None
    assert told_so.errors[0].path == ["thing", "strictEcho"]


async def test_an_argument_that_a_variable_makes_null_is_an_error_of_its_field() -> None:
    """In graphql-core's words and place, though the document is valid."""
    query = 'query Q($count: Int = 1) { thing { strictEcho(outer: {inner: {text: "a"}}, count: $count) } }'

    told_so = await answer(query, count=None)

    assert told_so.data is None
    assert told_so.errors is not None
    assert told_so.errors[0].path == ["thing", "strictEcho"]


async def test_an_error_nulls_its_field_and_tells_where() -> None:
    """Path, location, message and the error itself; the fields beside it stay."""
    given = await answer("{ things(count: 2) { level broken: fails } }")

    assert given.data == {"things": [{"level": 0, "broken": None}, {"level": 1, "broken": None}]}
    assert given.errors is not None
    assert [error.path for error in given.errors] == [
        ["things", 0, "broken"],
        ["things", 1, "broken"],
    ]
    assert [error.message for error in given.errors] == ["fails at 0", "fails at 1"]
    assert all(isinstance(error.original_error, Trouble) for error in given.errors)
    assert [(one.line, one.column) for one in given.errors[0].locations or ()] == [(1, 28)]


@pytest.mark.parametrize(
    ("selected", "made"),
    [
        ("__typename name day", 3),  # one for each level
        ("name shout", 4),  # with an argument
        ("name laterName", 4),  # waited for
        ("name id", 4),  # by an extension
        ("name texts", 4),  # nulls inside it may be errors'
        ("name noDay", 4),  # null: that may be an error's
    ],
)
async def test_what_is_alike_is_made_once_for_all_who_share_it(selected: str, made: int) -> None:
    """Where nothing is selected of it but what it gives alone; shown in every place all the same."""
    query = f"{{ thing {{ things {{ things {{ alike {{ {selected} }} }} }} }} again: things {{ level }} }}"
    document, context = parse(query), Explorer()
    plan = planned(SCHEMA, document, None)
    assert plan is not None
    bound = plan.bound({})
    assert bound is not None

    ours = await bound.answer(context)

    assert difference(ours, await core_answer(query, {})) is None
    assert ours.errors is None
    assert context.made == made


async def test_aliases_share_what_is_alike() -> None:
    """Where they select the same of it, under the same keys."""
    query = """
      { a: thing { alike { name day } } b: thing { alike { name day } alike { name } }
        c: thing { alike { title: name day } } d: thing { level alike { day name } } }
    """
    document, context = parse(query), Explorer()
    plan = planned(SCHEMA, document, None)
    assert plan is not None
    bound = plan.bound({})
    assert bound is not None

    ours = await bound.answer(context)

    assert difference(ours, await core_answer(query, {})) is None
    assert context.made == 3


async def test_what_goes_wrong_alike_is_told_of_every_place() -> None:
    """Errors and nulls are nobody's share: each place has its own."""
    query = """
      { things(count: 3) { alike { name wrongDay } first: thing { alikeOrNone { name fails } }
        second: thing { alikeOrNone { failsHard } } alikeOrNone { name } } }
    """

    given = await answer(query)

    assert given.errors is not None
    assert [error.path for error in given.errors] == [
        ["things", place, *path]
        for place in range(3)
        for path in (
            ["alike", "wrongDay"],
            ["first", "alikeOrNone", "fails"],
            ["second", "alikeOrNone", "failsHard"],
        )
    ]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("{ maybe { level failsHard } }", {"maybe": None}),
        ("{ maybe { level null } }", {"maybe": None}),
        ("{ maybe { thing { thing { nullThing { level } } } } }", {"maybe": None}),
        ("{ things { level failsHard } }", {"things": [None, None]}),
        ("{ maybe { strictThings { level } } }", {"maybe": {"strictThings": None}}),
        ("{ maybe { things { failsHard } } }", {"maybe": None}),
        ("{ thing { failsHard } fails }", None),
        ("{ fails failsHard thing { level } }", None),
    ],
)
async def test_null_goes_up_to_where_it_may_stand(query: str, shown: object) -> None:
    """Through objects and lists to the nearest nullable place, or to the whole answer."""
    assert (await answer(query)).data == shown


async def test_lists_hold_nulls_and_errors() -> None:
    """An exception among the entries, null, what is no list, and lists in lists."""
    query = "{ maybe { brokenThings { level } nested { level } named { ... on Leafy { texts strictTexts noList } } } }"

    given = await answer(query)

    assert given.data is not None
    assert given.data["maybe"]["brokenThings"] == [{"level": 0}, None, None, {"level": 1}]
    assert given.data["maybe"]["nested"] == [[{"level": 1}, None], None, None, [None]]
    assert given.data["maybe"]["named"] == {
        "texts": ["a", None, "5"],
        "strictTexts": None,
        "noList": None,
    }


async def test_values_of_another_type_are_coerced_or_refused() -> None:
    """Scalars and enums as graphql-core shows them: numbers, truth, dates, members and raw values."""
    query = """
      { maybe { named { ... on Leafy { day noDay wrongDay moment price rawColour wrongColour large wrongInt
        infinite whole truth } } } }
    """

    given = await answer(query)

    assert given.data == {
        "maybe": {
            "named": {
                "day": "2026-03-09",
                "noDay": None,
                "wrongDay": None,
                "moment": "2026-03-09T17:00:00",
                "price": "1.50",
                "rawColour": "RED",
                "wrongColour": None,
                "large": None,
                "wrongInt": 12,
                "infinite": None,
                "whole": 3.0,
                "truth": True,
            }
        }
    }


async def test_objects_of_another_type_are_refused_in_the_same_words() -> None:
    """A bare interface, a stranger to the union, another object, and no object at all.

    Strawberry takes any object of the interface for one of its types.
    """
    query = """
      { maybe { maybeNamed { __typename name } strangeEither { __typename } wrongLeafy { name }
        anyThing { level } } }
    """

    given = await answer(query)

    assert given.data is not None
    shown = given.data["maybe"]["maybeNamed"]
    assert [one and one["__typename"] for one in shown] == [
        "Leafy",
        None,
        "Other",
        None,
        None,
        "Stranger",
    ]
    assert given.errors is not None
    assert len(given.errors) == 4
    assert given.data["maybe"]["wrongLeafy"] == {"name": "no leaf"}


async def test_what_comes_late_stands_where_it_belongs() -> None:
    """Async resolvers, awaitables from sync ones and inside lists, levels below levels."""
    query = """
      { later { level later { laterText laterDay laterThings { level later { level } } } }
        thing { later { level } } }
    """

    shown = await data(query)

    assert list(shown) == ["later", "thing"]
    assert shown["later"]["later"] == {
        "laterText": "an awaitable",
        "laterDay": "2026-01-01",
        "laterThings": [
            {"level": 3, "later": {"level": 4}},
            {"level": 4, "later": {"level": 5}},
            None,
        ],
    }


async def test_what_fails_late_nulls_what_is_around_it() -> None:
    """Below a nullable place only that goes; what was put off beside it is dropped."""
    given = await answer("{ maybe { level laterFailsHard } later { laterFails level } }")

    assert given.data == {"maybe": None, "later": {"laterFails": None, "level": 2}}
    whole = await answer("{ thing { laterFailsHard } }")
    assert whole.data is None


async def test_connections_page_as_they_do() -> None:
    """Arguments of the extension, the resolver's own, cursors, and what is selected of a page."""
    query = """
      query Q($first: Int, $after: String) { thing { leaves(first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id name } } } } }
    """

    first = await data(query, first=2)
    page = first["thing"]["leaves"]
    assert [one["node"]["name"] for one in page["edges"]] == ["a", "b"]
    assert page["totalCount"] == 6
    following = await data(query, first=2, after=page["pageInfo"]["endCursor"])
    assert following["thing"]["leaves"]["edges"][0]["node"]["name"] == "c"
    wrong = await answer(query, first=-1)
    assert wrong.errors is not None
    assert "This page can't be taken" in wrong.errors[0].message


async def test_a_resolver_reads_of_the_info_what_it_would() -> None:
    """Field, parent type, variables; and its parent under whatever name it asks for it."""
    query = "query Q($a: Int = 3, $b: String) { thing { selected parentLevel echo(text: $b) n: echo(numbers: [$a]) } }"

    shown = await data(query, b="x")

    assert shown["thing"]["selected"] == ["selected", "Thing", "a", "b"]
    assert shown["thing"]["parentLevel"] == 0


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Thing") { name } thing { level } }',
        "{ thing { ...F } } fragment F on Thing { ... @defer { level } }",
        "{ thing { things @stream(initialCount: 1) { level } } }",
        "{ thing { level @unknown } }",
        "query Q @unknown { thing { level } }",
        "{ thing { ...F } } fragment F on Thing @unknown { level }",
        "mutation { anything }",
        "subscription { anything }",
        "query A { thing { level } } query B { thing { level } }",
    ],
)
def test_what_a_plan_does_not_know_has_none(query: str) -> None:
    """Introspection, deferred delivery, other directives, mutations, subscriptions, no one query."""
    assert planned(SCHEMA, parse(query), None) is None


def test_one_of_several_operations_is_planned_by_its_name() -> None:
    """The one that is asked for, and none of a name that is not there."""
    document = parse("query A { thing { level } } mutation M { x }")

    assert planned(SCHEMA, document, "A") is not None
    assert planned(SCHEMA, document, "M") is None
    assert planned(SCHEMA, document, "N") is None


def test_errors_are_compared_by_all_they_say() -> None:
    """The comparison itself fails on another path, message, place or cause."""
    first = GraphQLError("a", path=["x"], original_error=Trouble("a"))

    assert told(first) != told(GraphQLError("a", path=["y"], original_error=Trouble("a")))
    assert told(first) != told(GraphQLError("b", path=["x"], original_error=Trouble("a")))
    assert told(first) != told(GraphQLError("a", path=["x"], original_error=ValueError("a")))
    assert (
        difference(ExecutionResult({"a": 1, "b": 2}), ExecutionResult({"b": 2, "a": 1})) is not None
    )
    assert (
        difference(ExecutionResult({"a": None}, [first]), ExecutionResult({"a": None})) is not None
    )


def test_selections_under_conditions_have_room_in_all() -> None:
    """Many documents with many sets of conditions hold no more than one long document's worth."""
    head = "query Q($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!)"
    body = "".join(f"... @include(if: ${one}) {{ level }} " for one in "abcd")
    plans = [
        planned(SCHEMA, parse(f"{head} {{ n{number:02}: thing {{ {body} }} }}".ljust(10_000)), None)
        for number in range(10)
    ]

    for held in product((True, False), repeat=4):
        for plan in plans:
            assert plan is not None
            assert plan.bound(dict(zip("abcd", held, strict=True))) is not None

    gc.collect()
    kept = [one for one in gc.get_objects() if type(one) is Compiled and one.characters == 10_000]
    assert len(kept) == len(plans) + ROOM // 10_000


async def test_a_plan_of_a_text_with_values_is_forgotten_with_it() -> None:
    """What was written into a document with conditions is nowhere in memory once it is answered."""
    text = "query Q($c: Boolean!) { thing { echo(text: %s) @include(if: $c) level } }"
    by = Executor(SCHEMA, Limits(), planner=planned)

    for name in ('"Nobody In Particular"', '"Nobody Else"'):
        for held in (True, False):
            await by.run(Request(text % name, {"c": held}, None), Explorer())

    gc.collect()
    values = [one.value for one in gc.get_objects() if isinstance(one, StringValueNode)]
    assert [value for value in values if value.startswith("Nobody")] == []
