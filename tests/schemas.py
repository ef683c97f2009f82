"""The schema over declared certificate types, made once for all hubs of a process.

GraphQL's libraries never forget a class: of every schema some 26,000 objects would stay, and each
look for garbage would take longer than the one before.
"""

from collections.abc import Mapping

from graphql import GraphQLSchema

from hub.declarations.words import CertificateType
from resolvers.certificate_types import CertificateTypes
from resolvers.schema import schema_over

_Made = tuple[CertificateTypes, GraphQLSchema]
_MADE: list[tuple[Mapping[str, CertificateType], _Made]] = []


def schema_once(types: Mapping[str, CertificateType]) -> _Made:
    """What was made of equal types before, or is made now."""
    for known, made in _MADE:
        if known == types:
            return made
    made = schema_over(types)
    _MADE.append((dict(types), made))
    return made
