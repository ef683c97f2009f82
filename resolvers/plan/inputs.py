"""Coercers compiled from input types: a JSON value becomes what the resolvers take, in one step.

A coercer raises, whatever it likes, where its type does not take the value; graphql-core then says why.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    Undefined,
)
from graphql.utilities.coerce_input_value import coerce_default_value
from strawberry import Some
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryMaybe, StrawberryOptional

from resolvers.plan.generating import made

Coercer = Callable[[Any], Any]
STRAWBERRY = "strawberry-definition"
"""Under which Strawberry leaves its own word for a type or a field."""
TEXT = frozenset({"String", "ID"})
WRITTEN = "<string>"
"""The file of what dataclasses write themselves."""


class Unplannable(Exception):
    """The plan does not know this; graphql-core does."""


class Unfit(Exception):
    """A value that its type does not take."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of an input object: how it is read, and what stands there where it is left out."""

    name: str
    python_name: str
    type: GraphQLInputType
    coerce: Coercer
    wraps: bool  # a `strawberry.Maybe`: what is given arrives in a `Some`
    absent: object  # `Undefined` where it must be given


@dataclass(frozen=True, slots=True)
class Shape:
    """An input object: its class, its fields, and whether exactly one of them is to be given."""

    made: type
    one_of: bool
    slots: tuple[Slot, ...]


class Inputs:
    """What is known of one schema's input types, each looked at once."""

    def __init__(self, schema: GraphQLSchema) -> None:
        converter = schema._strawberry_schema.schema_converter  # type: ignore[attr-defined]  # Strawberry leaves itself there
        self._registry, self._config = converter.scalar_registry, converter.config
        self._shapes: dict[str, Shape] = {}
        self._coercers: dict[str, Coercer] = {}
        self._making: set[str] = set()

    def coercer(self, type_: GraphQLInputType) -> Coercer:
        """The coercer of a type; raises `Unplannable` for one that contains itself."""
        if isinstance(type_, GraphQLNonNull):
            return _never_null(self._of(type_.of_type), type_.of_type)
        inner = self._of(type_)
        return lambda given: None if given is None else inner(given)

    def _of(self, type_: GraphQLInputType) -> Coercer:
        match type_:
            case GraphQLList():
                return _each(self.coercer(type_.of_type))
            case GraphQLInputObjectType():
                return self._object(type_)
            case GraphQLScalarType():
                return _text if type_.name == "String" else type_.coerce_input_value
            case GraphQLEnumType():
                return type_.coerce_input_value
            case _:
                raise Unplannable(str(type_))

    def _object(self, type_: GraphQLInputObjectType) -> Coercer:
        if type_.name not in self._coercers:
            self._coercers[type_.name] = _generated(self.shape(type_))
        return self._coercers[type_.name]

    def shape(self, type_: GraphQLInputObjectType) -> Shape:
        """The class and the fields of an input object."""
        if type_.name not in self._shapes:
            definition = type_.extensions[STRAWBERRY]
            if type_.name in self._making or definition.from_input is not None:
                raise Unplannable(type_.name)
            self._making.add(type_.name)
            slots = tuple(self._slot(name, one) for name, one in type_.fields.items())
            self._shapes[type_.name] = Shape(definition.origin, definition.is_one_of, slots)
        return self._shapes[type_.name]

    def _slot(self, name: str, field: GraphQLInputField) -> Slot:
        declared = field.extensions[STRAWBERRY]
        wraps = isinstance(declared.type, StrawberryMaybe)
        if wraps and isinstance(declared.type.of_type, StrawberryOptional):
            raise Unplannable(f"{name} may be null or nothing")
        coerce = self.coercer(not_null(field.type) if wraps else field.type)
        return Slot(name, declared.python_name, field.type, coerce, wraps, self._absent(field))

    def _absent(self, field: GraphQLInputField) -> object:
        declared = field.extensions[STRAWBERRY]
        default = self.default(field)
        if default is not Undefined or isinstance(field.type, GraphQLNonNull):
            return default
        if declared.default_factory is not MISSING:
            raise Unplannable(f"{declared.python_name} is made anew whenever it is left out")
        return None if declared.default is MISSING else declared.default

    def default(self, declared: GraphQLArgument | GraphQLInputField) -> object:
        """The declared default as the resolvers take it; `Undefined` where there is none."""
        value = coerce_default_value(declared)
        if value is Undefined:
            return Undefined
        type_ = declared.extensions[STRAWBERRY].type
        return convert_argument(value, type_, self._registry, self._config)


