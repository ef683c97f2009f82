"""How a field's value is had: Strawberry's resolvers are called as they were written."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

from strawberry.extensions.field_extension import FieldExtension, build_field_extension_resolvers
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from resolvers.plan.alike import common
from resolvers.plan.asked import Asked, first_half

Call = Callable[[Any, Any, dict[str, Any]], Any]
"""Calls with the object, the info and the arguments."""


@dataclass(frozen=True, slots=True)
class Direct:
    """A call that can be written down: of an attribute, or of a function of the object alone."""

    attribute: str | None = None
    function: Callable[..., Any] | None = None
    info: str | None = None  # under which name the function wants the info
    same_for: str | None = None  # the path from the object to what decides alone what it gives


@dataclass(frozen=True, slots=True)
class Calling:
    """How a field is called, whether it is to be waited for, and whether it wants the info."""

    call: Call
    waits: bool = False
    informed: bool = False
    prepare: Callable[..., Asked[object]] | None = None
    direct: Direct | None = None
    known: bool = True  # else it is left to graphql-core's way, through Strawberry's wrapper


def calling_of(field: StrawberryField) -> Calling:
    """How a Strawberry field is called."""
    resolver = field.base_resolver
    if field.extensions:
        return _extended(field)
    if resolver is None:
        return _attribute(field)
    return _function(field, resolver)


def _attribute(field: StrawberryField) -> Calling:
    name, read = field.python_name, field.default_resolver
    direct = Direct(attribute=name) if read is getattr and name.isidentifier() else None
    return Calling(lambda source, _info, _given: read(source, name), direct=direct)


def _function(field: StrawberryField, resolver: StrawberryResolver[Any]) -> Calling:
    info = resolver.info_parameter
    plain = (
        resolver.self_parameter and not resolver.parent_parameter and not resolver.root_parameter
    )
    direct, function = None, resolver.wrapped_func
    assert callable(function), "Strawberry has bound it to its class"
    if plain and not field.arguments:
        direct = Direct(None, function, info.name if info else None, common(function))
    return Calling(
        _call_of(resolver),
        waits=field.is_async,
        informed=info is not None,
        prepare=first_half(function),
        direct=direct,
    )


def _call_of(resolver: StrawberryResolver[Any]) -> Call:
    function, takes_self = resolver.wrapped_func, resolver.self_parameter is not None
    assert callable(function), "Strawberry has bound it to its class"
    info = resolver.info_parameter
    sources = [
        one.name for one in (resolver.parent_parameter, resolver.root_parameter) if one is not None
    ]

    def call(source: object, told: object, given: dict[str, Any]) -> Any:
        named = {**given, **dict.fromkeys(sources, source)}
        if info is not None:
            named[info.name] = told
        return function(source, **named) if takes_self else function(**named)

    return call


def _extended(field: StrawberryField) -> Calling:
    """A field with extensions: the chain that Strawberry would build, built once."""
    call = _attribute(field).call if field.base_resolver is None else _call_of(field.base_resolver)

    def innermost(source: object, info: object, **given: Any) -> Any:
        return call(source, info, given)

    chain = reduce(
        lambda chained, following: partial(following, chained),
        build_field_extension_resolvers(field),
        innermost,
    )
    reshapes = any(
        type(one).map_arguments is not FieldExtension.map_arguments for one in field.extensions
    )
    return Calling(
        lambda source, info, given: chain(source, info, **given),
        waits=field.is_async,
        informed=True,
        known=not reshapes,
    )
