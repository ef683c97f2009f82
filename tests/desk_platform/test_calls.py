"""Calls are signed, repeatable and strict; what is wrong is told with what is allowed."""

import asyncio
import secrets
from email.utils import formatdate

import orjson
import pytest

from hub.desk.registry import Client
from tests.desk_platform.ground import (
    ARCHIVES,
    BUREAU,
    CIVIL,
    CLERK,
    HOUSING,
    HUB,
    KEEPER,
    REFORM,
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


async def test_seals_are_permitted(small: Ground) -> None:
    """A keeper with several seals names one; somebody without any can't seal."""
    request = await small.hub.open()
    for name, parts in (("claim", {}), ("begin", {}), ("make", {"findings": {"verified": VALUES}})):
        await small.hub.step(request, name, VERA, **parts)
    apprentice = {"unit": CIVIL, "name": "apprentice"}

    several = await small.hub.step(request, "seal", apprentice)
    none = await small.hub.step(request, "seal", VERA)
    foreign = await small.hub.step(request, "seal", KEEPER, seal="seal-2")
    nowhere = await small.hub.step("none", "seal", KEEPER)
    named = await small.hub.step(request, "seal", apprentice, seal="seal-3")

    assert several.status == foreign.status == 409
    assert several.body["message"].endswith("may use now: seal-2, seal-3")
    assert (none.status, none.body["reason"]) == (403, "wrong_role")
    assert foreign.body["message"] == (
        "seal seal-2 is not permitted to this operator: have it permitted"
    )
    assert nowhere.status == 404
    assert named.status == 200


@pytest.mark.parametrize("key", [None, "x" * 201])
async def test_a_write_needs_a_key(small: Ground, key: str | None) -> None:
    """Without a key of a sound length nothing is written."""
    headers = {} if key is None else {"Idempotency-Key": key}

    reply = await small.hub.send("POST", "/api/v1/requests", orjson.dumps(submission()), headers)

    assert reply.status == 400
    assert reply.body["message"].startswith("send an Idempotency-Key header")


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"X-BG-HMAC-ACCESS-KEY": "other"}, "Invalid access key"),
        ({"X-BG-HMAC-ALGORITHM": "hmac-md5"}, "Invalid signature"),
        ({"X-BG-HMAC-SIGNATURE": "AAAA"}, "Invalid signature"),
        ({"X-BG-DATE-TIME": "yesterday"}, "Clock skew exceeded"),
        ({"X-BG-DATE-TIME": formatdate(0, usegmt=True)}, "Clock skew exceeded"),
    ],
)
async def test_unsigned_calls(small: Ground, headers: dict[str, str], message: str) -> None:
    """401 in the gateway's own words."""
    reply = await small.hub.send("GET", f"/api/v1/requests/inbox?unit={CIVIL}", b"", headers)

    assert (reply.status, reply.body) == (401, {"message": message})


@pytest.mark.parametrize(("ahead", "status"), [(85, 200), (-85, 200), (95, 401), (-95, 401)])
async def test_skew(small: Ground, ahead: float, status: int) -> None:
    """Ninety seconds are allowed, either way."""
    reply = await small.caller(HUB, ahead).get(f"requests/inbox?unit={CIVIL}")

    assert reply.status == status


async def test_a_wrong_secret(small: Ground) -> None:
    """A known key with another secret is an invalid signature."""
    reply = await small.caller(Client("hub", "key-hub", "other")).get("requests/inbox?unit=a")

    assert reply.body == {"message": "Invalid signature"}


async def test_clients_act_for_their_units(small: Ground) -> None:
    """A client acts and reads for its own units; only one with the catalogue opens requests."""
    bureau = small.caller(BUREAU)
    request = await small.hub.open()

    claimed = await bureau.step(request, "claim", VERA)
    foreign = await bureau.step(request, "cancel", CLERK, reason="撤件")
    read = await bureau.get(f"requests/outbox?unit={HOUSING}")
    opened = await bureau.post("requests", submission(by=VERA))

    assert claimed.status == 200
    assert foreign.status == read.status == opened.status == 403
    assert "registry" in foreign.body["message"]
    assert "catalogue" in opened.body["message"]


