"""What is not answered: denials, silence, missing keys, records that can't be written."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from hub.sandbox.dials import Dials
from hub.storage.opened import open_database
from hub.storage.record_store import SqlRecords
from tests.face.asking import ONE, given_person, one, person, said
from tests.stack import (
    DOSSIER_ITEM,
    EXCLUDED_ITEM,
    FOREIGN_ITEM,
    PURPOSE,
    Stack,
    open_stack,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with open_stack(tmp_path_factory.mktemp("stack")) as up:
        yield up


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
                await connection.execute(text("ALTER TABLE disclosure_batches RENAME TO away"))
            _, refused = await own.post(body)
            async with engine.begin() as connection:
                await connection.execute(text("ALTER TABLE away RENAME TO disclosure_batches"))
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
