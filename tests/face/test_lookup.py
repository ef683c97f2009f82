"""A certificate lookup end to end: real platforms' dialects, real HTTP, real records."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from connectors.contract import Blank
from hub.compose import open_database
from hub.evidence import HolderKind, Tier
from hub.sandbox.dials import Dials
from hub.storage.record_store import SqlRecords
from tests.stack import (
    DOSSIER_ITEM,
    EXCLUDED_ITEM,
    FOREIGN_ITEM,
    PURPOSE,
    TWELVE,
    UNIT,
    Stack,
    open_stack,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with open_stack(tmp_path_factory.mktemp("stack")) as up:
        yield up


def given_person(found: Any) -> dict[str, Any]:
    return {"person": {"residentId": found.resident_id, "name": found.name}}


def person(stack: Stack, certificate: str, **held: bool) -> dict[str, Any]:
    return given_person(stack.sandbox.examples.person_with(certificate, held))


async def one(stack: Stack, subject: object, type: str = "resident_id_card", **purpose: str) -> Any:
    data = await stack.ask(ONE, type=type, subject=subject, purpose={**PURPOSE, **purpose})
    return data["certificate"]


def said(outcome: Any) -> list[tuple[str, str]]:
    return [(one["source"]["name"], one["said"]) for one in outcome["trail"]]


async def test_a_provincial_hit_is_found_at_once(stack: Stack) -> None:
    """What the province holds comes from the province, and nobody else is asked."""
    stack.reset_counts()
    subject = person(stack, "resident_id_card", province=True)

    found = await one(stack, subject)

    assert found["__typename"] == "Found"
    assert said(found) == [("province", "HELD")]
    certificate = found["certificate"]
    assert certificate["__typename"] == "ResidentIdCard"
    assert certificate["number"] == subject["person"]["residentId"]
    assert certificate["name"] == subject["person"]["name"]
    assert certificate["bornOn"].replace("-", "") == subject["person"]["residentId"][6:14]
    assert certificate["holder"]["identifier"] == subject["person"]["residentId"]
    assert stack.upstream_calls() == {"province": 1}


async def test_the_record_says_what_left(stack: Stack) -> None:
    """Selected ∩ granted is disclosed; what is selected but not granted is null and withheld."""
    found = await one(stack, person(stack, "resident_id_card", province=True))

    disclosure = found["disclosure"]
    assert disclosure["fields"] == ["born_on", "id_number", "name", "sex", "valid_until"]
    assert disclosure["withheld"] == ["ethnicity"]
    assert found["certificate"]["ethnicity"] is None
    async with open_database(stack.settings) as engine:
        (record,) = await SqlRecords(engine).of_request(found["requestId"])
    assert record.id == found["record"] == disclosure["id"]
    assert list(record.fields) == disclosure["fields"]
    assert (record.unit, record.source, record.outcome) == (UNIT, "province", "found")


async def test_a_municipal_hit_follows_a_provincial_no(stack: Stack) -> None:
    """The city is asked only after the province has said that it holds none."""
    types = stack.sandbox.types
    shared = next(
        name
        for name in sorted(types)
        if {"province", "municipality"} <= set(stack.sandbox.examples.servers_of(name))
    )
    subject = person(stack, shared, province=False, municipality=True)

    found = await one(stack, subject, shared)

    assert said(found) == [("province", "NOT_HELD"), ("municipality", "HELD")]
    assert found["source"]["name"] == "municipality"


async def test_the_verification_platform_supplements(stack: Stack) -> None:
    """What neither province nor city holds is found at the verification platform."""
    found_subject = stack.sandbox.examples.held_only_at("resident_id_card", "verification")

    found = await one(stack, given_person(found_subject))

    assert said(found)[-1] == ("verification", "HELD")
    assert {what for _, what in said(found)[:-1]} == {"NOT_HELD"}


async def test_held_nowhere_says_what_is_possible(stack: Stack) -> None:
    """All answered, none holds it: not held, with verification and commitment as next steps."""
    nobody = stack.sandbox.examples.held_nowhere("resident_id_card")

    outcome = await one(stack, given_person(nobody))

    assert outcome["__typename"] == "NotHeld"
    assert outcome["next"] == ["VERIFICATION", "COMMITMENT"]
    assert {what for _, what in said(outcome)} == {"NOT_HELD"}


async def test_a_platform_that_is_down_is_silence(stack: Stack) -> None:
    """The province's connection breaks: nobody else holds it, so it is unavailable, not "not held"."""
    nobody = stack.sandbox.examples.held_nowhere("resident_id_card")
    province = stack.sandbox.platform("province")
    province.turn(Dials(outage=True))
    try:
        outcome = await one(stack, given_person(nobody))
    finally:
        province.turn(Dials())

    assert outcome["__typename"] == "Unavailable"
    assert outcome["silent"] == [{"name": "province"}]
    assert said(outcome)[0] == ("province", "UNREACHABLE")
    assert outcome["trail"][0]["reason"]


