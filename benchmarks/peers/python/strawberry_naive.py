"""Naive Strawberry: every resolver calls the platform for itself, and nothing is kept."""

import asyncio

import strawberry
from strawberry.asgi import GraphQL

from benchmarks.peers.python.lookup import Lookup, Platforms
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


def application(platforms: Platforms) -> GraphQL[None, None]:
    """The ASGI application, with all defaults."""

    async def found(lookup: Lookup) -> Found | NotHeld:
        (held,) = await platforms.held([lookup])
        return outcome_of(lookup, held)

    @strawberry.type
    class Query:
        @strawberry.field
        async def certificate(
            self,
            type: strawberry.ID,
            subject: SubjectInput,
            purpose: PurposeInput,
        ) -> Outcome:
            return await found(lookup_of(type, subject, purpose))

        @strawberry.field
        async def certificates(
            self, lookups: list[LookupInput], purpose: PurposeInput
        ) -> list[Outcome]:
            each = (lookup_of(one.type, one.subject, purpose) for one in lookups)
            return await asyncio.gather(*map(found, each))

    return GraphQL(strawberry.Schema(Query, types=[HouseholdRegister]))


if __name__ == "__main__":
    serve(application)
