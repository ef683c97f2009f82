"""Relay connections that also say how many there are in all."""

from collections.abc import Iterable
from typing import Any, Self, cast

import strawberry
from strawberry import relay
from strawberry.relay.types import NodeIterableType, NodeType
from strawberry.types import Info

from resolvers.errors import CallerError, Code

ROWS_SEARCHED_AS_ONE = 20
"""Searching so many rows costs about as much as showing one."""


@strawberry.type(name="Connection", description="A page of a list (分页列表), after Relay.")
class CountedConnection(relay.ListConnection[NodeType]):
    total_count: int = strawberry.field(default=0, description="How many there are in all (总数).")

    @classmethod
    def resolve_connection(
        cls, nodes: NodeIterableType[NodeType], *, info: Info[Any, Any], **given: Any
    ) -> Self:
        listed = list(cast(Iterable[NodeType], nodes))
        try:
            made = cast(Self, super().resolve_connection(listed, info=info, **given))
        except (ValueError, TypeError):
            raise CallerError(
                Code.BAD_INPUT,
                "This page can't be taken: `first` or `last` is not from 0 to 100, or `after` or "
                "`before` is no cursor.",
                "Give 0 to 100, and cursors as an earlier page gave them.",
            ) from None
        made.total_count = len(listed)
        info.context.explore(len(made.edges) + len(listed) // ROWS_SEARCHED_AS_ONE)
        return made
