"""What a resolver is told of the request, without a new object per call."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from graphql import GraphQLResolveInfo
from strawberry.types import Info
from strawberry.types.field import StrawberryField

Read = TypeVar("Read")
Remembered = dict[tuple[str, ...], Any]


class LightInfo(Info[Any, None]):
    """Strawberry's `Info` of one field of a plan in one run, shared by all its objects.

    What graphql-core would tell is made when it is read; it knows no path below the top fields, as it
    stands for many places.
    """

    def __init__(
        self,
        field: StrawberryField,
        context: object,
        raw: Callable[[], GraphQLResolveInfo[Any]],
        remembered: Remembered,
    ) -> None:
        self._field = field
        self._told = context
        self._raw = raw
        self._remembered = remembered

    @cached_property
    def context(self) -> Any:
        """The context of the request."""
        return self._told

    @cached_property
    def _raw_info(self) -> GraphQLResolveInfo[Any]:  # type: ignore[override]  # made when it is read
        return self._raw()

    def remembered(self, path: tuple[str, ...], read: Callable[[], Read]) -> Read:
        """What was read of the document below this field, once for all runs of a plan."""
        if path not in self._remembered:
            self._remembered[path] = read()
        return self._remembered[path]  # type: ignore[no-any-return]  # what `read` gave
