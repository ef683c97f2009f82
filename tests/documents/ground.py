"""A schema that says what it was given: every kind of place where a literal may stand."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import orjson
from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    print_ast,
    specified_directives,
)
from graphql.language import DirectiveLocation

from resolvers.execution import Executor, Refused, Request
from resolvers.limits import Limits
from resolvers.wire import body_of, refused_body
from tests.plans import PLANNER


def _even(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool) and value % 2 == 0:
        return value
    raise GraphQLError("An even number is wanted.")


EVEN = GraphQLScalarType("Even", coerce_input_value=_even, coerce_output_value=lambda value: value)
OWN = GraphQLScalarType(
    "Own",
    coerce_input_value=lambda value: f"value {value}",
    coerce_input_literal=lambda node: f"literal {print_ast(node)}",
    coerce_output_value=str,
)
COLOUR = GraphQLEnumType("Colour", {"RED": 1, "GREEN": 2})
PERSON: GraphQLInputObjectType = GraphQLInputObjectType(
    "Person",
    lambda: {
        "id": GraphQLInputField(GraphQLNonNull(GraphQLID)),
        "name": GraphQLInputField(GraphQLString, default_value="nobody"),
        "age": GraphQLInputField(GraphQLInt),
        "friends": GraphQLInputField(GraphQLList(GraphQLNonNull(PERSON))),
    },
)
EITHER = GraphQLInputObjectType(
    "Either",
    {"one": GraphQLInputField(GraphQLString), "other": GraphQLInputField(GraphQLInt)},
    is_one_of=True,
)
ARGUMENTS: Mapping[str, GraphQLArgument] = {
    "id": GraphQLArgument(GraphQLID),
    "text": GraphQLArgument(GraphQLString),
    "sure": GraphQLArgument(GraphQLNonNull(GraphQLString), default_value="sure"),
    "number": GraphQLArgument(GraphQLInt),
    "real": GraphQLArgument(GraphQLFloat),
    "even": GraphQLArgument(EVEN),
    "own": GraphQLArgument(OWN),
    "colour": GraphQLArgument(COLOUR),
    "flag": GraphQLArgument(GraphQLBoolean),
    "texts": GraphQLArgument(GraphQLList(GraphQLNonNull(GraphQLString))),
    "numbers": GraphQLArgument(GraphQLList(GraphQLInt)),
    "person": GraphQLArgument(PERSON),
    "either": GraphQLArgument(EITHER),
}


def _said(_source: object, _info: GraphQLResolveInfo[Any], **given: object) -> str:
    return orjson.dumps(given, option=orjson.OPT_SORT_KEYS).decode()


def _failed(_source: object, _info: GraphQLResolveInfo[Any], **given: object) -> str:
    raise GraphQLError(f"It failed with {len(given)} arguments.")


async def _told(
    _source: object, _info: GraphQLResolveInfo[Any], text: str
) -> AsyncGenerator[Any, None]:
    for letter in text:
        await asyncio.sleep(0)
        yield {"tell": letter}


THING: GraphQLObjectType = GraphQLObjectType(
    "Thing",
    lambda: {
        "echo": GraphQLField(GraphQLString, dict(ARGUMENTS), _said),
        "fail": GraphQLField(GraphQLString, dict(ARGUMENTS), _failed),
        "thing": GraphQLField(GraphQLNonNull(THING), resolve=lambda *_: {}),
    },
)
NOTE = GraphQLDirective(
    "note",
    [DirectiveLocation.FIELD, DirectiveLocation.QUERY, DirectiveLocation.VARIABLE_DEFINITION],
    {"text": GraphQLArgument(GraphQLString)},
)
SCHEMA = GraphQLSchema(
    THING,
    mutation=GraphQLObjectType("Mutation", {"do": GraphQLField(THING, resolve=lambda *_: {})}),
    subscription=GraphQLObjectType(
        "Subscription",
        {
            "tell": GraphQLField(
                GraphQLString,
                {"text": GraphQLArgument(GraphQLNonNull(GraphQLString))},
                subscribe=_told,
            )
        },
    ),
    directives=[*specified_directives, NOTE],
)


def executor(**limits: int) -> Executor:
    """One that has seen nothing."""
    return Executor(SCHEMA, Limits(**limits), planner=PLANNER)


async def answer(
    by: Executor, text: str, variables: Mapping[str, object] | None = None, name: str | None = None
) -> dict[str, object]:
    """What a caller gets."""
    result = await by.run(Request(text, variables, name), None)
    return refused_body(result) if isinstance(result, Refused) else body_of(result)
