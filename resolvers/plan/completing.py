"""What the answer shows of a value, by its type: the rules of graphql-core, chosen once per field."""

from collections.abc import Iterable
from inspect import iscoroutine
from types import SimpleNamespace
from typing import Any, Protocol

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLUnionType,
    Undefined,
    is_leaf_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import inspect, is_awaitable, is_iterable

from resolvers.plan.fields import Complete, Field, Later, Project, Running
from resolvers.plan.inputs import STRAWBERRY
from resolvers.plan.places import Place


class Projections(Protocol):
    """Gives the projection of what some fields select of a type."""

    def of(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> Project: ...


def complete_with(field: Field, projections: Projections) -> None:
    """Give a field what completes its values."""
    field.complete, field.by_class = entry(field.definition.type, field, projections)


def entry(
    type_: GraphQLOutputType, field: Field, projections: Projections
) -> tuple[Complete, dict[type, Project]]:
    """What completes values of a type, and the projections of the classes it has seen."""
    nullable = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    complete = _completer(nullable, field, projections)
    by_class = complete.by_class if isinstance(complete, Objects) else {}
    return complete if nullable is type_ else _never_null(complete, field), by_class


def _completer(type_: GraphQLOutputType, field: Field, projections: Projections) -> Complete:
    match type_:
        case GraphQLList():
            return Listed(type_, field, projections)
        case GraphQLObjectType() | GraphQLInterfaceType() | GraphQLUnionType():
            return Objects(type_, field, projections)
        case _:
            assert is_leaf_type(type_), "every other type is a leaf"
            return _leaf(type_)


def _never_null(inner: Complete, field: Field) -> Complete:
    def complete(value: object, place: Place, run: Running) -> object:
        shown = inner(value, place, run)
        if shown is None:
            raise TypeError(f"Cannot return null for non-nullable field {field.name}.")
        return shown

    return complete


def _leaf(type_: Any) -> Complete:
    def complete(value: object, _place: Place, _run: Running) -> object:
        if isinstance(value, Exception):
            raise value
        if value is None or value is Undefined:
            return None
        return Executor.complete_leaf_value(type_, value)

    return complete


class Listed:
    """Completes lists, entry by entry."""

    def __init__(self, type_: GraphQLList[Any], field: Field, projections: Projections) -> None:
        self._field = field
        self._nullable = not isinstance(type_.of_type, GraphQLNonNull)
        self._complete, self._by_class = entry(type_.of_type, field, projections)
        self._plain: set[type] = set()  # classes of entries that nobody has to wait for

    def __call__(self, values: Any, place: Place, run: Running) -> list[object] | None:
        if isinstance(values, Exception):
            raise values
        if values is None or values is Undefined:
            return None
        if not is_iterable(values):
            raise GraphQLError(
                f"Expected Iterable, but did not find one for field '{self._field.name}'."
            )
        complete, nullable, by_class = self._complete, self._nullable, self._by_class
        shown: list[object] = []
        rest = iter(values)
        latest, project = None, None  # mostly all are of one class
        for index, value in enumerate(rest):
            at = (place, index, nullable)
            if project is None or type(value) is not latest:
                latest = type(value)
                project = by_class.get(latest)
            try:
                if project is not None:
                    shown.append(project(value, at, run))
                elif type(value) not in self._plain and self._put_off(value, at, run):
                    shown.append(None)
                else:
                    shown.append(complete(value, at, run))
            except Exception as trouble:  # whatever a resolver raises, as graphql-core does it
                if not nullable:
                    leave(rest)
                self._field.failed_at(trouble, at, run)
                shown.append(None)
        return shown

    def _put_off(self, value: object, at: Place, run: Running) -> bool:
        if is_awaitable(value):
            run.later.append(Later(self._field, at, self._complete, value, True))
            return True
        self._plain.add(type(value))
        return False


def leave(values: Iterable[object]) -> None:
    """Close those that will not be awaited any more."""
    for value in values:
        if iscoroutine(value):
            value.close()


class Objects:
    """Completes objects; those of a class seen before go straight to their projection."""

    def __init__(
        self,
        type_: GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType,
        field: Field,
        projections: Projections,
    ) -> None:
        self._type = type_
        self._field = field
        self._projections = projections
        self.by_class: dict[type, Project] = {}

    def __call__(self, value: Any, place: Place, run: Running) -> dict[str, Any] | None:
        project = self.by_class.get(type(value))
        if project is not None:
            return project(value, place, run)
        if isinstance(value, Exception):
            raise value
        if value is None or value is Undefined:
            return None
        return self._project(value, run)(value, place, run)

    def _project(self, value: object, run: Running) -> Project:
        type_ = self._type_of(value, run)
        if type_.is_type_of and not type_.is_type_of(value, run.raw_info(self._field)):
            raise GraphQLError(
                f"Expected value of type '{type_}' but got: {inspect(value)}.", self._field.nodes
            )
        project = self._projections.of(type_, self._field.nodes)
        if type_.extensions[STRAWBERRY].origin is type(value):
            self.by_class[type(value)] = project
        return project

    def _type_of(self, value: object, run: Running) -> GraphQLObjectType:
        if isinstance(self._type, GraphQLObjectType):
            return self._type
        info = run.raw_info(self._field)
        assert self._type.resolve_type is not None, "Strawberry gives every abstract type one"
        name = self._type.resolve_type(value, info, self._type)
        found = info.schema.get_type(name) if isinstance(name, str) else None
        if isinstance(found, GraphQLObjectType) and info.schema.is_sub_type(self._type, found):
            return found
        return self._refused(name, value, info)

    def _refused(
        self, name: object, value: object, info: GraphQLResolveInfo[Any]
    ) -> GraphQLObjectType:
        """Raises what graphql-core says of a type that is none of the field's."""
        core: Any = SimpleNamespace(schema=info.schema)
        assert not isinstance(self._type, GraphQLObjectType), "an object's type is known"
        nodes = [FieldDetails(node, None) for node in self._field.nodes]
        return Executor.ensure_valid_runtime_type(core, name, self._type, nodes, info, value)
