"""What compiles a document to a plan, and what a plan does, as far as its user needs to know."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from graphql import DocumentNode, ExecutionResult, GraphQLSchema


class Plan(Protocol):
    """One operation of a document, compiled."""

    def bound(self, variables: Mapping[str, object], /) -> Any | None:
        """The variables as the plan wants them; none where graphql-core is to run, and to refuse."""
        ...

    def run(self, bound: Any, context: Any, /) -> Awaitable[ExecutionResult]:
        """The answer that graphql-core would give."""
        ...


Planner = Callable[[GraphQLSchema, DocumentNode, str | None], Plan | None]
"""Compiles an operation; none where graphql-core is to run it."""


def unplanned(_schema: GraphQLSchema, _document: DocumentNode, _operation: str | None) -> None:
    """Leaves every operation to graphql-core."""
