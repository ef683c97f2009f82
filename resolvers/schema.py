"""The schema: the face's types, and one generated type per declared certificate type."""

from collections.abc import Mapping, Sequence
from functools import cache

import strawberry
from graphql import GraphQLSchema, print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.words import CertificateType
from resolvers.certificate_types import CertificateTypes
from resolvers.commitment import CommitmentMutation, CommitmentQuery
from resolvers.descriptions import describe_schema
from resolvers.issuer import IssuerMutation, IssuerQuery
from resolvers.query import Query
from resolvers.requester import RequesterMutation, RequesterQuery
from resolvers.scalars import SCALARS
from resolvers.subscription import Subscription
from resolvers.types.certificate import Certificate
from resolvers.types.outcome import Denied, Found, NotHeld, Pending, Unavailable

QUERIES = (Query, RequesterQuery, IssuerQuery, CommitmentQuery)
MUTATIONS = (RequesterMutation, IssuerMutation, CommitmentMutation)


def schema_over(
    types: Mapping[str, CertificateType],
) -> tuple[CertificateTypes, GraphQLSchema]:
    """What GraphQL makes of declared certificate types, and the executable schema over them."""
    certificates = CertificateTypes(types)
    return certificates, build_schema(certificates)


def build_schema(certificates: CertificateTypes) -> GraphQLSchema:
    """The executable schema over the given certificate types, every part of it described.

    Raises `ConfigurationError` where a declared type would take a name that the face has already.
    """
    certificates.refuse_names(_names_of_the_face())
    schema = _schema(certificates.graphql_types)
    describe_schema(schema)
    return schema


def _schema(generated: Sequence[type[Certificate]]) -> GraphQLSchema:
    return strawberry.Schema(
        query=merge_types("Query", QUERIES),
        mutation=merge_types("Mutation", MUTATIONS),
        subscription=Subscription,
        types=[Denied, Found, NotHeld, Pending, Unavailable, *generated],
        config=StrawberryConfig(scalar_map=SCALARS),
    )._schema


@cache
def _names_of_the_face() -> frozenset[str]:
    return frozenset(_schema([]).type_map)


def printed(schema: GraphQLSchema) -> str:
    """The schema as SDL, ending in one newline."""
    return print_schema(schema).rstrip() + "\n"


def packaged_schema() -> str:
    """The SDL over the certificate types that come with the package: what schema.graphql holds."""
    _, schema = schema_over(load_certificate_types(packaged_certificates()))
    return printed(schema)
