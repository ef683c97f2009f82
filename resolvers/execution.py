"""From the text of a document to its answer: parsed and validated once, then executed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    execute,
    parse,
    validate,
)

from resolvers.context import Context
from resolvers.errors import CallerError, Code
from resolvers.limits import Limits

REMEMBERED = 1_000_000
"""Characters of documents remembered in all; a syntax tree takes some hundred times the memory."""
LONGEST_REMEMBERED = 20_000
IDENTIFIER = re.compile(r"[0-9]{15}")


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
    """A document, the length of its text, and what was found wrong with it."""

    length: int
    document: DocumentNode | None
    errors: list[GraphQLError]


def _text_of(checked: Checked) -> int:
    return checked.length


def _too_large(message: str) -> GraphQLError:
    trouble = CallerError(Code.TOO_LARGE, message, "Split it over several requests.")
    return GraphQLError(message, original_error=trouble)


def longest_list(value: object) -> int:
    """Entries of the longest list inside a JSON value."""
    match value:
        case list():
            return max(len(value), *map(longest_list, value), 0)
        case dict():
            return max(0, *map(longest_list, value.values()), 0)
        case _:
            return 0


class Executor:
    """Runs requests against one schema under its limits; remembers documents seen before."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._seen: LRUCache[str, Checked] = LRUCache(REMEMBERED, getsizeof=_text_of)

    def check(self, query: str) -> Checked:
        """The document, parsed and validated, from memory where it was seen before."""
        known = self._seen.get(query)
        if known is None:
            known = self._check(query)
            if len(query) <= LONGEST_REMEMBERED and not IDENTIFIER.search(query):
                self._seen[query] = known
        return known

    def _check(self, query: str) -> Checked:
        try:
            document = parse(query, max_tokens=self._limits.tokens)
        except GraphQLError as error:
            return Checked(len(query), None, [error])
        if objection := self._limits.objection(document):
            return Checked(len(query), None, [_too_large(objection)])
        return Checked(len(query), document, validate(self._schema, document, max_errors=20))

    async def run(self, request: Request, context: Context) -> ExecutionResult | Refused:
        """The answer, or why the request was not executed."""
        checked = self.check(request.query)
        if checked.errors or checked.document is None:
            return Refused(checked.errors)
        if longest_list(request.variables) > self._limits.lookups:
            return Refused([_too_large(f"A list holds more than {self._limits.lookups} entries.")])
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
