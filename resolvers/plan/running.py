"""One run of a plan: the answer as it grows, what went wrong, and what is waited for.

Whatever answers at once is executed depth first, as graphql-core does it; what has to be waited for is put
off, and all of a level is waited for together, its lookups in one call.
"""

import asyncio
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLResolveInfo, located_error
from graphql.execution.values import VariableValues, get_variable_values
from graphql.pyutils import Path, gather_with_cancel, is_awaitable
from graphql.type.definition import GraphQLResolveInfoHelpers

from resolvers.plan.arguments import Variables
from resolvers.plan.asked import Asked
from resolvers.plan.completing import leave
from resolvers.plan.fields import Field, Later, Selected
from resolvers.plan.info import LightInfo
from resolvers.plan.operation import Operation
from resolvers.plan.places import Place, path_of
from resolvers.plan.selecting import Compiled


class Run:
    """One execution of a plan: its variables as given and as the resolvers take them, what is selected."""

    context: Any

    def __init__(
        self, operation: Operation, raw: Variables, variables: Variables, selection: Compiled
    ) -> None:
        self.variables = variables
        self.selection = selection
        self.errors: list[GraphQLError] = []
        self.infos: dict[Field, LightInfo] = {}
        self.given: dict[Field, dict[str, Any]] = {}
        self.shown: dict[tuple[Field, object], dict[str, Any]] = {}
        self.later: list[Later] = []
        self._operation = operation
        self._raw = raw
        self._data: dict[str, Any] | None = None

    async def answer(self, context: object) -> ExecutionResult:
        """The same data and errors that graphql-core would give in a request's context; asked once."""
        self.context = context
        try:
            self._begin_all(self.selection.top)
            while self.later:
                begun = self._begun()
                asked = [one for one in begun if type(one.value) is Asked]
                if len(asked) == len(begun):
                    await self._look_up(asked)
                else:
                    await self._wait_for_all(begun, asked)
                for one in begun:
                    self._settle(one)
            return ExecutionResult(self._data, self.errors or None)
        finally:
            self.infos.clear()  # run and infos know each other: no garbage is to be collected

    def _begin_all(self, fields: Sequence[Selected]) -> None:
        data: dict[str, object] = {}
        try:
            for field in fields:
                if isinstance(field, str):
                    data[field] = self._operation.top.name
                elif field.calling.waits:
                    data[field.key] = None
                    field.wait(None, None, self)
                else:
                    data[field.key] = field.execute(None, None, self)
        except GraphQLError as error:
            leave(one.value for one in self.later)
            self.later = []
            self.errors.append(error)
        else:
            self._data = data

    def _begun(self) -> list[Later]:
        """Begin all that was put off: a level. What it leads to is the next one."""
        later, self.later = self.later, []
        begun: list[Later] = []
        for one in later:
            if self._holder(one.place) is None:  # it stands nowhere in the answer any more
                leave([one.value])
            elif one.begun or self._begin(one):
                begun.append(one)
        if self._data is not None:
            return begun
        leave(one.value for one in begun)
        return []

    async def _wait_for_all(self, begun: Sequence[Later], asked: Sequence[Later]) -> None:
        """Wait for a level in which not every field looks up."""
        awaited = [one for one in begun if type(one.value) is not Asked and is_awaitable(one.value)]
        if awaited:
            await asyncio.gather(self._look_up(asked), _await_all(awaited))
        else:
            await self._look_up(asked)

    def _begin(self, one: Later) -> bool:
        """Have what is to be awaited, or looked up; tells whether there is more to do."""
        try:
            one.value = one.field.prepared(one.value, self)
        except Exception as trouble:  # whatever a resolver raises, as graphql-core does it
            self._fail(one, trouble)
            return False
        return True

    async def _look_up(self, asked: Sequence[Later]) -> None:
        """Give every field that looks up its value, from one call; or why there is none."""
        if len(asked) == 1:
            lookups = asked[0].value.lookups
        else:
            lookups = [lookup for one in asked for lookup in one.value.lookups]
        try:
            outcomes = await self.context.disclose(lookups) if lookups else []
        except Exception as trouble:  # whatever the hub raises: every one of them has failed
            for one in asked:
                one.value = trouble
            return
        end = 0
        for one in asked:
            begin, end = end, end + len(one.value.lookups)
            try:
                one.value = one.value.finish(outcomes[begin:end])
            except Exception as trouble:  # whatever a resolver raises, as graphql-core does it
                one.value = trouble

    def _settle(self, one: Later) -> None:
        holder = self._holder(one.place)
        if holder is None:  # what it would stand in was nulled meanwhile
            return
        project = one.field.by_class.get(type(one.value)) or one.complete
        try:
            holder[one.place[1]] = project(one.value, one.place, self)
        except Exception as trouble:  # whatever a resolver raises, as graphql-core does it
            self._fail(one, trouble)

    def _fail(self, one: Later, trouble: Exception) -> None:
        """Note the error, and null the nearest place around that may be null."""
        if self._holder(one.place) is None:
            return
        self.errors.append(located_error(trouble, one.field.nodes, path_of(one.place)))
        place: Place | None = one.place
        while place is not None and not place[2]:
            place = place[0]
        if place is None:
            self._data = None
        else:
            self._put(place, None)

    def _put(self, place: Place, shown: object) -> None:
        holder = self._holder(place)
        if holder is not None:
            holder[place[1]] = shown

    def _holder(self, place: Place) -> Any:
        """The object or list a place is in; none where something around it is null."""
        above = place[0]
        if above is None:
            return self._data
        holder = self._holder(above)
        return None if holder is None else holder[above[1]]

    def raw_info(self, field: Field) -> GraphQLResolveInfo[Any]:
        """What graphql-core tells a resolver; of the path it knows the last step, the field's own."""
        operation = self._operation
        return GraphQLResolveInfo(
            field.nodes[0].name.value,
            field.nodes,
            field.definition.type,
            field.parent,
            Path(None, field.key, field.parent.name),
            operation.schema,
            dict(operation.fragments),
            None,
            operation.node,
            self.core_variables,
            self.context,
            is_awaitable,
            None,
            GraphQLResolveInfoHelpers(lambda them: gather_with_cancel(*them), lambda _: None),
        )

    @cached_property
    def core_variables(self) -> VariableValues:
        """The variables as graphql-core coerces them."""
        definitions = self._operation.node.variable_definitions or ()
        values = get_variable_values(self._operation.schema, definitions, dict(self._raw))
        assert isinstance(values, VariableValues), "the plan has coerced them already"
        return values


async def _await_all(awaited: Sequence[Later]) -> None:
    """Await them side by side; each gets its value, or the exception it ended in."""
    values = await asyncio.gather(*(one.value for one in awaited), return_exceptions=True)
    for one, value in zip(awaited, values, strict=True):
        if isinstance(value, BaseException) and not isinstance(value, Exception):
            raise value
        one.value = value
