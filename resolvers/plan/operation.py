"""The operation of a document, as far as a plan knows what to do with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    VariableNode,
    get_operation_ast,
)

from resolvers.plan.inputs import Unplannable

CONDITIONS = ("skip", "include")
INTROSPECTION = ("__schema", "__type")


@dataclass(frozen=True, slots=True)
class Operation:
    """A query, the fragments of its document, and the variables that decide what of it is included."""

    schema: GraphQLSchema
    node: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    conditions: tuple[str, ...]
    sure: frozenset[str]  # variables that are never null

    @property
    def top(self) -> GraphQLObjectType:
        """The type of its top fields."""
        assert self.schema.query_type is not None, "every schema has queries"
        return self.schema.query_type

    @property
    def characters(self) -> int:
        """How long its document is."""
        assert self.node.loc is not None, "it was parsed from a text"
        return len(self.node.loc.source.body)


def operation_of(schema: GraphQLSchema, document: DocumentNode, name: str | None) -> Operation:
    """The query of this name, or the only one; raises `Unplannable` for anything else.

    Every selection of the document is looked at, so that nothing unknown hides in a fragment.
    """
    node = get_operation_ast(document, name)
    if node is None or node.operation is not OperationType.QUERY or node.directives:
        raise Unplannable("not one plain query")
    fragments = {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    for fragment in fragments.values():
        if fragment.variable_definitions or fragment.directives:
            raise Unplannable("a fragment with variables or directives")
    conditions: set[str] = set()
    for part in (node, *fragments.values()):
        for selection in _selections(part.selection_set.selections):
            conditions.update(_conditions(selection))
    sure = frozenset(
        one.variable.name.value
        for one in node.variable_definitions or ()
        if isinstance(one.type, NonNullTypeNode)
    )
    return Operation(schema, node, fragments, tuple(sorted(conditions)), sure)


def _selections(nodes: tuple[SelectionNode, ...]) -> Iterator[SelectionNode]:
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set:
            waiting.extend(node.selection_set.selections)


def _conditions(node: SelectionNode) -> Iterator[str]:
    """The variables in its @skip and @include; raises `Unplannable` for any other directive."""
    if isinstance(node, FieldNode) and node.name.value in INTROSPECTION:
        raise Unplannable("introspection")
    if isinstance(node, FragmentSpreadNode) and getattr(node, "arguments", None):
        raise Unplannable("a fragment with arguments")
    for directive in node.directives or ():
        if directive.name.value not in CONDITIONS:
            raise Unplannable(f"@{directive.name.value}")
        for argument in directive.arguments or ():
            if isinstance(argument.value, VariableNode):
                yield argument.value.name.value
