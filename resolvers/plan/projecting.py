"""The projection of what is selected of one concrete type: one generated function per selection.

It is the loop `{field.key: field.execute(object, place, run) for field in fields}`, written out: values of
the usual class are taken as they are, and everything else (null, a wrong class, something to be waited
for) goes the careful way through the field, which knows every rule. A field with a resolver looks like this:

    try:
        value = call3(source)
        if type(value) is not str: value = completed3(value, place, run)
    except Exception as trouble:
        value = failed3(trouble, place, run)
    value3 = value
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

from graphql import GraphQLEnumType, GraphQLNonNull, GraphQLScalarType, Undefined, is_composite_type

from resolvers.plan.fields import Field, Project, Selected
from resolvers.plan.generating import made
from resolvers.plan.inputs import STRAWBERRY

TAKEN = {
    "String": "type(value) is str",
    "ID": "type(value) is str",
    "Boolean": "value is True or value is False",
    "Int": "type(value) is int and -2147483648 <= value <= 2147483647",
    "Float": "type(value) is float and value - value == 0",  # neither infinite nor no number
}
"""By scalar, which values are shown as they are."""


def projection(type_name: str, fields: Sequence[Selected]) -> Project:
    """What shows the selected fields of an object."""
    names: dict[str, Any] = {"type_name": type_name, "Undefined": Undefined}
    lines: list[str] = []
    shown: list[str] = []
    for number, field in enumerate(fields):
        if isinstance(field, str):
            shown.append(f"{field!r}: type_name")
        else:
            lines += _lines(number, field, names)
            shown.append(f"{field.key!r}: value{number}")
    lines.append(f"return {{{', '.join(shown)}}}")
    return made("project(source, place, run)", lines, names)


def _lines(number: int, field: Field, names: dict[str, Any]) -> Iterator[str]:
    names[f"failed{number}"] = field.failed
    yield "try:"
    if field.calling.waits:
        names[f"wait{number}"] = field.wait
        yield f"    value = wait{number}(source, place, run)"
    else:
        names[f"completed{number}"] = field.completed
        yield f"    value = {_read(number, field, names)}"
        careful = f"completed{number}(value, place, run)"
        yield from (f"    {line}" for line in _shown(number, field, careful, names))
    yield "except Exception as trouble:"
    yield f"    value = failed{number}(trouble, place, run)"
    yield f"value{number} = value"


def _read(number: int, field: Field, names: dict[str, Any]) -> str:
    direct = field.calling.direct
    if direct is None:
        names[f"value_of{number}"] = field.value
        return f"value_of{number}(source, run)"
    if direct.attribute is not None:
        return f"source.{direct.attribute}"
    names[f"call{number}"], names[f"field{number}"] = direct.function, field
    told = f", {direct.info}=run.infos[field{number}]" if direct.info else ""
    return f"call{number}(source{told})"


def _shown(number: int, field: Field, careful: str, names: dict[str, Any]) -> Iterator[str]:
    """How the value becomes what is shown; `careful` is the way for everything unusual."""
    type_ = field.definition.type
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    enum = _named(inner)
    if is_composite_type(inner):
        names[f"by_class{number}"] = field.by_class
        yield f"project = by_class{number}.get(type(value))"
        yield f"if project is None: value = {careful}"
        yield f"else: value = project(value, (place, {field.key!r}, {field.nullable}), run)"
    elif enum is not None:
        names[f"Enum{number}"], names[f"names{number}"] = enum
        yield f"if type(value) is Enum{number}: value = names{number}[value._name_]"
        yield f"else: value = {careful}"
    elif isinstance(inner, GraphQLScalarType) and inner.name in TAKEN:
        null = " or value is None" if field.nullable else ""
        yield f"if not ({TAKEN[inner.name]}{null}): value = {careful}"
    elif isinstance(inner, GraphQLScalarType):
        names[f"plain{number}"], names[f"scalar{number}"] = field.plain, inner.coerce_output_value
        yield f"if type(value) in plain{number}:"
        yield f"    shown = scalar{number}(value)"
        yield f"    value = {careful} if shown is None or shown is Undefined else shown"
        yield f"else: value = {careful}"
    else:
        yield f"value = {careful}"


def _named(type_: object) -> tuple[type[Enum], dict[str, str]] | None:
    """An enum's class, and how each member is shown, by its name in Python."""
    if not isinstance(type_, GraphQLEnumType):
        return None
    members = type_.extensions[STRAWBERRY].wrapped_cls
    return members, {one._name_: type_.coerce_output_value(one) for one in members}
