"""Relay connections that also say how many there are in all."""

from collections.abc import Iterable
from typing import Any, Self, cast

import strawberry
from strawberry import relay
from strawberry.relay.types import NodeIterableType, NodeType
from strawberry.types import Info


@strawberry.type(name="Connection", description="A page of a list (分页列表), after Relay.")
class CountedConnection(relay.ListConnection[NodeType]):
    total_count: int = strawberry.field(default=0, description="How many there are in all (总数).")

    @classmethod
    def resolve_connection(
        cls, nodes: NodeIterableType[NodeType], *, info: Info[Any, Any], **given: Any
    ) -> Self:
        listed = list(cast(Iterable[NodeType], nodes))
        made = cast(Self, super().resolve_connection(listed, info=info, **given))
        made.total_count = len(listed)
        return made
