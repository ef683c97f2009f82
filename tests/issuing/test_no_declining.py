"""There is no way of declining a request in the schema (Article 16)."""

import re

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType

from hub.declarations.certificates import load_certificate_types, packaged_certificates
from resolvers.certificate_types import CertificateTypes
from resolvers.schema import build_schema
from tests.issuing.acting import opened, version
from tests.issuing.city import City

DECLINING = re.compile(r"declin|refus|reject|deny|dismiss|veto|拒", re.IGNORECASE)
STEPS = {
    "claimRequest",
    "beginVerification",
    "askRequester",
    "forwardRequest",
    "reassignRequest",
    "makeAnswer",
    "returnDraft",
    "sealAnswer",
    "sendAnswer",
    "explainDelay",
    "urgeRequest",
}


def test_no_field_argument_or_word_declines() -> None:
    """No mutation, argument, input field or value of an input's enum is a word of declining."""
    schema = build_schema(CertificateTypes(load_certificate_types(packaged_certificates())))
    assert schema.mutation_type is not None
    mutations = schema.mutation_type.fields
    words = [*mutations, *(one for each in mutations.values() for one in each.args)]
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            words += [kind.name, *kind.fields]
        if isinstance(kind, GraphQLEnumType) and kind.name in ("VerificationState", "AnswerKind"):
            words += kind.values

    assert set(mutations) >= STEPS
    assert len(words) > 100
    assert [word for word in words if DECLINING.search(word)] == []


def test_what_a_step_gives_is_a_request_or_a_remedy() -> None:
    """Every step gives `StepResult`; only the requester can cancel."""
    schema = build_schema(CertificateTypes(load_certificate_types(packaged_certificates())))
    mutation = schema.mutation_type
    assert isinstance(mutation, GraphQLObjectType)

    gives = {name: str(mutation.fields[name].type) for name in STEPS}
    cancels = [name for name in mutation.fields if "cancel" in name.lower()]

    assert gives == dict.fromkeys(STEPS, "StepResult!")
    assert cancels == ["cancelVerification"]
    assert "operator" in mutation.fields["cancelVerification"].args


async def test_an_attempt_gets_nowhere(city: City) -> None:
    """A document that declines is invalid: nothing is asked, the request goes on."""
    request = await opened(city)

    decline = 'mutation { declineRequest(request: "x", by: "vera") { __typename } }'
    error = await city.civil.refused(decline)
    cancel = await city.civil.refused(
        'mutation($r: ID!) { cancelVerification(request: $r, operator: "vera", reason: "no") '
        "{ __typename } }",
        r=request,
    )

    assert error["extensions"]["code"] == "GRAPHQL_INVALID"
    assert error["message"].startswith("Cannot query field 'declineRequest' on type 'Mutation'.")
    assert cancel["message"].startswith("`operator` must be designated as operator")
    assert await version(city, request) == 2
