"""Requests leave nothing behind that only the garbage collection would find."""

import gc
import weakref
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import pytest_asyncio

from resolvers.documents.documents import OFTEN
from resolvers.garbage import THRESHOLDS, seldom_collected
from tests.face.asking import MANY, ONE, person
from tests.stack import PURPOSE, Stack, open_stack

ALIASES = f"""query Aliases($subject: SubjectInput!, $purpose: PurposeInput!) {{ {
    " ".join(
        f'a{number}: certificate(type: "resident_id_card", subject: $subject, purpose: $purpose) '
        "{ __typename }"
        for number in range(20)
    )
} }}"""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    planned = [("CERTHUB_PLAN", "on")]  # graphql-core leaves cycles at each lookup
    async with open_stack(tmp_path_factory.mktemp("garbage"), environ=planned) as up:
        yield up


async def asked(stack: Stack, body: bytes) -> Any:
    """The answer of the application itself, without a client whose garbage would be found, too."""
    bearer = f"Bearer {stack.key}".encode()
    headers = [(b"authorization", bearer), (b"content-type", b"application/json")]
    scope = {"type": "http", "path": "/graphql", "method": "POST", "headers": headers}
    sent: list[Any] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    app: Any = stack.server.config.app
    await app(scope, receive, send)
    return orjson.loads(sent[1]["body"])


@pytest.mark.parametrize("kind", ["one", "list", "aliases", "nowhere"])
async def test_a_lookup_leaves_no_cycles(stack: Stack, kind: str) -> None:
    """Whatever it made is free again by itself: after many of them there is nothing to collect."""
    subject = person(stack, "resident_id_card", province=True)
    lookups = [{"type": "resident_id_card", "subject": subject}] * 20
    purpose: dict[str, object] = {"subject": subject, "purpose": PURPOSE}
    query, variables = {
        "one": (ONE, {"type": "resident_id_card", **purpose}),
        "nowhere": (ONE, {"type": "adoption_registration", **purpose}),
        "list": (MANY, {"lookups": lookups, "purpose": PURPOSE}),
        "aliases": (ALIASES, purpose),
    }[kind]
    body = orjson.dumps({"query": query, "variables": variables})
    assert "errors" not in await asked(stack, body)
    for _ in range(OFTEN):  # by then its document has been compiled for good
        await asked(stack, body)
    gc.collect()
    gc.disable()

    try:
        for _ in range(10):
            await asked(stack, body)
        found = gc.collect()
    finally:
        gc.enable()

    assert found < 10 * 20, "each of ten requests left something"
    assert gc.get_threshold() == THRESHOLDS


class Ring:
    """Something that only the collection ends."""

    def __init__(self) -> None:
        self.itself = self


async def test_what_was_there_when_a_hub_began_can_be_collected_after_it_ended() -> None:
    """A process that opens one hub after the other does not keep what each of them held."""
    ring = Ring()
    last = weakref.ref(ring)

    with seldom_collected():
        del ring
        gc.collect()
        held = last() is not None
    gc.collect()

    assert held
    assert last() is None
