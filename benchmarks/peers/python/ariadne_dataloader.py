"""Ariadne done right: a dataloader for each request, documents parsed and validated once."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from aiodataloader import DataLoader
from ariadne import QueryType, make_executable_schema
from ariadne.asgi import GraphQL
from graphql import DocumentNode, GraphQLError, GraphQLResolveInfo, GraphQLSchema, parse, validate

from benchmarks.peers.python.lookup import LARGEST_BATCH, Held, Lookup, Platforms
from benchmarks.peers.python.serving import serve

Given = Mapping[str, Any]
SCHEMA = (Path(__file__).parent.parent / "schema.graphql").read_text("utf-8")
FIELDS = {
    "name": "name",
    "idNumber": "id_number",
    "householdNumber": "household_number",
    "householdKind": "household_kind",
    "relationToHead": "relation_to_head",
    "maritalStatus": "marital_status",
    "education": "education",
    "policeStation": "police_station",
}

query = QueryType()
parsed = lru_cache(maxsize=1000)(parse)


@query.field("certificate")
async def certificate(
    _: object,
    info: GraphQLResolveInfo[Given],
    type: str,
    subject: Given,
    purpose: Given,
) -> Given:
    """One lookup."""
    outcome: Given = await info.context["loader"].load(_lookup(type, subject, purpose))
    return outcome


@query.field("certificates")
async def certificates(
    _: object, info: GraphQLResolveInfo[Given], lookups: Sequence[Given], purpose: Given
) -> Sequence[Given]:
    """Several lookups."""
    keys = [_lookup(one["type"], one["subject"], purpose) for one in lookups]
    outcomes: Sequence[Given] = await info.context["loader"].load_many(keys)
    return outcomes


def application(platforms: Platforms) -> GraphQL:
    """The ASGI application."""

    async def load(lookups: Sequence[Lookup]) -> list[Given]:
        return [
            _outcome(*each) for each in zip(lookups, await platforms.held(lookups), strict=True)
        ]

    def context(_request: object, _data: object) -> Given:
        return {"loader": DataLoader(load, max_batch_size=LARGEST_BATCH)}

    return GraphQL(
        make_executable_schema(SCHEMA, query),
        context_value=context,
        query_parser=lambda _context, data: parsed(data["query"]),
        query_validator=_validated,
    )


def _validated(
    schema: GraphQLSchema, document: DocumentNode, rules: Collection[Any] | None = None, *_: object
) -> list[GraphQLError]:
    return _troubles(schema, document, tuple(rules) if rules else None)


@lru_cache(maxsize=1000)
def _troubles(
    schema: GraphQLSchema, document: DocumentNode, rules: tuple[Any, ...] | None
) -> list[GraphQLError]:
    return validate(schema, document, rules)


def _lookup(type: str, subject: Given, purpose: Given) -> Lookup:
    person = subject["person"]
    bound = purpose["item"], purpose["case"], purpose["operator"]
    return Lookup(type, person["residentId"], person.get("name"), *bound)


def _outcome(lookup: Lookup, held: Held | None) -> Given:
    if held is None:
        return {"__typename": "NotHeld", "type": lookup.type}
    fields = {told: held.fields[name] for told, name in FIELDS.items()}
    return {
        "__typename": "Found",
        "source": {"name": held.source},
        "certificate": {"__typename": "HouseholdRegister", **fields},
    }


if __name__ == "__main__":
    serve(application)
