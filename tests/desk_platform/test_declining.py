"""There is no declining (Article 16): who tries is told so, and it is on record."""

import secrets

import pytest

from tests.desk_platform.ground import (
    BUREAU,
    CIVIL,
    CLERK,
    VERA,
    Ground,
)


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
