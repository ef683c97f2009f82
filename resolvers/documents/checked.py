"""Documents that were found in order, or not, and what runs each of their operations."""

from dataclasses import dataclass, field

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationType, get_operation_ast

from resolvers.documents.planning import Plan, Planner


@dataclass(frozen=True, slots=True)
class Chosen:
    """The operation of a document that was asked for; no plan where graphql-core is to run it."""

    kind: OperationType
    plan: Plan | None


NOT_CHOSEN = Chosen(OperationType.QUERY, None)
"""There is none of that name: graphql-core says so."""


@dataclass(slots=True)
class Checked:
    """A document and what was found wrong with it; its operations are compiled when first asked for."""

    document: DocumentNode | None
    errors: list[GraphQLError]
    chosen: dict[str | None, Chosen] = field(default_factory=dict, repr=False)

    def choose(self, schema: GraphQLSchema, planner: Planner, name: str | None) -> Chosen:
        """The operation of that name, compiled."""
        if self.document is None:
            return NOT_CHOSEN
        node = get_operation_ast(self.document, name)
        if node is None:
            return NOT_CHOSEN  # not remembered: names of none have no end
        chosen = Chosen(node.operation, planner(schema, self.document, name))
        self.chosen[name] = chosen
        return chosen
