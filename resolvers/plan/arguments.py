"""Arguments compiled from the document: what a field's resolver is given, made of the variables."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_nullable_type,
    is_leaf_type,
)
from graphql.utilities.coerce_input_value import coerce_input_literal
from strawberry import Some
from strawberry.types.base import StrawberryMaybe

from resolvers.plan.generating import made
from resolvers.plan.inputs import STRAWBERRY, Inputs, Slot, Unfit, Unplannable

Variables = Mapping[str, object]
Maker = Callable[[Variables], Any]
"""Makes a value of the coerced variables; raises `Unfit` where graphql-core would refuse it."""
Given = Callable[[Variables], dict[str, Any]]
Ask = Callable[[Any, Any, Variables], Any]
"""Calls a resolver with its object, its info, and the arguments that the variables make."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What keyword arguments are made of: values, variables that are sure to be there, and all else."""

    fixed: Mapping[str, object]
    plain: Mapping[str, str]
    makers: Mapping[str, Maker]

    def __call__(self, variables: Variables) -> dict[str, Any]:
        given = dict(self.fixed)
        for name, variable in self.plain.items():
            given[name] = variables[variable]
        for name, make in self.makers.items():
            value = make(variables)
            if value is not Undefined:
                given[name] = value
        return given


def compiled_arguments(
    inputs: Inputs, field: GraphQLField, node: FieldNode, sure: Container[str]
) -> Arguments:
    """What makes the keyword arguments of one field of a document; `sure` variables are never null."""
    nodes = {one.name.value: one.value for one in node.arguments or ()}
    fixed, plain, makers = {}, {}, {}
    for name, argument in field.args.items():
        python_name = argument.extensions[STRAWBERRY].python_name
        if isinstance(argument.extensions[STRAWBERRY].type, StrawberryMaybe):
            raise Unplannable("an argument that may be nothing")
        given_node = nodes.get(name)
        if given_node is None:
            fixed[python_name] = inputs.default(argument)
        elif isinstance(given_node, VariableNode) and given_node.name.value in sure:
            plain[python_name] = given_node.name.value
        elif is_leaf_type(get_nullable_type(argument.type)) and not isinstance(
            given_node, VariableNode
        ):
            fixed[python_name] = constant(inputs, argument.type, given_node)
        else:
            makers[python_name] = _argument(inputs, argument, given_node)
    fixed = {name: value for name, value in fixed.items() if value is not Undefined}
    return Arguments(fixed, plain, makers)


def asking(prepare: Callable[..., Any], given: Given) -> Ask:
    """What calls the first half of a resolver; one function that writes its arguments out, if it can."""
    if not isinstance(given, Arguments) or given.makers:
        return lambda source, info, variables: prepare(source, info, **given(variables))
    names: dict[str, object] = {"prepare": prepare}
    written = []
    for number, (name, value) in enumerate(given.fixed.items()):
        names[f"fixed{number}"] = value
        written.append(f"{name}=fixed{number}")
    for number, (name, variable) in enumerate(given.plain.items()):
        names[f"variable{number}"] = variable
        written.append(f"{name}=variables[variable{number}]")
    line = f"return prepare(source, info, {', '.join(written)})"
    return made("ask(source, info, variables)", [line], names)


def _argument(inputs: Inputs, argument: GraphQLArgument, node: ValueNode) -> Maker:
    default = inputs.default(argument)
    required = isinstance(argument.type, GraphQLNonNull) and default is Undefined
    make = _value(inputs, argument.type, node)
    if not isinstance(node, VariableNode) or required:
        return make
    name = node.name.value
    return lambda variables: make(variables) if name in variables else default


def constant(inputs: Inputs, type_: GraphQLInputType, node: ValueNode) -> object:
    """The value of a literal without variables."""
    return _value(inputs, type_, node)({})


def _constant(value: object) -> Maker:
    return lambda _: value


def _value(inputs: Inputs, type_: GraphQLInputType, node: ValueNode) -> Maker:
    if isinstance(node, VariableNode):
        return _variable(node.name.value, isinstance(type_, GraphQLNonNull))
    if isinstance(type_, GraphQLNonNull):
        if isinstance(node, NullValueNode):
            raise Unplannable("a null where a value may only be left out")
        return _value(inputs, type_.of_type, node)
    if isinstance(node, NullValueNode):
        return _constant(None)
    match type_:
        case GraphQLList():
            return _list(inputs, type_, node)
        case GraphQLInputObjectType() if isinstance(node, ObjectValueNode):
            return _object(inputs, type_, node)
        case GraphQLScalarType() | GraphQLEnumType() if not isinstance(
            node, ListValueNode | ObjectValueNode
        ):
            return _leaf(type_, node)
        case _:
            raise Unplannable(f"a literal of {type_}")


def _variable(name: str, required: bool) -> Maker:
    def make(variables: Variables) -> object:
        value = variables.get(name)
        if value is None and (required or name not in variables):
            raise Unfit
        return value

    return make


def _leaf(type_: GraphQLScalarType | GraphQLEnumType, node: ValueNode) -> Maker:
    value = coerce_input_literal(node, type_)
    if value is Undefined:
        raise Unplannable(f"a literal that is no {type_}")
    return _constant(value)


def _list(inputs: Inputs, type_: GraphQLList[Any], node: ValueNode) -> Maker:
    nodes = node.values if isinstance(node, ListValueNode) else (node,)
    makers = [_item(inputs, type_.of_type, one) for one in nodes]
    return lambda variables: [make(variables) for make in makers]


def _item(inputs: Inputs, type_: GraphQLInputType, node: ValueNode) -> Maker:
    """An entry of a list, where a variable that is left out is null."""
    make = _value(inputs, type_, node)
    if not isinstance(node, VariableNode) or isinstance(type_, GraphQLNonNull):
        return make
    name = node.name.value
    return lambda variables: variables.get(name)


def _object(inputs: Inputs, type_: GraphQLInputObjectType, node: ObjectValueNode) -> Maker:
    shape = inputs.shape(type_)
    nodes = {one.name.value: one.value for one in node.fields}
    class_, one_of = shape.made, shape.one_of
    if one_of and len(nodes) != 1:
        raise Unplannable(f"not one field of {type_}")
    makers = [(slot.python_name, _slot(inputs, slot, nodes, one_of)) for slot in shape.slots]
    return lambda variables: class_(**{name: make(variables) for name, make in makers})


def _slot(inputs: Inputs, slot: Slot, nodes: Mapping[str, ValueNode], one_of: bool) -> Maker:
    node = nodes.get(slot.name)
    if node is None:
        return _constant(slot.absent)
    value = _value(inputs, slot.type, node)
    make = _in_some(value) if slot.wraps else value
    if not isinstance(node, VariableNode) or one_of or slot.absent is Undefined:
        return make
    name, absent = node.name.value, slot.absent
    return lambda variables: make(variables) if name in variables else absent


def _in_some(make: Maker) -> Maker:
    return lambda variables: Some(make(variables))
