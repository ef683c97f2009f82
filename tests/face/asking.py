"""Queries of the tests, and subjects to ask about."""

from typing import Any

from tests.stack import PURPOSE, Stack

ONE = """
query One($type: ID!, $subject: SubjectInput!, $purpose: PurposeInput!) {
  certificate(type: $type, subject: $subject, purpose: $purpose) {
    __typename
    requestId
    answeredIn
    record
    type { name }
    trail { source { name } tier said reason took reused }
    ... on Found {
      source { name }
      asOf
      disclosure { id fields withheld at }
      certificate {
        __typename
        number
        validUntil
        legalForce
        holder { kind identifier name }
        issuer { name nameEn }
        ... on ResidentIdCard { name sex bornOn ethnicity }
        ... on BusinessLicence { orgName }
      }
    }
    ... on NotHeld { next }
    ... on Unavailable { silent { name } next }
    ... on Denied { rule article remedy }
  }
}
"""


MANY = """
query Many($lookups: [LookupInput!]!, $purpose: PurposeInput!) {
  certificates(lookups: $lookups, purpose: $purpose) {
    __typename
    type { name }
    trail { source { name } said reused }
    ... on Found { certificate { holder { identifier } attributes { name value } } }
  }
}
"""


DOSSIER = """
query Dossier($subject: SubjectInput!, $purpose: PurposeInput!) {
  dossier(subject: $subject, purpose: $purpose) {
    complete
    item { code materials { certificateType { name } } }
    entries {
      row { number measures certificateType { name titleZh } }
      outcome {
        __typename
        trail { source { name } said }
        ... on Found { certificate { ... on ResidentIdCard { name } } disclosure { fields } }
      }
    }
  }
}
"""


def given_person(found: Any) -> dict[str, Any]:
    return {"person": {"residentId": found.resident_id, "name": found.name}}


def person(stack: Stack, certificate: str, **held: bool) -> dict[str, Any]:
    return given_person(stack.sandbox.examples.person_with(certificate, held))


async def one(stack: Stack, subject: object, type: str = "resident_id_card", **purpose: str) -> Any:
    data = await stack.ask(ONE, type=type, subject=subject, purpose={**PURPOSE, **purpose})
    return data["certificate"]


def said(outcome: Any) -> list[tuple[str, str]]:
    return [(one["source"]["name"], one["said"]) for one in outcome["trail"]]
