"""From a request to its answer: by the plan of its document where there is one, else by graphql-core."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

import msgspec
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    execute,
    located_error,
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
from resolvers.documents.documents import Documents, Lifting, Written, too_large
from resolvers.documents.planning import Plan, Planner, unplanned
from resolvers.documents.trusted import Named, Trusted, none_registered, status_of
from resolvers.errors import CallerError, Code
from resolvers.limits import Limits

MANY = 1 << 62


class Request(msgspec.Struct, frozen=True, gc=False):
    """One GraphQL request as it came in: with the text of a document, or what names it, or both.

    No list in it has more than `entries`.
    """

    query: str | None
    variables: Mapping[str, object] | None
    operation: str | None
    headers: Mapping[str, str] | None = None
    entries: int = MANY
    named: Named | None = None

    def __repr__(self) -> str:
        return f"Request(operation={self.operation!r}, named={self.named!r})"


@dataclass(frozen=True, slots=True)
class Refused:
    """The request was never executed: its document or its variables are wrong."""

    errors: list[GraphQLError]
    status: int = 400


class Operation(msgspec.Struct, frozen=True):
    """One operation of a document that was found in order."""

    document: DocumentNode
    request: Request
    kind: OperationType
    plan: Plan | None = None
    lifting: Lifting | None = None

    @property
    def subscribes(self) -> bool:
        """Whether it has an answer for each event."""
        return self.kind is OperationType.SUBSCRIPTION

    @property
    def variables(self) -> Mapping[str, object]:
        """What the caller gave for the operation's variables, and the literals of its text."""
        given = self.request.variables or {}
        return given if self.lifting is None else {**given, **self.lifting.values}

    def answered(self, answer: ExecutionResult) -> ExecutionResult:
        """The answer as the text has it that was sent."""
        return self.lifting.placed(answer) if self.lifting and answer.errors else answer


Events = AsyncGenerator[ExecutionResult, None] | Refused
"""What subscribing gives."""


def _wrong_transport() -> GraphQLError:
    message = "A subscription has many answers: it can't be answered with one."
    trouble = CallerError(
        Code.BAD_REQUEST,
        message,
        "Send Accept: text/event-stream (GraphQL over SSE), or use WebSocket with the subprotocol "
        "graphql-transport-ws.",
    )
    return GraphQLError(message, original_error=trouble)


async def _there(refused: Refused) -> Refused:
    return refused


def longest_list(value: object) -> int:
    """Entries of the longest list inside a JSON value."""
    longest, within = 0, [value]
    while within:
        one = within.pop()
        if isinstance(one, list):
            longest = max(longest, len(one))
            within += one
        elif isinstance(one, dict):
            within += one.values()
    return longest


class Executor:
    """Runs requests against one schema under its limits; what the planner compiles, by its plan."""

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits,
        tracing: Tracing = UNTRACED,
        planner: Planner = unplanned,
        registered: Callable[[], Mapping[str, str]] = none_registered,
        strict: bool = False,
    ) -> None:
        self._schema = schema
        self._limits = limits
        self._tracing = tracing
        self._documents = Documents(schema, limits, planner)
        self._trusted = Trusted(self._documents, registered, strict)

    def operation(self, request: Request) -> Operation | Refused:
        """The operation asked for, or why it can't be run."""
        text = request.query
        if request.named is not None or text is None or self._trusted.strict:
            found = self._trusted.text(text, request.named)
            if isinstance(found, GraphQLError):
                return Refused([found], status_of(found))
            text = found
        return self._operation(request, self._documents.read(text))

    def _operation(self, request: Request, written: Written) -> Operation | Refused:
        document = written.checked.document
        if written.checked.errors or document is None:
            return Refused(written.checked.errors)
        most = self._limits.lookups
        if request.entries > most and longest_list(request.variables) > most:
            return Refused([too_large(f"A list holds more than {most} entries.")])
        chosen = self._documents.chosen(written, request.operation)
        return Operation(document, request, chosen.kind, chosen.plan, written.lifting)

    def _as_written(self, operation: Operation, lifting: Lifting) -> Operation | Refused:
        """The operation with its literals in it: whatever is wrong with them is told as they stand."""
        return self._operation(operation.request, self._documents.read_as_written(lifting.text))

    def run(self, request: Request, context: object) -> Awaitable[ExecutionResult | Refused]:
        """The one answer, or why there is none: a subscription is refused."""
        operation = self.operation(request)
        if isinstance(operation, Refused):
            return _there(operation)
        if operation.plan is None and operation.subscribes:
            return _there(Refused([_wrong_transport()]))
        if self._tracing is UNTRACED:
            return self._execute(operation, context)
        return self._execute_traced(operation, context)

    async def _execute_traced(
        self, operation: Operation, context: object
    ) -> ExecutionResult | Refused:
        with self._traced(operation) as span:
            answer = await self._execute(operation, context)
            span.count("errors", len(answer.errors or ()))
            return answer

    def _traced(self, operation: Operation) -> Span:
        return self._tracing.operation(operation.kind.value, operation.request.headers)

    def _execute(
        self, operation: Operation, context: object
    ) -> Awaitable[ExecutionResult | Refused]:
        run = None if operation.plan is None else operation.plan.bound(operation.variables)
        answer: Awaitable[ExecutionResult | Refused] = (
            self._execute_by_core(operation, context) if run is None else run.answer(context)
        )
        if operation.lifting is None:
            return answer
        return self._as_sent(operation, operation.lifting, answer, context)

    async def _as_sent(
        self,
        operation: Operation,
        lifting: Lifting,
        answer: Awaitable[ExecutionResult | Refused],
        context: object,
    ) -> ExecutionResult | Refused:
        """An answer to a text without its literals, as the text has it that was sent."""
        answered = await answer
        if isinstance(answered, Refused):
            whole = self._as_written(operation, lifting)
            return whole if isinstance(whole, Refused) else await self._execute(whole, context)
        return operation.answered(answered)

    async def _execute_by_core(
        self, operation: Operation, context: object
    ) -> ExecutionResult | Refused:
        result = execute(
            self._schema,
            operation.document,
            context_value=context,
            variable_values=dict(operation.variables),
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
            raw_variable_values=dict(operation.variables),
            operation_name=operation.request.operation,
        )
        if isinstance(core, list):
            return await self._subscribe_as_written(operation, core, make_context)
        opening = create_source_event_stream(core)
        source = await opening if isawaitable(opening) else opening
        if isinstance(source, ExecutionResult):
            return Refused(operation.answered(source).errors or [])
        events = map_source_to_response_event(core, source, _with_fresh(make_context))
        return events if operation.lifting is None else _answered(operation, events)

    async def _subscribe_as_written(
        self,
        operation: Operation,
        errors: list[GraphQLError],
        make_context: Callable[[], object],
    ) -> Events:
        """What is wrong with a subscription's variables, told of the text as it was sent."""
        if operation.lifting is None:
            return Refused(errors)
        whole = self._as_written(operation, operation.lifting)
        return whole if isinstance(whole, Refused) else await self.subscribe(whole, make_context)

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


async def _answered(
    operation: Operation, events: AsyncGenerator[ExecutionResult, None]
) -> AsyncGenerator[ExecutionResult, None]:
    async with aclosing(events):
        async for event in events:
            yield operation.answered(event)
