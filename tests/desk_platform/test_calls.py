"""Calls are signed, and made for the units of their client; what is wrong is told in words."""

from email.utils import formatdate

import pytest

from hub.desk.registry import Client
from tests.desk_platform.ground import (
    ARCHIVES,
    BUREAU,
    CIVIL,
    CLERK,
    HOUSING,
    HUB,
    REFORM,
    VERA,
    Ground,
    submission,
)


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


async def test_a_silent_database(small: Ground) -> None:
    """503 with the advice to repeat; nobody's data in it."""
    async with small.desk.database.writing() as connection:
        await connection.exec_driver_sql("DROP TABLE desk_answers")

    reply = await small.hub.post("requests", submission())

    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    assert "repeat the same call" in reply.body["message"]