async def test_a_request_is_nobody_elses(ground: Ground) -> None:
    """Whom it doesn't concern is told that there is no such request, as with any unknown id."""
    request = await ground.hub.open()
    stranger = {"unit": ARCHIVES, "name": "anna"}

    for path in (f"requests/{request}", f"requests/{request}/history", "requests/none"):
        reply = await ground.hub.get(f"{path}?unit={ARCHIVES}")
        assert reply.status == 404
    for id_ in (request, "none"):
        assert (await ground.hub.step(id_, "claim", stranger)).status == 404


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fields": []}, "fields isn't allowed; give a list of texts, one at least"),
        ({"fields": "spouse"}, "fields isn't allowed; give a list of texts, one at least"),
        ({"immediate": 1}, "immediate isn't allowed; give true or false"),
        ({"promised": "soon"}, "promised isn't allowed; give a date such as 2026-11-23"),
        ({"subject": "x"}, "subject is no JSON object: send one with kind, id, name"),
        (
            {"subject": {"kind": "cat", "id": "1"}},
            "kind isn't allowed; give one of person, organisation",
        ),
        (
            {"purpose": {"item": "  ", "case": "1"}},
            "item isn't allowed; give a text that isn't blank",
        ),
        ({"purpose": {"item": "1"}}, "purpose lacks case: the case (办件)"),
        (
            {"holder": "x"},
            "the body has an unknown field; allowed: by, certificateType, fields, "
            "subject, purpose, immediate, promised, issuer",
        ),
    ],
)
async def test_submissions_are_strict(
    small: Ground, change: dict[str, object], message: str
) -> None:
    """422 says which field, and what is allowed; never what was given."""
    reply = await small.hub.post("requests", submission(**change))

    assert (reply.status, reply.body) == (422, {"message": message})


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ({}, "one of verified"),
        ({"verified": {"a": "b"}, "noRecord": {"searched": "c"}}, "one of verified"),
        ({"verified": {}}, "an object of field names"),
        ({"verified": {"a": 1.5}}, "an object of field names"),
        ({"ambiguous": {"candidates": "2"}}, "an integer from 1"),
    ],
)
async def test_findings_are_strict(small: Ground, findings: object, said: str) -> None:
    """Findings are one of the three kinds."""
    request = await small.hub.open()

    reply = await small.hub.step(request, "make", VERA, findings=findings)

    assert reply.status == 422
    assert said in reply.body["message"]


async def test_values_of_every_kind(small: Ground) -> None:
    """Texts, whole numbers, booleans, lists of texts, and what is left open."""
    values: dict[str, object] = {"a": "x", "b": 2, "c": True, "d": ["y", "z"], "e": None}
    request = await small.hub.open(fields=list(values))

    sent = await small.hub.to_sent(request, VERA, **values)

    assert sent["deliveries"][0]["findings"] == {"verified": values}


async def test_an_estimate_has_a_zone(small: Ground) -> None:
    """A moment without a zone isn't one."""
    request = await small.hub.open()

    reply = await small.hub.step(
        request, "explain", VERA, reason="x", estimate="2025-03-12T12:00:00"
    )

    assert reply.status == 422


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[]"])
async def test_bodies_are_json_objects(small: Ground, body: bytes) -> None:
    """Anything else is told so."""
    reply = await small.hub.send("POST", "/api/v1/requests", body, {"Idempotency-Key": "1"})

    assert reply.status in (400, 422)
    assert "JSON object" in reply.body["message"]


async def test_what_does_not_exist(small: Ground) -> None:
    """Unknown paths, wrong methods and bodies too large are told in JSON."""
    unknown = await small.hub.get("nothing")
    method = await small.hub.send("DELETE", "/api/v1/requests")
    large = await small.hub.post("requests", "x" * 256 * 1024)

    assert (unknown.status, method.status, large.status) == (404, 405, 413)
    assert unknown.body == {"message": "Not Found; see /api/v1/openapi.json"}
    assert method.headers["Allow"] == "POST"


