"""Coercers written out: one generated function per type, which holds the objects inside it, too.

Each local name holds at first what was given in JSON, then what the resolvers take. Of a list of
objects with a text it looks like this:

    if type(given) is not list: given = alone(given)
    all_given = []
    for given_each in given:
        if type(given_each) is not dict: raise Unfit
        known_given_each = 1
        given_each_0 = given_each['name']
        if type(given_each_0) is not str: raise Unfit
        if len(given_each) != known_given_each: raise Unfit
        made_given_each = new(Made4)
        made_given_each.name = given_each_0
        given_each = made_given_each
        all_given.append(given_each)
    given = all_given
    return given
"""

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLString,
    Undefined,
)
from strawberry import Some

from resolvers.plan.generating import made
from resolvers.plan.inputs import Coercer, Inputs, Shape, Slot, Unfit, Unplannable

GIVEN = "given"


def coercer(inputs: Inputs, type_: GraphQLInputType) -> Coercer:
    """The coercer of a type; raises `Unplannable` for one that contains itself."""
    known = inputs.coercers.get(str(type_))
    if known is None:
        writing = _Writing(inputs)
        lines = [*writing.read(type_, GIVEN), f"return {GIVEN}"]
        known = inputs.coercers[str(type_)] = made(f"coerce({GIVEN})", lines, writing.names)
    return known


class _Writing:
    """The lines of one coercer, and what their names stand for."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self.names: dict[str, object] = {
            "Some": Some,
            "Unfit": Unfit,
            "alone": _alone,
            "new": object.__new__,
        }

    def read(self, type_: GraphQLInputType, at: str) -> Iterator[str]:
        """Coerce what a local name holds."""
        if isinstance(type_, GraphQLNonNull):
            return self._given(type_.of_type, at)
        return _under(f"if {at} is not None:", self._given(type_, at))

    def _given(self, type_: GraphQLInputType, at: str) -> Iterator[str]:
        """The same where null is refused."""
        match type_:
            case GraphQLList():
                return self._list(type_, at)
            case GraphQLInputObjectType():
                return self._object(self._inputs.shape(type_), at)
            case GraphQLScalarType() | GraphQLEnumType():
                return self._leaf(type_, at)
            case _:
                raise Unplannable(str(type_))

    def _leaf(self, type_: GraphQLScalarType | GraphQLEnumType, at: str) -> Iterator[str]:
        """Text is taken as it is."""
        if type_ is GraphQLString:
            yield f"if type({at}) is not str: raise Unfit"
            return
        coerced = f"{at} = {self._named('coerce', type_.coerce_input_value)}({at})"
        if type_ is GraphQLID:
            yield f"if type({at}) is not str: {coerced}"
            return
        yield f"if {at} is None: raise Unfit"
        yield coerced

    def _list(self, type_: GraphQLList[Any], at: str) -> Iterator[str]:
        yield f"if type({at}) is not list: {at} = alone({at})"
        yield f"all_{at} = []"
        entry = f"{at}_each"
        lines = [*self.read(type_.of_type, entry), f"all_{at}.append({entry})"]
        yield from _under(f"for {entry} in {at}:", lines)
        yield f"{at} = all_{at}"

    def _object(self, shape: Shape, at: str) -> Iterator[str]:
        yield f"if type({at}) is not dict: raise Unfit"
        yield from self._one(shape, at) if shape.one_of else self._all(shape, at)
        yield from self._made(shape, at)

    def _all(self, shape: Shape, at: str) -> Iterator[str]:
        yield f"known_{at} = {sum(slot.absent is Undefined for slot in shape.slots)}"
        for slot, local in _locals(shape, at):
            if slot.absent is Undefined:
                yield from self._slot(slot, at, local)
                continue
            lines = [f"known_{at} += 1", *self._slot(slot, at, local)]
            yield from _under(f"if {slot.name!r} in {at}:", lines)
            yield f"else: {self._left_out(slot, local)}"
        yield f"if len({at}) != known_{at}: raise Unfit"

    def _one(self, shape: Shape, at: str) -> Iterator[str]:
        yield f"if len({at}) != 1: raise Unfit"
        for number, (slot, local) in enumerate(_locals(shape, at)):
            others = [
                self._left_out(one, other) for one, other in _locals(shape, at) if one is not slot
            ]
            lines = [*self._slot(slot, at, local), *others]
            yield from _under(f"{'elif' if number else 'if'} {slot.name!r} in {at}:", lines)
        yield "else: raise Unfit"

    def _slot(self, slot: Slot, at: str, local: str) -> Iterator[str]:
        yield f"{local} = {at}[{slot.name!r}]"
        yield from self.read(slot.type, local)
        if slot.wraps:
            yield f"some_{local} = new(Some)"  # nothing but its value is in it
            yield f"some_{local}.value = {local}"
            yield f"{local} = some_{local}"

    def _left_out(self, slot: Slot, local: str) -> str:
        return f"{local} = {self._named('absent', slot.absent)}"

    def _made(self, shape: Shape, at: str) -> Iterator[str]:
        """Makes the instance; where its constructor would only set the fields, they are set directly."""
        given = [(slot.python_name, local) for slot, local in _locals(shape, at)]
        class_ = self._named("Made", shape.made)
        if not shape.is_plain:
            yield f"{at} = {class_}({', '.join(f'{name}={local}' for name, local in given)})"
            return
        yield f"made_{at} = new({class_})"
        for name, local in given:
            yield f"made_{at}.{name} = {local}"
        yield f"{at} = made_{at}"

    def _named(self, kind: str, value: object) -> str:
        name = f"{kind}{len(self.names)}"
        self.names[name] = value
        return name


def _locals(shape: Shape, at: str) -> list[tuple[Slot, str]]:
    """The slots, each with the local name of what is in it."""
    return [(slot, f"{at}_{number}") for number, slot in enumerate(shape.slots)]


def _under(head: str, lines: Iterable[str]) -> Iterator[str]:
    yield head
    yield from (f"    {line}" for line in lines)


def _alone(given: object) -> list[object]:
    """A list of one entry, which may be given without the list."""
    if isinstance(given, str | int | float | dict):
        return [given]
    raise Unfit
