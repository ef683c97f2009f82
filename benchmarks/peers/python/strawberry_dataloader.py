"""Strawberry done right: a dataloader for each request, documents parsed and validated once, orjson."""

from collections.abc import Sequence

import orjson
import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.types import Info

from benchmarks.peers.python.lookup import LARGEST_BATCH, Lookup, Platforms
from benchmarks.peers.python.serving import serve
from benchmarks.peers.python.strawberry_types import (
    Found,
    HouseholdRegister,
    LookupInput,
    NotHeld,
    Outcome,
    PurposeInput,
    SubjectInput,
    lookup_of,
    outcome_of,
)

Loader = DataLoader[Lookup, Found | NotHeld]


@strawberry.type
class Query:
    @strawberry.field
    async def certificate(
        self,
        info: Info[Loader, None],
        type: strawberry.ID,
        subject: SubjectInput,
        purpose: PurposeInput,
    ) -> Outcome:
        return await info.context.load(lookup_of(type, subject, purpose))

    @strawberry.field
    async def certificates(
        self, info: Info[Loader, None], lookups: list[LookupInput], purpose: PurposeInput
    ) -> list[Outcome]:
        return await info.context.load_many(
            [lookup_of(one.type, one.subject, purpose) for one in lookups]
        )


class Face(GraphQL[Loader, None]):
    """The ASGI application; its answers are encoded by orjson."""

    def __init__(self, platforms: Platforms) -> None:
        kept = [ParserCache, ValidationCache]
        super().__init__(strawberry.Schema(Query, types=[HouseholdRegister], extensions=kept))
        self._platforms = platforms

    async def get_context(
        self,
        request: Request | WebSocket,  # noqa: ARG002  # passed by these names
        response: Response | WebSocket,  # noqa: ARG002
    ) -> Loader:
        """A loader of the request's own."""
        return DataLoader(self._load, max_batch_size=LARGEST_BATCH)

    def encode_json(self, data: object) -> bytes:
        """Bytes, without a detour over text."""
        return orjson.dumps(data)

    async def _load(self, lookups: Sequence[Lookup]) -> list[Found | NotHeld]:
        held = await self._platforms.held(lookups)
        return [outcome_of(*each) for each in zip(lookups, held, strict=True)]


if __name__ == "__main__":
    serve(Face)