async def test_pages(ground: Ground) -> None:
    """The inbox goes by due time, page by page; the outbox by issue."""
    first = [await ground.hub.open() for _ in range(3)]
    urgent = await ground.hub.open(immediate=True)

    for box, unit, ids in (
        ("inbox", CIVIL, [urgent, *sorted(first)]),
        ("outbox", HOUSING, sorted([*first, urgent])),
    ):
        seen, after = [], ""
        for _ in range(2):
            page = await ground.hub.get(f"requests/{box}?unit={unit}&count=2{after}")
            seen += [each["id"] for each in page.body["requests"]]
            after = f"&after={page.body['next']}"
        assert seen == ids
        assert page.body["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        "",
        "unit=civil-affairs&count=0",
        "unit=civil-affairs&count=x",
        "unit=civil-affairs&after=x",
        "unit=civil-affairs&after=W10=",
        "unit=civil-affairs&count=1000",
    ],
)
async def test_queries_are_strict(small: Ground, query: str) -> None:
    """400 with what is allowed."""
    reply = await small.hub.get(f"requests/inbox?{query}" if query else "requests/inbox")

    assert reply.status == 400


async def test_since_is_a_moment(small: Ground) -> None:
    """Reminders are read from a moment on."""
    wrong = await small.hub.get(f"reminders?unit={REFORM}&since=x")
    right = await small.hub.get(f"reminders?unit={REFORM}&since=2025-01-01T00:00:00Z")

    assert (wrong.status, right.status) == (400, 200)


@pytest.mark.parametrize("word", ["decline", "refuse", "reject"])
async def test_there_is_no_declining(ground: Ground, word: str) -> None:
    """405; the attempt is an incident under Article 16, and the request lives on."""
    request = await ground.hub.open()
    body, key = {"by": VERA, "reason": "不想"}, secrets.token_hex(4)

    tried = await ground.hub.post(f"requests/{request}/{word}", body, key)
    again = await ground.hub.post(f"requests/{request}/{word}", body, key)

    assert (tried.status, tried.body["recorded"]) == (again.status, True) == (405, True)
    assert "Article 16" in tried.body["message"]
    seen = (await ground.hub.get(f"requests/{request}?unit={CIVIL}")).body
    assert seen["state"] == "delivered"
    assert [(each["by"], each["article"]) for each in seen["incidents"]] == [(VERA, "16")]


async def test_declining_by_nobody(small: Ground) -> None:
    """Who doesn't say who they are, or isn't the issuer, is told the same; nothing is recorded."""
    request = await small.hub.open()

    nobody = await small.hub.post(f"requests/{request}/decline", {"reason": "x"})
    no_object = await small.hub.post(f"requests/{request}/decline", [])
    no_json = await small.hub.send("POST", f"/api/v1/requests/{request}/decline", b"{")
    clerk = await small.hub.post(f"requests/{request}/decline", {"by": CLERK})
    foreign = await small.caller(BUREAU).post(f"requests/{request}/decline", {"by": CLERK})

    assert {each.status for each in (nobody, no_object, no_json, clerk, foreign)} == {405}
    assert clerk.body["recorded"] is False
    seen = (await small.hub.get(f"requests/{request}?unit={CIVIL}")).body
    assert seen["incidents"] == []


async def test_no_field_declines_either(small: Ground) -> None:
    """A field that would decline is refused and recorded; another unknown one only refused."""
    request = await small.hub.open()
    await small.hub.step(request, "claim", VERA)
    await small.hub.step(request, "begin", VERA)

    tried = await small.hub.step(request, "make", VERA, findings={"declined": {"why": "x"}})
    typo = await small.hub.step(request, "make", VERA, findings={"verfied": {"a": "x"}})

    assert (tried.status, typo.status) == (422, 422)
    assert "Article 16" in tried.body["message"]
    seen = (await small.hub.get(f"requests/{request}?unit={CIVIL}")).body
    assert (len(seen["incidents"]), seen["state"]) == (1, "in_verification")


async def test_a_silent_database(small: Ground) -> None:
    """503 with the advice to repeat; nobody's data in it."""
    async with small.desk.database.writing() as connection:
        await connection.exec_driver_sql("DROP TABLE desk_answers")

    reply = await small.hub.post("requests", submission())

    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    assert "repeat the same call" in reply.body["message"]
