"""Whatever a signed client sends, the desk answers in words: never with an error of its own."""

import random
from collections.abc import Iterator, Mapping

import orjson
import pytest

from hub.desk.face.operations import OPERATIONS
from tests.desk_platform.ground import (
    CIVIL,
    CLERK,
    HOUSING,
    SINGLE,
    SUBJECT,
    VERA,
    Ground,
    submission,
)

STRANGE: tuple[object, ...] = (
    None, "", "\0", "文" * 3000, "9999-12-31", "0001-01-01", "9999-12-31T23:59:59.999999-12:00",
    "0001-01-01T00:00:00+14:00", -1, 0, 2**63, 1e308, True, [], {}, [[]], ["\0"], {"\0": "\0"},
    {"verified": {"a": "\0"}}, {"unit": CIVIL, "name": "vera"}, {"unit": "\0", "name": "\0"},
)  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
async def test_no_body_breaks_the_desk(ground: Ground, seed: int) -> None:
    """Bodies with strange values in strange places get an answer below 500."""
    chance = random.Random(seed)
    request = await ground.hub.open()
    statuses = set()

    for operation in OPERATIONS:
        if operation.method == "POST":
            path = operation.path.replace("{id}", request)
            for body in _strange(chance, operation.name):
                headers = {"Idempotency-Key": f"{chance.random()}"}
                reply = await ground.hub.send("POST", path, orjson.dumps(body), headers)
                assert reply.status < 500, (path, body)
                assert reply.status >= 400 or reply.body, path
                statuses.add(reply.status)

    assert {405, 422} <= statuses
    assert (await ground.hub.get(f"requests/{request}?unit={HOUSING}")).status == 200


def _strange(chance: random.Random, name: str) -> Iterator[object]:
    for _ in range(6):
        body = _sound(name)
        for _ in range(chance.randint(1, 2)):
            body[chance.choice([*body, "other"])] = chance.choice(STRANGE)
        yield body
    yield chance.choice(STRANGE)


def _sound(name: str) -> dict[str, object]:
    if name == "submit":
        return submission()
    if name == "lookUpProofs":
        lookup: Mapping[str, object] = {
            "ref": "0",
            "certificateType": "no_marriage_record",
            "subject": {"id": SUBJECT},
            "purpose": {"item": "x"},
        }
        return {"requests": [lookup, {**lookup, "subject": {"id": "\0"}, "purpose": {"item": 1}}]}
    words = ("reason", "to", "kind", "question", "answer", "findings", "estimate", "grounds")
    return {"by": VERA, **dict.fromkeys(words[: len(name) % 3], "x"), "delivery": 1}


async def test_no_query_breaks_the_desk(ground: Ground) -> None:
    """Strange paths and queries are told what is allowed."""
    for path in (
        "requests/%00?unit=housing",
        "requests/inbox?unit=%00",
        "requests/inbox?unit=housing&count=%C2%B2",
        "requests/inbox?unit=housing&after=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwieCJd",
        "reminders?unit=housing&since=0001-01-01T00:00:00%2B14:00",
        "requests/x/deliveries/%00/document?unit=housing",
    ):
        reply = await ground.hub.get(path)

        assert reply.status in (400, 404), path
        assert reply.body["message"]


@pytest.mark.parametrize("place", ["item", "case", "itemName"])
async def test_what_cannot_be_printed(small: Ground, place: str) -> None:
    """An invisible sign in what the endorsement would say is told at once, when asking or extracting."""
    request = await small.hub.open()
    await small.hub.to_sent(request)
    purpose = {"item": "许可-00757-001", "case": "case-1", place: "case\u202e1"}
    who = {"kind": "person", "id": SUBJECT}
    extraction = {"by": CLERK, "certificateType": SINGLE, "subject": who, "purpose": purpose}

    extracted = await small.hub.post("proofs/extract", extraction)
    asked = await small.hub.post("requests", submission(purpose=purpose))

    assert (extracted.status, asked.status) == (422, 422)
    assert extracted.body["message"] == (
        f"{place} isn't allowed; give a text that isn't blank, without invisible signs"
    )
