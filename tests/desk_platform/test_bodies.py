"""Bodies are strict: what isn't allowed is told with what is."""

import pytest

from tests.desk_platform.ground import (
    CIVIL,
    KEEPER,
    VALUES,
    VERA,
    Ground,
    submission,
)


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
            "item isn't allowed; give a text that isn't blank, without invisible signs",
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
