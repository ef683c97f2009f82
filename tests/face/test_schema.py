"""The schema: described throughout, printed and committed, generated from the declarations."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_specified_scalar_type,
)

from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.words import ConfigurationError
from resolvers import schema as face
from resolvers.certificate_types import CertificateTypes

COMMITTED = Path(__file__).parents[2] / "schema.graphql"
TYPES = load_certificate_types(packaged_certificates())


def parts(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Every type, field, argument and enum value with its description."""
    for name, kind in schema.type_map.items():
        if not name.startswith("__") and not is_specified_scalar_type(kind):
            yield name, kind.description
            yield from inner_parts(kind)


def inner_parts(kind: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in kind.fields.items():
            yield f"{kind.name}.{name}", field.description
            for given, argument in field.args.items():
                yield f"{kind.name}.{name}({given})", argument.description
    if isinstance(kind, GraphQLInputObjectType):
        for name, given_field in kind.fields.items():
            yield f"{kind.name}.{name}", given_field.description
    if isinstance(kind, GraphQLEnumType):
        for name, value in kind.values.items():
            yield f"{kind.name}.{name}", value.description


def test_every_part_is_described() -> None:
    """A developer in GraphiQL finds words beside every type, field, argument and enum value."""
    described = dict(parts(build_schema(COMMITTED.read_text("utf-8"))))

    assert [name for name, words in described.items() if not words] == []
    assert len(described) > 1500


def test_a_person_finds_chinese_beside_the_english() -> None:
    """Types, fields and enum values name the Chinese term, without exception."""
    described = dict(parts(build_schema(COMMITTED.read_text("utf-8"))))

    without = [
        name
        for name, words in described.items()
        if words and "(" not in name and not any("\u4e00" <= char <= "\u9fff" for char in words)
    ]
    assert without == []


def test_the_committed_schema_is_what_the_code_prints() -> None:
    """schema.graphql is printed from code: `certhub schema print > schema.graphql`."""
    assert COMMITTED.read_text("utf-8") == face.packaged_schema()


def test_each_declared_type_is_a_certificate() -> None:
    """127 declarations, 127 implementations of the interface."""
    schema = face.build_schema(CertificateTypes(TYPES))
    certificate = schema.type_map["Certificate"]

    assert isinstance(certificate, GraphQLInterfaceType)
    assert len(schema.get_possible_types(certificate)) == len(TYPES) == 127


@pytest.mark.parametrize("name", ["dossier", "found", "outcome", "page_info", "date"])
def test_a_type_may_not_take_a_name_of_the_face(name: str) -> None:
    """A declaration whose GraphQL name is taken is refused with what to do."""
    card = TYPES["resident_id_card"]

    with pytest.raises(ConfigurationError, match=f"{name}.toml"):
        face.build_schema(CertificateTypes({name: replace(card, name=name)}))


@pytest.mark.parametrize("field", ["found", "declared", "subject", "issuer", "attributes"])
def test_a_field_may_not_take_a_name_of_every_certificate(field: str) -> None:
    """A declared field that would hide what every certificate has is refused."""
    card = TYPES["resident_id_card"]
    fields = {field: replace(card.fields["name"], name=field)}

    with pytest.raises(ConfigurationError, match=rf"resident_id_card.toml: fields.{field}"):
        CertificateTypes({"resident_id_card": replace(card, fields=fields)})