@pytest.mark.parametrize(
    ("type", "purpose", "rule", "article"),
    [
        ("resident_id_card", {"operator": "stranger"}, "UNKNOWN_OPERATOR", "17"),
        ("resident_id_card", {"item": "无-1"}, "ITEM_NOT_IN_CATALOGUE", "8"),
        ("resident_id_card", {"item": FOREIGN_ITEM}, "ITEM_OF_ANOTHER_UNIT", "8"),
        ("driving_licence", {"item": DOSSIER_ITEM}, "CERTIFICATE_NOT_IN_CATALOGUE", "8"),
        ("academic_degree", {"item": EXCLUDED_ITEM}, "OUT_OF_SCOPE", "2(2)"),
        ("business_licence", {}, "WRONG_HOLDER_KIND", "3"),
    ],
)
async def test_a_denial_asks_nobody_and_names_its_article(
    stack: Stack, type: str, purpose: dict[str, str], rule: str, article: str
) -> None:
    """Nothing is asked, nothing leaves, the remedy tells the fix, and the denial is on record."""
    stack.reset_counts()

    denied = await one(stack, person(stack, "resident_id_card", province=True), type, **purpose)

    assert (denied["__typename"], denied["rule"]) == ("Denied", rule)
    assert article in denied["article"]
    assert denied["remedy"]
    assert denied["trail"] == []
    assert stack.upstream_calls() == {}
    async with open_database(stack.settings) as engine:
        (record,) = await SqlRecords(engine).of_request(denied["requestId"])
    assert (record.outcome, record.fields, record.source) == ("denied", (), None)


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


def plainly_asked(stack: Stack, certificate: str) -> bool:
    """Whether no platform wants to be asked again when it answers with a blank."""
    served = (one.interfaces.get(certificate) for one in stack.sandbox.platforms.values())
    return all(one.answer.blank is not Blank.ASK_AGAIN for one in served if one)


async def test_a_hundred_lookups_make_as_many_calls_as_the_batches_demand(stack: Stack) -> None:
    """Ten types of ten people: a call per question at gateways, a batch per wave at verification."""
    examples, tiers = stack.sandbox.examples, list(Tier)
    types = [one for one in sorted(stack.sandbox.types) if plainly_asked(stack, one)]
    types = [one for one in types if HolderKind.PERSON in stack.sandbox.types[one].holders]
    types = sorted(types, key=lambda one: -len(examples.servers_of(one)))[:10]
    people = [stack.sandbox.population.person(number) for number in range(10)]
    lookups = [{"type": t, "subject": given_person(p)} for t in types for p in people]
    stack.reset_counts()

    outcomes = (await stack.ask(MANY, lookups=lookups, purpose=PURPOSE))["certificates"]

    assert [one["type"]["name"] for one in outcomes] == [one["type"] for one in lookups]
    expected: Counter[str] = Counter()
    batches: Counter[int] = Counter()
    for outcome, (name, subject) in zip(
        outcomes, ((t, p) for t in types for p in people), strict=True
    ):
        held = examples.held_at(name, subject)
        route = sorted(held, key=lambda one: tiers.index(stack.sandbox.platforms[one].tier))
        for wave, server in enumerate(route):
            if server == "verification":
                batches[wave] += 1
            else:
                expected[server] += 1
            if held[server]:
                break
        assert (outcome["__typename"] == "Found") == any(held.values())
    verification = stack.sandbox.platform("verification").counts
    assert sorted(verification.batches) == sorted(batches.values())
    assert stack.upstream_calls() == {**expected, "verification": len(batches)}


async def test_the_same_lookup_five_times_is_asked_once(stack: Stack) -> None:
    """Five aliases of one lookup: one upstream call, five records, four reused answers."""
    subject = person(stack, "resident_id_card", province=True)
    aliases = "\n".join(
        f"a{n}: certificate(type: $type, subject: $subject, purpose: $purpose) "
        "{ __typename requestId trail { reused } }"
        for n in range(5)
    )
    stack.reset_counts()

    data = await stack.ask(
        f"query($type: ID!, $subject: SubjectInput!, $purpose: PurposeInput!) {{ {aliases} }}",
        type="resident_id_card",
        subject=subject,
        purpose=PURPOSE,
    )

    assert stack.upstream_calls() == {"province": 1}
    assert [data[f"a{n}"]["trail"][0]["reused"] for n in range(5)] == [False] + [True] * 4
    async with open_database(stack.settings) as engine:
        records = await SqlRecords(engine).of_request(data["a0"]["requestId"])
    assert len(records) == 5


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


