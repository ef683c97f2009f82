"""Every write has a key: repeated under it, it is one write with one answer."""

import asyncio

import orjson
import pytest

from tests.desk_platform.ground import (
    BUREAU,
    HOUSING,
    KEEPER,
    VALUES,
    VERA,
    Ground,
    submission,
)


async def test_the_same_key_gives_the_same_answer(ground: Ground) -> None:
    """A repeated write changes nothing and is answered byte by byte alike."""
    first = await ground.hub.post("requests", submission(), "key-1")
    again = await ground.hub.post("requests", submission(), "key-1")

    assert (first.status, first.raw) == (again.status, again.raw)
    outbox = await ground.hub.get(f"requests/outbox?unit={HOUSING}")
    assert len(outbox.body["requests"]) == 1


async def test_the_same_key_at_the_same_moment(ground: Ground) -> None:
    """Ten at once under one key are one write and one answer."""
    replies = await asyncio.gather(
        *(ground.hub.post("requests", submission(), "key-1") for _ in range(10))
    )

    assert {(reply.status, reply.raw) for reply in replies} == {(201, replies[0].raw)}
    outbox = await ground.hub.get(f"requests/outbox?unit={HOUSING}")
    assert len(outbox.body["requests"]) == 1


async def test_a_rejection_is_repeated_too(ground: Ground) -> None:
    """A key stands for one try: what was rejected under it stays so."""
    request = await ground.hub.open()
    body = {"by": VERA}

    early = await ground.hub.post(f"requests/{request}/begin", body, "key-1")
    await ground.hub.step(request, "claim", VERA)
    repeated = await ground.hub.post(f"requests/{request}/begin", body, "key-1")
    fresh = await ground.hub.post(f"requests/{request}/begin", body, "key-2")

    assert (early.status, repeated.status, fresh.status) == (409, 409, 200)
    assert early.raw == repeated.raw


async def test_the_same_key_for_another_body_is_told(ground: Ground) -> None:
    """409 and what to do; nothing is changed. Another client's keys are its own."""
    await ground.hub.post("requests", submission(), "key-1")

    other = await ground.hub.post("requests", submission(immediate=True), "key-1")

    assert other.status == 409
    assert other.body["message"].startswith("this Idempotency-Key was used for another call")
    theirs = await ground.caller(BUREAU).post("requests", submission(by=VERA), "key-1")
    assert theirs.status == 403


async def test_sealing_is_repeatable(ground: Ground) -> None:
    """A repeated sealing makes no second document."""
    request = await ground.hub.open()
    for name, parts in (("claim", {}), ("begin", {}), ("make", {"findings": {"verified": VALUES}})):
        await ground.hub.step(request, name, VERA, **parts)
    body = {"by": KEEPER}

    first = await ground.hub.post(f"requests/{request}/seal", body, "key-1")
    again = await ground.hub.post(f"requests/{request}/seal", body, "key-1")
    other = await ground.hub.post(f"requests/{request}/seal", body, "key-2")

    assert first.status == 200
    assert first.raw == again.raw
    assert (other.status, other.body["reason"]) == (409, "wrong_state")


@pytest.mark.parametrize("key", [None, "x" * 201])
async def test_a_write_needs_a_key(small: Ground, key: str | None) -> None:
    """Without a key of a sound length nothing is written."""
    headers = {} if key is None else {"Idempotency-Key": key}

    reply = await small.hub.send("POST", "/api/v1/requests", orjson.dumps(submission()), headers)

    assert reply.status == 400
    assert reply.body["message"].startswith("send an Idempotency-Key header")
