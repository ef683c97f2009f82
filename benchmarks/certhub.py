"""The hub as a contender: how it is started and asked."""

import sys
from collections.abc import Mapping, Sequence

import orjson

from benchmarks.catalogue import ITEMS
from benchmarks.contenders import CERTIFICATE, FIELDS, Asked, Contender, Form, Way
from benchmarks.ground import OPERATOR, Ground

CERTHUB, UNRECORDED = "certhub", "certhub-unrecorded"
LARGEST = 10_000
_WITHIN = 10
_OUTCOME = f"""
  __typename
  record
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


def certhub(ground: Ground) -> Contender:
    """The hub as `certhub serve` runs it, the whole line: identity, admission, record, trail."""
    return _hub(CERTHUB, "certhub, the full line", "benchmarks.servers.hub", ground)


def unrecorded(ground: Ground) -> Contender:
    """The same hub, but that it keeps no records."""
    return _hub(UNRECORDED, "certhub without records", "benchmarks.servers.unrecorded", ground)


def _hub(name: str, title: str, module: str, ground: Ground) -> Contender:
    room = {"CERTHUB_MAX_LOOKUPS": str(LARGEST), "CERTHUB_WITHIN": str(_WITHIN)}
    return Contender(
        name=name,
        title=title,
        command=(sys.executable, "-m", module),
        body=body,
        read=read,
        environ={**ground.environ, **room},
        headers={"Authorization": f"Bearer {ground.key}"},
        ways=frozenset(Way),
        warm_up=3.0,
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


def read(answer: bytes) -> Sequence[Mapping[str, object]]:
    """The certificates, each with the source that held it."""
    data = orjson.loads(answer)["data"]
    outcomes = data["outcomes"] if "outcomes" in data else data.values()
    return [{**one["certificate"], "source": one["source"]["name"]} for one in outcomes]


def purpose(item: str, case: str = "办-1") -> Mapping[str, str]:
    """What a lookup is for."""
    return {"item": item, "case": case, "operator": OPERATOR}


def written(query: str, variables: Mapping[str, object]) -> bytes:
    """A GraphQL request."""
    return orjson.dumps({"query": query, "variables": variables})


def person(one: Asked) -> Mapping[str, object]:
    """A subject."""
    return {"person": {"residentId": one.resident_id, "name": one.name}}


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
