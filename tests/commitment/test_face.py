"""Commitment over GraphQL: the text, its page, and its acceptance."""

import base64
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from hub.storage.opened import open_database
from tests.stack import EXCLUDED_ITEM, PURPOSE, Stack, open_stack

pytestmark = pytest.mark.asyncio(loop_scope="module")

OFFER = """
query Offer($type: ID!, $subject: SubjectInput!, $purpose: PurposeInput!) {
  commitment(type: $type, subject: $subject, purpose: $purpose) {
    __typename
    ... on CommitmentText {
      title about { name value } proves duties promises liabilities checks text digest document
    }
    ... on CommitmentNotOffered { rule denial article remedy }
  }
}
"""
ACCEPT = """
mutation Accept(
  $type: ID!, $subject: SubjectInput!, $purpose: PurposeInput!,
  $digest: ID!, $manner: CommitmentManner!, $key: ID
) {
  acceptCommitment(
    type: $type, subject: $subject, purpose: $purpose, digest: $digest, manner: $manner, key: $key
  ) {
    __typename
    ... on Commitment { id acceptedAt manner digest repeated }
    ... on CommitmentTextChanged { digest remedy }
    ... on CommitmentNotOffered { rule denial article remedy }
  }
}
"""
TYPE = "minimum_living_allowance"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with open_stack(tmp_path_factory.mktemp("stack")) as up:
        yield up


def asked(stack: Stack, **changes: object) -> dict[str, Any]:
    """The variables of a commitment of somebody of the sandbox."""
    one = stack.sandbox.examples.held_nowhere("disability_card")
    subject = {"person": {"residentId": one.identifier, "name": one.name}}
    return {"type": TYPE, "subject": subject, "purpose": PURPOSE, **changes}


async def on_record(stack: Stack) -> int:
    """How many acceptances the database holds."""
    async with open_database(stack.settings) as engine, engine.connect() as connection:
        found = await connection.execute(text("SELECT count(*) FROM commitments"))
        return int(found.scalar_one())


async def test_the_text_comes_with_its_page_and_digest(stack: Stack) -> None:
    """The digest is that of the text, the page is a PDF that names the applicant; nothing is asked."""
    stack.reset_counts()

    told = (await stack.ask(OFFER, **asked(stack)))["commitment"]

    assert told["__typename"] == "CommitmentText"
    assert told["digest"] == hashlib.sha256(told["text"].encode()).hexdigest()
    assert told["title"] == "证明事项告知承诺书"
    assert base64.b64decode(told["document"]).startswith(b"%PDF-1.7")
    assert all(told[part] for part in ("proves", "duties", "promises", "liabilities", "checks"))
    assert asked(stack)["subject"]["person"]["residentId"] not in told["text"]
    assert stack.upstream_calls() == {}


async def test_an_acceptance_and_the_same_again(stack: Stack) -> None:
    """The text's digest is accepted and on record; the same key is the same acceptance."""
    digest = (await stack.ask(OFFER, **asked(stack)))["commitment"]["digest"]
    given = asked(stack, digest=digest, manner="PAPER", key="counter-3/2026-11-23/1")

    first = (await stack.ask(ACCEPT, **given))["acceptCommitment"]
    again = (await stack.ask(ACCEPT, **given))["acceptCommitment"]

    assert first["__typename"] == "Commitment"
    assert (first["manner"], first["digest"], first["repeated"]) == ("PAPER", digest, False)
    assert again == {**first, "repeated": True}
    assert await on_record(stack) == 1


async def test_a_key_for_another_acceptance_is_refused(stack: Stack) -> None:
    """One key, two matters: an error that says what to do, and nothing on record."""
    digest = (await stack.ask(OFFER, **asked(stack)))["commitment"]["digest"]
    given = asked(stack, digest=digest, manner="PAPER", key="twice")
    await stack.ask(ACCEPT, **given)
    before = await on_record(stack)

    _, answer = await stack.post({"query": ACCEPT, "variables": {**given, "manner": "APP"}})

    (error,) = answer["errors"]
    assert error["message"] == "This key has named another acceptance already."
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert await on_record(stack) == before


async def test_another_text_is_told(stack: Stack) -> None:
    """A wrong digest: the one in force is told, nothing is on record."""
    before = await on_record(stack)

    came = (await stack.ask(ACCEPT, **asked(stack, digest="0" * 64, manner="APP")))[
        "acceptCommitment"
    ]

    assert came["__typename"] == "CommitmentTextChanged"
    assert came["digest"] == (await stack.ask(OFFER, **asked(stack)))["commitment"]["digest"]
    assert await on_record(stack) == before


async def test_an_agent_may_not_commit(stack: Stack) -> None:
    """Acting for another, neither the text nor its acceptance is to be had."""
    other = stack.sandbox.examples.held_nowhere("resident_id_card")
    agent = {**PURPOSE, "actingFor": {"person": {"residentId": other.identifier}}}

    told = (await stack.ask(OFFER, **asked(stack, purpose=agent)))["commitment"]
    came = (await stack.ask(ACCEPT, **asked(stack, purpose=agent, digest="0" * 64, manner="APP")))[
        "acceptCommitment"
    ]

    assert told == came
    assert (told["rule"], told["article"]) == ("BY_AGENT", "Articles 10 and 12")


@pytest.mark.parametrize(
    ("changes", "rule", "denial"),
    [
        ({"purpose": {**PURPOSE, "operator": "stranger"}}, "NOT_ADMITTED", "UNKNOWN_OPERATOR"),
        (
            {"type": "academic_degree", "purpose": {**PURPOSE, "item": EXCLUDED_ITEM}},
            "NOT_ADMITTED",
            "OUT_OF_SCOPE",
        ),
        ({"type": "ordinary_passport"}, "EXCLUDED_KIND", None),
    ],
)
async def test_where_it_is_not_offered(
    stack: Stack, changes: dict[str, object], rule: str, denial: str | None
) -> None:
    """The rule, the article and what to do instead; an excluded kind whatever its row says."""
    told = (await stack.ask(OFFER, **asked(stack, **changes)))["commitment"]

    assert told["__typename"] == "CommitmentNotOffered"
    assert (told["rule"], told["denial"]) == (rule, denial)
    assert told["article"]
    assert told["remedy"]
