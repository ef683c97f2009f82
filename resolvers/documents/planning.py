"""What compiles a document to a plan, and what a plan does, as far as its user needs to know."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from graphql import DocumentNode, ExecutionResult, GraphQLSchema


class Run(Protocol):
    """A plan with the variables of one request."""

    def answer(self, context: object, /) -> Awaitable[ExecutionResult]:
        """The answer that graphql-core would give in this context; asked for once."""
        ...


class Plan(Protocol):
    """One operation of a document, compiled."""

    def bound(self, variables: Mapping[str, object], /) -> Run | None:
        """What runs it with these variables; none where graphql-core is to run, and to refuse."""
        ...


Planner = Callable[[GraphQLSchema, DocumentNode, str | None], Plan | None]
"""Compiles an operation; none where graphql-core is to run it."""


def unplanned(_schema: GraphQLSchema, _document: DocumentNode, _operation: str | None) -> None:
    """Leaves every operation to graphql-core."""
