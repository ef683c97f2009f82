"""What a resolver is told of the request, without a new object per call."""

from typing import Any, Protocol

from graphql import GraphQLResolveInfo
from strawberry.types import Info
from strawberry.types.field import StrawberryField

Remembered = dict[tuple[str, ...], Any]
"""What was read of the document below a field, by the path down from it."""


class Described(Protocol):
    """A field of a plan."""

    strawberry: StrawberryField
    remembered: Remembered


class Tells(Protocol):
    """A run that can tell what graphql-core would."""

    context: Any

    def raw_info(self, field: Any) -> GraphQLResolveInfo[Any]: ...


class LightInfo(Info[Any, None]):
    """Strawberry's `Info` of one field of a plan in one run, shared by all its objects.

    Fields that look up and differ only in alias and arguments share one: it tells the first's alias.

    What graphql-core would tell is made when it is read; of the path it knows only the last step, as it
    stands for many places.
    """

    context: Any = None  # an attribute instead of Strawberry's property
    _raw: GraphQLResolveInfo[Any] | None = None

    def __init__(self, field: "Described", run: "Tells") -> None:
        self._planned = field
        self._run = run
        self.context = run.context
        self.remembered = field.remembered  # of the document below it, once for all runs of a plan

    @property
    def _field(self) -> StrawberryField:  # type: ignore[override]  # the plan's field knows it
        return self._planned.strawberry

    @property
    def _raw_info(self) -> GraphQLResolveInfo[Any]:  # type: ignore[override]  # made when it is read
        if self._raw is None:
            self._raw = self._run.raw_info(self._planned)
        return self._raw
