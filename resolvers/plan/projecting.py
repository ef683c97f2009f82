"""The projection of what is selected of one concrete type: one generated function per selection.

It is the loop `{field.key: field.execute(object, place, run) for field in fields}`, written out: values of
the usual class are taken as they are, and everything else (null, a wrong class, something to be waited
for) goes the careful way through the field, which knows every rule. A field with a resolver looks like this:

    try:
        value3 = call3(source)
        if not (type(value3) is str): value3 = completed3(value3, place, run)
    except Exception as trouble:
        value3 = failed3(trouble, place, run)

What a field with something in common (see `alike`) showed of an object is looked for before it is called.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from graphql import GraphQLEnumType, GraphQLNonNull, GraphQLScalarType, Undefined, is_composite_type
from strawberry.schema.types.base_scalars import isoformat

from resolvers.plan.fields import Field, Project, Selected
from resolvers.plan.generating import made
from resolvers.plan.inputs import STRAWBERRY

TAKEN = {
    "String": "type({0}) is str",
    "ID": "type({0}) is str",
    "Boolean": "{0} is True or {0} is False",
    "Int": "type({0}) is int and -2147483648 <= {0} <= 2147483647",
    "Float": "type({0}) is float and {0} - {0} == 0",  # neither infinite nor no number
}
"""By scalar, which values are shown as they are."""
DAYS = {"Date": date, "DateTime": datetime}
"""By scalar, the class of its values, where Strawberry's `isoformat` shows them."""


def projection(type_name: str, fields: Sequence[Selected]) -> Project:
    """What shows the selected fields of an object."""
    names: dict[str, Any] = {"type_name": type_name, "Undefined": Undefined}
    lines: list[str] = []
    shown: list[str] = []
    for number, field in enumerate(fields):
        if isinstance(field, str):
            names[f"key{number}"] = field
            shown.append(f"key{number}: type_name")
        else:
            names[f"key{number}"] = field.key
            lines += _lines(number, field, names)
            shown.append(f"key{number}: value{number}")
    lines.append(f"return {{{', '.join(shown)}}}")
    return made("project(source, place, run)", lines, names)


def _lines(number: int, field: Field, names: dict[str, Any]) -> Iterator[str]:
    names[f"failed{number}"] = field.failed
    yield "try:"
    yield from (f"    {line}" for line in _had(number, field, names))
    yield "except Exception as trouble:"
    yield f"    value{number} = failed{number}(trouble, place, run)"


def _had(number: int, field: Field, names: dict[str, Any]) -> Iterator[str]:
    if field.calling.waits:
        names[f"wait{number}"] = field.wait
        yield f"value{number} = wait{number}(source, place, run)"
        return
    names[f"completed{number}"] = field.completed
    read = [f"value{number} = {_read(number, field, names)}", *_shown(number, field, names)]
    if field.alike is None:
        yield from read
        return
    names[f"first{number}"] = field.alike.first
    yield f"alike = first{number}, source.{field.alike.path}"
    yield f"value{number} = run.shown.get(alike)"
    yield f"if value{number} is None:"
    yield from (f"    {line}" for line in read)
    # Null may be one for now, or one with an error, which every object has for itself.
    yield f"    if value{number} is not None and None not in value{number}.values():"
    yield f"        run.shown[alike] = value{number}"


def _read(number: int, field: Field, names: dict[str, Any]) -> str:
    direct = field.calling.direct
    if direct is None:
        names[f"value_of{number}"] = field.value
        return f"value_of{number}(source, run)"
    if direct.attribute is not None:
        return f"source.{direct.attribute}"
    names[f"call{number}"] = direct.function
    if not direct.info:
        return f"call{number}(source)"
    names[f"field{number}"], names[f"told{number}"] = field, field.told
    info = f"run.infos.get(field{number}) or told{number}(run)"
    return f"call{number}(source, {direct.info}={info})"


def _shown(number: int, field: Field, names: dict[str, Any]) -> Iterator[str]:
    """How the value becomes what is shown; everything unusual goes the careful way."""
    type_ = field.definition.type
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    enum, value = _named(inner), f"value{number}"
    careful = f"{value} = completed{number}({value}, place, run)"
    otherwise = f"elif {value} is not None: {careful}" if field.nullable else f"else: {careful}"
    if is_composite_type(inner):
        names[f"by_class{number}"] = field.by_class
        at = f"(place, key{number}, {field.nullable})"
        yield f"project = by_class{number}.get(type({value}))"
        yield f"if project is not None: {value} = project({value}, {at}, run)"
        yield otherwise
    elif enum is not None:
        names[f"Enum{number}"], names[f"names{number}"] = enum
        yield f"if type({value}) is Enum{number}: {value} = names{number}[{value}._name_]"
        yield otherwise
    elif not isinstance(inner, GraphQLScalarType):
        yield careful
    elif inner.name in TAKEN:
        null = f" or {value} is None" if field.nullable else ""
        yield f"if not ({TAKEN[inner.name].format(value)}{null}): {careful}"
    elif inner.name in DAYS and inner.coerce_output_value is isoformat:
        names[f"Day{number}"] = DAYS[inner.name]
        yield f"if type({value}) is Day{number}: {value} = {value}.isoformat()"
        yield otherwise
    else:
        names[f"plain{number}"], names[f"scalar{number}"] = field.plain, inner.coerce_output_value
        yield f"if type({value}) in plain{number}:"
        yield f"    shown = scalar{number}({value})"
        yield f"    if shown is None or shown is Undefined: {careful}"
        yield f"    else: {value} = shown"
        yield otherwise


def _named(type_: object) -> tuple[type[Enum], dict[str, str]] | None:
    """An enum's class, and how each member is shown, by its name in Python."""
    if not isinstance(type_, GraphQLEnumType):
        return None
    members = type_.extensions[STRAWBERRY].wrapped_cls
    return members, {one._name_: type_.coerce_output_value(one) for one in members}
