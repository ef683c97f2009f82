"""Documents named by their hash, and registered ones, over the whole product."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.documents import register
from hub.storage.opened import open_database
from tests.face.asking import ONE, person
from tests.stack import PURPOSE, open_stack

GRAPHQL = "application/graphql-response+json"
ME = "{ me { key } }"


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def named(text: str, **more: object) -> dict[str, object]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_of(text)}}, **more}


async def test_a_client_of_apollo_sends_its_document_once(tmp_path: Path) -> None:
    """Hash, PersistedQueryNotFound with 200, hash and text, and from then on the hash alone."""
    async with open_stack(tmp_path) as up:
        subject = person(up, "resident_id_card", province=True)
        variables = {"type": "resident_id_card", "subject": subject, "purpose": PURPOSE}
        first = await up.post(named(ONE, variables=variables), Accept=GRAPHQL)
        whole = await up.post(named(ONE, query=ONE, variables=variables), Accept=GRAPHQL)
        later = await up.post(named(ONE, variables=variables), Accept=GRAPHQL)

    assert first[0] == 200
    assert first[1]["errors"][0]["message"] == "PersistedQueryNotFound"
    assert first[1]["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    assert whole[1]["data"]["certificate"]["__typename"] == "Found"
    assert later[1]["data"]["certificate"]["__typename"] == "Found"


async def test_identifiers_in_the_text_are_looked_up_as_ever(tmp_path: Path) -> None:
    """Two people written into one document's text: each is found, and none for the other."""
    async with open_stack(tmp_path) as up:
        held = up.sandbox.examples
        people = [held.person_with("resident_id_card", {"province": True}, skip=n) for n in (0, 1)]
        answers = [
            await up.ask(
                f'{{ certificate(type: "resident_id_card", subject: {{person: {{residentId: '
                f'"{one.identifier}", name: "{one.name}"}}}}, purpose: '
                f'{{item: "{PURPOSE["item"]}", case: "1", operator: "{PURPOSE["operator"]}"}}) '
                "{ ... on Found { certificate { holder { identifier } } } } }"
            )
            for one in people
        ]

    holders = [one["certificate"]["certificate"]["holder"]["identifier"] for one in answers]
    assert holders == [one.identifier for one in people]


async def test_a_strict_hub_runs_what_is_registered(tmp_path: Path) -> None:
    """By hash and by text, also what is registered while it runs; nothing else, not even introspection."""
    async with open_stack(tmp_path, environ=[("CERTHUB_DOCUMENTS", "strict")]) as up:
        before = await up.post({"query": ME}, Accept=GRAPHQL)
        async with open_database(up.settings) as engine:
            await register(engine, {"me": ME}, datetime.now(UTC))
        app: Any = up.server.config.app
        await app.state.hub.reload()
        by_text = await up.post({"query": ME}, Accept=GRAPHQL)
        by_hash = await up.post(named(ME), Accept=GRAPHQL)
        other = await up.post({"query": "{ __schema { types { name } } }"}, Accept=GRAPHQL)

    assert (before[0], other[0]) == (400, 400)
    assert other[1]["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_REGISTERED"
    assert "certhub documents add" in other[1]["errors"][0]["extensions"]["hint"]
    assert by_text[1]["data"]["me"]["key"] == by_hash[1]["data"]["me"]["key"]
