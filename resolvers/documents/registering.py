"""Whether documents may be registered: they must be in order, and hold nothing of a person."""

from collections.abc import Mapping
from dataclasses import replace

from graphql import GraphQLError

from hub.declarations.words import CertificateType
from resolvers.certificate_types import CertificateTypes
from resolvers.documents.documents import IDENTIFIER, Documents
from resolvers.limits import Limits
from resolvers.plan.plan import planned
from resolvers.schema import build_schema


def objections(
    types: Mapping[str, CertificateType], texts: Mapping[str, str], max_lookups: int
) -> dict[str, str]:
    """What is wrong with documents, by their names; nothing is said of those in order."""
    schema = build_schema(CertificateTypes(types))
    documents = Documents(schema, replace(Limits(), lookups=max_lookups), planned)
    found = {name: _objection(documents, text) for name, text in texts.items()}
    return {name: objection for name, objection in found.items() if objection}


def _objection(documents: Documents, text: str) -> str | None:
    if IDENTIFIER.search(text):
        return "it holds an identifier (证件号码); pass it as a variable."
    return "; ".join(_told(error) for error in documents.check(text).errors) or None


def _told(error: GraphQLError) -> str:
    places = [f"line {place.line}, column {place.column}" for place in error.locations or ()]
    return f"{', '.join([*places[:1], error.message])}"
