"""What a query selects, as far as it is known which of its conditions hold: compiled as types are met."""

from collections.abc import Mapping, Sequence

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import (
    FieldDetails,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from resolvers.plan.arguments import Given, Variables, asking, compiled_arguments
from resolvers.plan.calling import Calling, calling_of
from resolvers.plan.completing import complete_with
from resolvers.plan.fields import Alike, Field, Project, Selected
from resolvers.plan.growing import Growth
from resolvers.plan.inputs import STRAWBERRY, Inputs, Unfit, Unplannable
from resolvers.plan.operation import Operation
from resolvers.plan.projecting import projection

Chosen = Mapping[str, Sequence[FieldDetails]]
TYPENAME = "__typename"


class Compiled:
    """The fields of a query under given conditions, and a projection for every type it meets."""

    def __init__(
        self, operation: Operation, inputs: Inputs, held: Mapping[str, bool], growth: Growth
    ) -> None:
        self.characters = operation.characters
        self._operation = operation
        self._inputs = inputs
        self._growth = growth
        self._fragments = {
            name: FragmentDetails(fragment) for name, fragment in operation.fragments.items()
        }
        self._held = VariableValues({}, dict(held))
        self._seen: dict[tuple[object, ...], Project] = {}
        self._first: dict[tuple[object, ...], Field] = {}  # of those that show the same
        self.top: list[Selected] = self._top()

    def _top(self) -> list[Selected]:
        one = self._operation
        chosen = collect_fields(one.schema, self._fragments, self._held, one.top, one.node)
        return self._fields(one.top, chosen.grouped_field_set)

    def of(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> Project:
        """The projection of what some fields select of a type; the same fields share one."""
        chosen = self._chosen(type_, nodes)
        same = tuple((key, *(id(one.node) for one in them)) for key, them in chosen.items())
        known = self._seen.get((type_.name, *same))
        if known is None:
            known = projection(type_.name, self._fields(type_, chosen))
            self._seen[(type_.name, *same)] = known
            self._growth.by(self, len(chosen))
        return known

    def forget(self) -> None:
        """Know nothing of the types that were met; a run that has begun goes on with what it has."""
        self._seen.clear()
        self._first.clear()
        self.top = self._top()

    def _chosen(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> Chosen:
        return collect_subfields(
            self._operation.schema,
            self._fragments,
            self._held,
            self._operation.node,
            type_,
            [FieldDetails(node, None) for node in nodes],
        ).grouped_field_set

    def _fields(self, type_: GraphQLObjectType, chosen: Chosen) -> list[Selected]:
        fields = [
            self._field(type_, key, [one.node for one in details])
            for key, details in chosen.items()
        ]
        _tell_alike(fields)
        return fields

    def _field(self, parent: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Selected:
        name = nodes[0].name.value
        if name == TYPENAME:
            return key
        definition = parent.fields[name]
        strawberry = definition.extensions[STRAWBERRY]
        calling = calling_of(strawberry)
        given = self._given(calling, definition, nodes[0])
        ask = asking(calling.prepare, given) if calling.prepare and given else None
        field = Field(key, nodes, parent, definition, strawberry, calling, given, ask)
        field.alike = self._alike(field)
        complete_with(field, self)
        return field

    def _alike(self, field: Field) -> Alike | None:
        """Where others show the same: only where all that is selected below is plainly its object's."""
        direct, type_ = field.calling.direct, get_nullable_type(field.definition.type)
        if direct is None or direct.same_for is None or not isinstance(type_, GraphQLObjectType):
            return None
        chosen = self._chosen(type_, field.nodes).items()
        shown = tuple((key, them[0].node.name.value) for key, them in chosen)
        if not all(name == TYPENAME or _plain(type_.fields[name]) for _, name in shown):
            return None
        first = self._first.setdefault((direct.function, type_.name, *shown), field)
        return Alike(direct.same_for, first)

    def _given(self, calling: Calling, definition: GraphQLField, node: FieldNode) -> Given | None:
        if not calling.known:
            return _unfit
        if not definition.args:
            return None
        try:
            return compiled_arguments(self._inputs, definition, node, self._operation.sure)
        except Unplannable:
            return _unfit


def _plain(field: GraphQLField) -> bool:
    """Whether it shows a value that its object gives alone."""
    calling = calling_of(field.extensions[STRAWBERRY])
    alone = calling.direct is not None and not calling.informed and not calling.waits
    return alone and is_leaf_type(get_nullable_type(field.type))


def _tell_alike(fields: Sequence[Selected]) -> None:
    """Let fields that look up be told alike where they differ in nothing but alias and arguments."""
    first: dict[tuple[str, ...], Field] = {}
    for field in fields:
        if isinstance(field, Field) and field.calling.prepare is not None:
            key = (field.name, *[_written_below(node) for node in field.nodes])
            field.told_as = first.setdefault(key, field)


def _written_below(node: FieldNode) -> str:
    """What a field selects, as it is written."""
    below = node.selection_set and node.selection_set.loc
    return "" if not below else below.source.body[below.start : below.end]


def _unfit(_: Variables) -> dict[str, object]:
    """Leaves the field to graphql-core's way of calling it."""
    raise Unfit
