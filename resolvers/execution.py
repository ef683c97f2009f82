"""From the text of a document to its answer: parsed and validated once, then executed."""

import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    execute,
    get_operation_ast,
    located_error,
    parse,
    validate,
)
from graphql.execution import Executor as CoreExecutor
from graphql.execution import (
    create_source_event_stream,
    execute_subscription_event,
    map_source_to_response_event,
)
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental
from graphql.pyutils import AwaitableOrValue

from hub.tracing import UNTRACED, Span, Tracing
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
    headers: Mapping[str, str] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """The request was never executed: its document or its variables are wrong."""

    errors: list[GraphQLError]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document that was found in order."""

    document: DocumentNode
    request: Request
    kind: OperationType

    @property
    def subscribes(self) -> bool:
        """Whether it has an answer for each event."""
        return self.kind is OperationType.SUBSCRIPTION

    @property
    def variables(self) -> dict[str, object]:
        """What the caller gave for the operation's variables."""
        return dict(self.request.variables or {})


Events = AsyncGenerator[ExecutionResult, None] | Refused
"""What subscribing gives."""


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


def _wrong_transport() -> GraphQLError:
    message = "A subscription has many answers: it can't be answered with one."
    trouble = CallerError(
        Code.BAD_REQUEST,
        message,
        "Send Accept: text/event-stream (GraphQL over SSE), or use WebSocket with the subprotocol "
        "graphql-transport-ws.",
    )
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

    def __init__(self, schema: GraphQLSchema, limits: Limits, tracing: Tracing = UNTRACED) -> None:
        self._schema = schema
        self._limits = limits
        self._tracing = tracing
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

    def operation(self, request: Request) -> Operation | Refused:
        """The operation asked for, or why it can't be run."""
        checked = self.check(request.query)
        if checked.errors or checked.document is None:
            return Refused(checked.errors)
        if longest_list(request.variables) > self._limits.lookups:
            return Refused([_too_large(f"A list holds more than {self._limits.lookups} entries.")])
        chosen = get_operation_ast(checked.document, request.operation)
        kind = OperationType.QUERY if chosen is None else chosen.operation
        return Operation(checked.document, request, kind)

    async def run(self, request: Request, context: object) -> ExecutionResult | Refused:
        """The one answer, or why there is none: a subscription is refused."""
        operation = self.operation(request)
        if isinstance(operation, Refused):
            return operation
        if operation.subscribes:
            return Refused([_wrong_transport()])
        with self._traced(operation) as span:
            answer = await self._execute(operation, context)
            span.count("errors", len(answer.errors or ()))
            return answer

    def _traced(self, operation: Operation) -> Span:
        return self._tracing.operation(operation.kind.value, operation.request.headers)

    async def _execute(self, operation: Operation, context: object) -> ExecutionResult | Refused:
        result = execute(
            self._schema,
            operation.document,
            context_value=context,
            variable_values=operation.variables,
            operation_name=operation.request.operation,
        )
        answered = result if isinstance(result, ExecutionResult) else await result
        errors = answered.errors or []
        if errors and all(error.path is None for error in errors):
            return Refused(errors)
        return answered

    async def subscribe(self, operation: Operation, make_context: Callable[[], object]) -> Events:
        """A subscription's answers, each executed with a fresh context; or why there are none."""
        core = ExecutorThrowingOnIncremental.build(
            self._schema,
            operation.document,
            context_value=make_context(),
            raw_variable_values=operation.variables,
            operation_name=operation.request.operation,
        )
        if isinstance(core, list):
            return Refused(core)
        opening = create_source_event_stream(core)
        source = await opening if isawaitable(opening) else opening
        if isinstance(source, ExecutionResult):
            return Refused(source.errors or [])
        return map_source_to_response_event(core, source, _with_fresh(make_context))

    async def answers(
        self, operation: Operation, make_context: Callable[[], object]
    ) -> AsyncGenerator[ExecutionResult | Refused, None]:
        """Every answer as it comes: one of a query or mutation, one per event of a subscription.

        A `Refused` is the last; it also tells of a subscription whose stream broke.
        """
        with self._traced(operation) as span:
            errors = 0
            async with aclosing(self._answers(operation, make_context)) as answers:
                async for answer in answers:
                    errors += len(answer.errors or ())
                    span.count("errors", errors)
                    yield answer

    async def _answers(
        self, operation: Operation, make_context: Callable[[], object]
    ) -> AsyncGenerator[ExecutionResult | Refused, None]:
        if not operation.subscribes:
            yield await self._execute(operation, make_context())
            return
        events = await self.subscribe(operation, make_context)
        if isinstance(events, Refused):
            yield events
            return
        try:
            async with aclosing(events):
                async for event in events:
                    yield event
        except Exception as trouble:  # whatever a stream raises, as it is with resolvers
            yield Refused([located_error(trouble)])


def _with_fresh(
    make_context: Callable[[], object],
) -> Callable[[CoreExecutor[Any]], AwaitableOrValue[ExecutionResult]]:
    def execute_event(event: CoreExecutor[Any]) -> AwaitableOrValue[ExecutionResult]:
        event.context_value = make_context()
        return execute_subscription_event(event)

    return execute_event
