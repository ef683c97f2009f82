"""One field of a plan: how its value is had, completed, and refused."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    located_error,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import is_awaitable
from msgspec import Struct
from strawberry.types.field import StrawberryField

from resolvers.plan.arguments import Ask, Given, Variables
from resolvers.plan.calling import Calling
from resolvers.plan.info import LightInfo, Remembered
from resolvers.plan.inputs import Unfit
from resolvers.plan.places import Place, path_of


class Running(Protocol):
    """What a field needs of the run it is executed in."""

    context: Any
    variables: Variables
    errors: list[GraphQLError]
    infos: dict["Field", LightInfo]  # what resolvers are told, the same for all objects of a field
    given: dict["Field", dict[str, Any]]  # their arguments, which are the same, too
    shown: dict[tuple["Field", object], dict[str, Any]]  # of objects that are shown alike
    later: list["Later"]  # what is put off, to be waited for with all others of its level

    @property
    def core_variables(self) -> VariableValues: ...

    def raw_info(self, field: "Field") -> GraphQLResolveInfo[Any]: ...


Complete = Callable[[Any, Place, Any], Any]
"""Makes what the answer shows of a value, given its place and the run."""
Project = Callable[[Any, Place | None, Any], dict[str, Any]]
"""Makes what the answer shows of one object of one type, given the place it is in and the run."""


class Field:
    """A field selected on one concrete type, with all that can be known of it before it is run."""

    def __init__(
        self,
        key: str,
        nodes: list[FieldNode],
        parent: GraphQLObjectType,
        definition: GraphQLField,
        strawberry: StrawberryField,
        calling: Calling,
        given: Given | None,
        ask: Ask | None,
    ) -> None:
        self.key = key
        self.nodes = nodes
        self.parent = parent
        self.definition = definition
        self.strawberry = strawberry
        self.calling = calling
        self.given = given
        self.ask = ask
        self.nullable = not isinstance(definition.type, GraphQLNonNull)
        self.remembered: Remembered = {}
        self.told_as = self  # the field whose info the first half of a resolver is told
        self.plain: set[type] = set()  # classes of values that nobody has to wait for
        self.alike: Alike | None = None  # where others show the same
        self.complete: Complete
        self.by_class: dict[type, Project]  # of the objects seen so far; none of other values

    @property
    def name(self) -> str:
        """Its name in the schema, with its type's: as graphql-core's messages call it."""
        return f"{self.parent}.{self.nodes[0].name.value}"

    def execute(self, source: object, above: Place | None, run: Running) -> object:
        """What the answer shows of the field; null for now where it has to be waited for."""
        try:
            if not self.calling.waits:
                return self.completed(self.value(source, run), above, run)
            self.wait(source, above, run)
        except Exception as trouble:  # whatever a resolver raises, as graphql-core does it
            self.failed(trouble, above, run)
        return None

    def value(self, source: object, run: Running) -> Any:
        """What the resolver gives; where its arguments don't fit, what graphql-core makes of them."""
        calling = self.calling
        try:
            given = self.arguments(run)
        except Unfit:
            return self._as_core(source, run)
        return calling.call(source, self.told(run) if calling.informed else None, given)

    def arguments(self, run: Running) -> dict[str, Any]:
        """What its resolver is given in a run; raises `Unfit` where graphql-core is to say."""
        if self.given is None:
            return {}
        known = run.given.get(self)
        if known is None:
            known = run.given[self] = self.given(run.variables)
        return known

    def told(self, run: Running) -> LightInfo:
        """What its resolver is told in a run."""
        known = run.infos.get(self)
        if known is None:
            known = run.infos[self] = LightInfo(self, run)
        return known

    def prepared(self, source: object, run: Running) -> Any:
        """The first half of a field that looks up; what is to be awaited of any other."""
        if self.ask is None:
            return self.value(source, run)
        try:
            return self.ask(source, self.told_as.told(run), run.variables)
        except Unfit:
            return self._as_core(source, run)

    def _as_core(self, source: object, run: Running) -> Any:
        resolve = self.definition.resolve
        assert resolve is not None, "Strawberry gives every field a resolver"
        given = get_argument_values(self.definition, self.nodes[0], run.core_variables)
        return resolve(source, run.raw_info(self), **given)

    def completed(self, value: object, above: Place | None, run: Running) -> Any:
        """What the answer shows of a value; null for now where it is still to come."""
        place = (above, self.key, self.nullable)
        if is_awaitable(value):
            run.later.append(Later(self, place, self.complete, value, True))
            return None
        shown = self.complete(value, place, run)
        if shown is not None:
            self.plain.add(type(value))
        return shown

    def wait(self, source: object, above: Place | None, run: Running) -> None:
        """Have the field waited for with all others of its level."""
        place = (above, self.key, self.nullable)
        run.later.append(Later(self, place, self.complete, source, False))

    def failed(self, trouble: Exception, above: Place | None, run: Running) -> None:
        """Null with an error, or the error itself where null is not allowed."""
        self.failed_at(trouble, (above, self.key, self.nullable), run)

    def failed_at(self, trouble: Exception, place: Place, run: Running) -> None:
        """The same for a place inside the field's list."""
        error = located_error(trouble, self.nodes, path_of(place))
        if not place[2]:
            raise error
        run.errors.append(error)


class Alike(NamedTuple):
    """That a field shows the same wherever a path from its object leads to the same.

    So do all fields like it, of which `first` is the first.
    """

    path: str
    first: Field


class Later(Struct, eq=False):
    """A value that has to be waited for, and where it is going to stand.

    `value` is at first the object whose field it is, or, where it has `begun`, what is to be awaited.
    """

    field: Field
    place: Place
    complete: Complete
    value: Any
    begun: bool


Selected = Field | str
"""A field, or the key under which `__typename` is wanted."""
