"""A certificate lookup end to end: real platforms' dialects, real HTTP, real records."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from connectors.contract import Blank
from hub.evidence import HolderKind, Tier
from hub.storage.opened import open_database
from hub.storage.record_store import SqlRecords
from tests.face.asking import DOSSIER, MANY, given_person, one, person, said
from tests.stack import (
    DOSSIER_ITEM,
    PURPOSE,
    TWELVE,
    UNIT,
    Stack,
    open_stack,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with open_stack(tmp_path_factory.mktemp("stack")) as up:
        yield up


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
