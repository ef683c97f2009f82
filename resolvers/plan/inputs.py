"""What is known of a schema's input types: the classes of their objects, and what stands where."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    get_named_type,
)
from graphql.utilities.coerce_input_value import coerce_default_value
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryMaybe, StrawberryOptional

Coercer = Callable[[Any], Any]
"""Makes of a JSON value what the resolvers take; where its type does not take it, raises whatever it
likes: graphql-core then says why."""
STRAWBERRY = "strawberry-definition"
"""Under which Strawberry leaves its own word for a type or a field."""
WRITTEN = "<string>"
"""The file of what dataclasses write themselves."""


class Unplannable(Exception):
    """The plan does not know this; graphql-core does."""


class Unfit(Exception):
    """A value that its type does not take."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of an input object: what it takes, and what stands there where it is left out."""

    name: str
    python_name: str
    type: GraphQLInputType
    wraps: bool  # a `strawberry.Maybe`: what is given arrives in a `Some`
    absent: object  # `Undefined` where it must be given


@dataclass(frozen=True, slots=True)
class Shape:
    """An input object: its class, its fields, and whether exactly one of them is to be given."""

    made: type
    one_of: bool
    slots: tuple[Slot, ...]

    @property
    def is_plain(self) -> bool:
        """Whether making one is nothing but setting its fields, by the constructor dataclasses write."""
        class_: Any = self.made  # mypy takes the methods of a class for those of an instance
        return (
            class_.__init__.__code__.co_filename == WRITTEN
            and class_.__new__ is object.__new__
            and class_.__setattr__ is object.__setattr__
            and not hasattr(class_, "__post_init__")
            and {one.name for one in fields(class_)} == {slot.python_name for slot in self.slots}
        )


class Inputs:
    """What is known of one schema's input types, each looked at once."""

    def __init__(self, schema: GraphQLSchema) -> None:
        converter = schema._strawberry_schema.schema_converter  # type: ignore[attr-defined]  # Strawberry leaves itself there
        self._registry, self._config = converter.scalar_registry, converter.config
        self._shapes: dict[str, Shape] = {}
        self.coercers: dict[str, Coercer] = {}  # by type, as they were wanted
        self._making: set[str] = set()

    def shape(self, type_: GraphQLInputObjectType) -> Shape:
        """The class and the fields of an input object; raises `Unplannable` where it contains itself."""
        if type_.name not in self._shapes:
            definition = type_.extensions[STRAWBERRY]
            if type_.name in self._making or definition.from_input is not None:
                raise Unplannable(type_.name)
            self._making.add(type_.name)
            one_of = definition.is_one_of
            slots = tuple(self._slot(name, one, one_of) for name, one in type_.fields.items())
            self._shapes[type_.name] = Shape(definition.origin, one_of, slots)
        return self._shapes[type_.name]

    def _slot(self, name: str, field: GraphQLInputField, one_of: bool) -> Slot:
        declared = field.extensions[STRAWBERRY]
        wraps = isinstance(declared.type, StrawberryMaybe)
        if wraps and isinstance(declared.type.of_type, StrawberryOptional):
            raise Unplannable(f"{name} may be null or nothing")
        inside = get_named_type(field.type)
        if isinstance(inside, GraphQLInputObjectType):
            self.shape(inside)
        type_ = not_null(field.type) if wraps or one_of else field.type
        return Slot(name, declared.python_name, type_, wraps, self._absent(field))

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