def not_null(type_: GraphQLInputType) -> GraphQLInputType:
    """The type without null."""
    return type_ if isinstance(type_, GraphQLNonNull) else GraphQLNonNull(type_)


def _text(given: object) -> str:
    if type(given) is not str:
        raise Unfit
    return given


def _never_null(inner: Coercer, type_: GraphQLInputType) -> Coercer:
    """The coercer itself where it refuses null by itself, as text and objects do."""
    if isinstance(type_, GraphQLInputObjectType) or inner is _text:
        return inner

    def coerce(given: object) -> object:
        if given is None:
            raise Unfit
        return inner(given)

    return coerce


def _each(inner: Coercer) -> Coercer:
    def coerce(given: object) -> list[object]:
        if type(given) is list:
            return list(map(inner, given))
        if isinstance(given, str | int | float | dict):
            return [inner(given)]
        raise Unfit

    return coerce


def _generated(shape: Shape) -> Coercer:
    """One function per input object: reads its fields out of a dict and makes the instance."""
    names: dict[str, object] = {"Made": shape.made, "Some": Some, "Unfit": Unfit}
    names["new"] = object.__new__
    for number, slot in enumerate(shape.slots):
        names[f"coerce{number}"], names[f"absent{number}"] = slot.coerce, slot.absent
    lines = _lines_of_one(shape) if shape.one_of else _lines_of_all(shape)
    return made("coerce(given)", ["if type(given) is not dict: raise Unfit", *lines], names)


def _lines_of_all(shape: Shape) -> Iterator[str]:
    required = [slot for slot in shape.slots if slot.absent is Undefined]
    yield f"known = {len(required)}"
    for number, slot in enumerate(shape.slots):
        if slot in required:
            yield from _lines_of_slot(number, slot)
        else:
            yield f"if {slot.name!r} in given:"
            yield "    known += 1"
            yield from (f"    {line}" for line in _lines_of_slot(number, slot))
            yield f"else: value{number} = absent{number}"
    yield "if len(given) != known: raise Unfit"
    yield from _made(shape, [f"value{number}" for number, _ in enumerate(shape.slots)])


def _lines_of_slot(number: int, slot: Slot) -> Iterator[str]:
    """Text is taken as it is; everything else goes through its coercer."""
    yield f"value = given[{slot.name!r}]"
    if str(slot.type).rstrip("!") in TEXT and not slot.wraps:
        yield f"value{number} = value if type(value) is str else coerce{number}(value)"
    else:
        yield f"value{number} = {_wrapped(slot, f'coerce{number}(value)')}"


def _lines_of_one(shape: Shape) -> Iterator[str]:
    yield "if len(given) != 1: raise Unfit"
    for number, slot in enumerate(shape.slots):
        read = _wrapped(slot, f"coerce{number}(value)")
        values = [
            read if one is slot else f"absent{other}" for other, one in enumerate(shape.slots)
        ]
        yield f"if {slot.name!r} in given:"
        yield f"    value = given[{slot.name!r}]"
        yield "    if value is None: raise Unfit"
        yield from (f"    {line}" for line in _made(shape, values))
    yield "raise Unfit"


def _made(shape: Shape, values: Sequence[str]) -> Iterator[str]:
    """Makes the instance; where its constructor would only set the fields, they are set directly."""
    given = [(slot.python_name, value) for slot, value in zip(shape.slots, values, strict=True)]
    if not _is_plain(shape):
        yield f"return Made({', '.join(f'{name}={value}' for name, value in given)})"
        return
    yield "made = new(Made)"
    for name, value in given:
        yield f"made.{name} = {value}"
    yield "return made"


def _is_plain(shape: Shape) -> bool:
    """Whether making one is nothing but setting its fields, by the constructor dataclasses write."""
    class_: Any = shape.made  # mypy takes the methods of a class for those of an instance
    return (
        class_.__init__.__code__.co_filename == WRITTEN
        and class_.__new__ is object.__new__
        and class_.__setattr__ is object.__setattr__
        and not hasattr(class_, "__post_init__")
        and {one.name for one in fields(class_)} == {slot.python_name for slot in shape.slots}
    )


def _wrapped(slot: Slot, read: str) -> str:
    return f"Some({read})" if slot.wraps else read