async def test_a_dossier_has_an_outcome_for_each_of_twelve_certificates(stack: Stack) -> None:
    """All that the item requires, each with its own outcome, in the catalogue's order."""
    subject = person(stack, "resident_id_card", province=True)

    dossier = (
        await stack.ask(DOSSIER, subject=subject, purpose={**PURPOSE, "item": DOSSIER_ITEM})
    )["dossier"]

    names = [entry["row"]["certificateType"]["name"] for entry in dossier["entries"]]
    assert tuple(names) == TWELVE
    first = dossier["entries"][0]["outcome"]
    assert first["certificate"]["name"] == subject["person"]["name"]
    assert first["disclosure"]["fields"] == ["name"]
    kinds = {entry["outcome"]["__typename"] for entry in dossier["entries"]}
    assert dossier["complete"] == (kinds == {"Found"})


async def test_an_unknown_type_is_told_what_is_close(stack: Stack) -> None:
    """A misspelt type is an error with a hint; nothing is asked."""
    stack.reset_counts()
    subject = person(stack, "resident_id_card", province=True)

    _, answer = await stack.post(
        {
            "query": ONE,
            "variables": {"type": "resident_id_crd", "subject": subject, "purpose": PURPOSE},
        }
    )

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert "resident_id_card" in error["extensions"]["hint"]
    assert stack.upstream_calls() == {}


async def test_more_lookups_than_allowed_are_refused(stack: Stack, tmp_path: Path) -> None:
    """The bound of one request counts every lookup in it."""
    subject = person(stack, "resident_id_card", province=True)
    lookups = [{"type": "resident_id_card", "subject": subject}] * 1001

    _, answer = await stack.post(
        {"query": MANY, "variables": {"lookups": lookups, "purpose": PURPOSE}}
    )

    assert answer["errors"][0]["extensions"]["code"] == "TOO_LARGE"


@pytest.mark.parametrize(
    "header", ["", "Basic x", "Bearer ", "Bearer ch_000000000000_" + "0" * 64, "Bearer nonsense"]
)
async def test_without_a_valid_key_nothing_is_answered(stack: Stack, header: str) -> None:
    """401, a challenge, and how to get a key."""
    async with stack.session.post(
        f"{stack.url}/graphql",
        json={"query": "{ __typename }"},
        headers={"Authorization": header} if header else {},
    ) as reply:
        answer = await reply.json(content_type=None)

    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "certhub keys create" in answer["errors"][0]["extensions"]["hint"]


async def test_when_the_database_is_gone_nothing_leaves_and_recovery_is_by_itself(
    tmp_path: Path,
) -> None:
    """Records that can't be written: a retryable error and no certificate; then it works again."""
    async with open_stack(tmp_path) as own:
        subject = person(own, "resident_id_card", province=True)
        body = {
            "query": ONE,
            "variables": {"type": "resident_id_card", "subject": subject, "purpose": PURPOSE},
        }
        assert (await own.post(body))[1]["data"]["certificate"]["__typename"] == "Found"
        async with open_database(own.settings) as engine:
            async with engine.begin() as connection:
                await connection.execute(text("ALTER TABLE disclosures RENAME TO away"))
            _, refused = await own.post(body)
            async with engine.begin() as connection:
                await connection.execute(text("ALTER TABLE away RENAME TO disclosures"))
        _, again = await own.post(body)

    assert refused["data"] is None
    extensions = refused["errors"][0]["extensions"]
    assert (extensions["code"], extensions["retryable"]) == ("RECORDS_UNAVAILABLE", True)
    assert again["data"]["certificate"]["__typename"] == "Found"


async def test_when_keys_cannot_be_checked_the_caller_is_told_to_come_again(
    tmp_path: Path,
) -> None:
    """503 with Retry-After; the database comes back and the same key works."""
    async with open_stack(tmp_path) as own, open_database(own.settings) as engine:
        async with engine.begin() as connection:
            await connection.execute(text("ALTER TABLE api_keys RENAME TO away"))
        status, answer = await own.post({"query": "{ me { key } }"})
        async with engine.begin() as connection:
            await connection.execute(text("ALTER TABLE away RENAME TO api_keys"))
        back, _ = await own.post({"query": "{ me { key } }"})

    assert (status, back) == (503, 200)
    assert answer["errors"][0]["extensions"]["retryable"] is True


@pytest.mark.parametrize(
    "purpose",
    [{"case": "a\u0000b"}, {"case": ""}, {"case": "  "}, {"operator": ""}, {"item": "x" * 201}],
)
async def test_a_purpose_that_cannot_be_recorded_asks_nobody(
    stack: Stack, purpose: dict[str, str]
) -> None:
    """Blank, unprintable or endless: refused before any platform is asked about the person."""
    subject = person(stack, "resident_id_card", province=True)
    stack.reset_counts()

    _, answer = await stack.post(
        {
            "query": ONE,
            "variables": {
                "type": "resident_id_card",
                "subject": subject,
                "purpose": {**PURPOSE, **purpose},
            },
        }
    )

    assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    assert stack.upstream_calls() == {}
