"""From the text of a document to its answer: parsed and validated once, then executed."""

from collections.abc import Mapping
from dataclasses import dataclass

from cachetools import LRUCache
from graphql import (
    ASTValidationRule,
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    execute,
    parse,
    specified_rules,
    validate,
)

from resolvers.context import Context
from resolvers.limits import Limits

REMEMBERED_DOCUMENTS = 2048
LONGEST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Request:
    """One GraphQL request as it came in."""

    query: str
    variables: Mapping[str, object] | None
    operation: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """The request was never executed: its document or its variables are wrong."""

    errors: list[GraphQLError]


@dataclass(frozen=True, slots=True)
class Checked:
    """A document, and what validation found wrong with it."""

    document: DocumentNode | None
    errors: list[GraphQLError]


class Executor:
    """Runs requests against one schema under its limits; remembers documents seen before."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._tokens = limits.tokens
        self._limits: tuple[type[ASTValidationRule], ...] = limits.rules()
        self._seen: LRUCache[str, Checked] = LRUCache(REMEMBERED_DOCUMENTS)

    def check(self, query: str) -> Checked:
        """The document, parsed and validated, from memory where it was seen before."""
        known = self._seen.get(query)
        if known is None:
            known = self._check(query)
            if len(query) <= LONGEST_REMEMBERED:
                self._seen[query] = known
        return known

    def _check(self, query: str) -> Checked:
        try:
            document = parse(query, max_tokens=self._tokens)
        except GraphQLError as error:
            return Checked(None, [error])
        # The limits count on a valid document: on undefined fragments their rules fall over.
        for rules in (specified_rules, self._limits):
            if errors := validate(self._schema, document, rules, max_errors=20):
                return Checked(document, errors)
        return Checked(document, [])

    async def run(self, request: Request, context: Context) -> ExecutionResult | Refused:
        """The answer, or why the request was not executed."""
        checked = self.check(request.query)
        if checked.errors or checked.document is None:
            return Refused(checked.errors)
        result = execute(
            self._schema,
            checked.document,
            context_value=context,
            variable_values=dict(request.variables or {}),
            operation_name=request.operation,
        )
        answered = result if isinstance(result, ExecutionResult) else await result
        errors = answered.errors or []
        if errors and all(error.path is None for error in errors):
            return Refused(errors)
        return answered
