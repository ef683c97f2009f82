"""What a schema may hold for its queries to be planned."""

from inspect import isasyncgenfunction
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from strawberry.types import Info

from resolvers.plan.inputs import STRAWBERRY


def knows(schema: GraphQLSchema) -> bool:
    """Whether it is Strawberry's, with nothing that changes how its queries are executed."""
    strawberry = getattr(schema, "_strawberry_schema", None)
    if strawberry is None:
        return False
    converter = strawberry.schema_converter
    if converter.exception_handlers or converter.config.info_class is not Info:
        return False
    return all(
        _plain(one)
        for one in schema.type_map.values()
        if isinstance(one, GraphQLObjectType | GraphQLInterfaceType)
        and one is not schema.subscription_type
        and STRAWBERRY in one.extensions
    )


def _plain(type_: GraphQLObjectType | GraphQLInterfaceType) -> bool:
    """Whether the class of an object tells its type, and no field is a stream."""
    definition = type_.extensions[STRAWBERRY]
    if definition.is_type_of is not None or definition.resolve_type is not None:
        return False
    return not any(_streams(field) for field in type_.fields.values())


def _streams(field: Any) -> bool:
    resolver = field.extensions[STRAWBERRY].base_resolver
    return resolver is not None and isasyncgenfunction(resolver.wrapped_func)
