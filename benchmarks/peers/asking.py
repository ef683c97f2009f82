"""How peers are asked: as the hub is, without its record, which they have none of."""

from collections.abc import Sequence

from benchmarks.catalogue import ITEMS
from benchmarks.certhub import person, purpose, written
from benchmarks.contenders import CERTIFICATE, FIELDS, Asked, Form, Way

_OUTCOME = f"""
  __typename
  ... on Found {{
    source {{ name }}
    certificate {{ ... on HouseholdRegister {{ {" ".join(FIELDS.values())} }} }}
  }}
"""
_ONE = (
    "query One($type: ID!, $subject: SubjectInput!, $purpose: PurposeInput!) "
    f"{{ outcome: certificate(type: $type, subject: $subject, purpose: $purpose) {{{_OUTCOME}}} }}"
)
_MANY = (
    "query Many($lookups: [LookupInput!]!, $purpose: PurposeInput!) "
    f"{{ outcomes: certificates(lookups: $lookups, purpose: $purpose) {{{_OUTCOME}}} }}"
)


def body(form: Form, way: Way, asked: Sequence[Asked]) -> bytes:
    """A GraphQL request of the lookups."""
    bound = purpose(ITEMS[way])
    match form:
        case Form.ONE:
            return written(_ONE, {**_lookup(asked[0]), "purpose": bound})
        case Form.LIST:
            return written(_MANY, {"lookups": [_lookup(one) for one in asked], "purpose": bound})
        case Form.ALIASES:
            subjects = {f"s{place}": person(one) for place, one in enumerate(asked)}
            return written(_aliases(len(asked)), {**subjects, "purpose": bound})


def _lookup(one: Asked) -> dict[str, object]:
    return {"type": CERTIFICATE, "subject": person(one)}


def _aliases(count: int) -> str:
    variables = "".join(f", $s{place}: SubjectInput!" for place in range(count))
    given = f'type: "{CERTIFICATE}", purpose: $purpose'
    fields = " ".join(
        f"l{place}: certificate({given}, subject: $s{place}) {{ ...O }}" for place in range(count)
    )
    return (
        f"query Aliases($purpose: PurposeInput!{variables}) {{ {fields} }} "
        f"fragment O on Outcome {{{_OUTCOME}}}"
    )
