"""The BG-HMAC gateway, the verification platform and the XML bureau, on real HTTP."""

import time

import aiohttp
import orjson
import pytest

from hub.sandbox.sandbox import Sandbox
from tests.sandbox.calls import lookup, signed_call

INTEGRATED = "municipal_integrated"
PURPOSE = {"item": "许可-00757-000", "case": "1", "operator": "op", "unit": "u"}


async def _vaccination(
    http: aiohttp.ClientSession,
    sandbox: Sandbox,
    *,
    credential: dict[str, str] | None = None,
    at: float | None = None,
    changed: dict[str, str] | None = None,
) -> tuple[int, dict[str, object]]:
    interface = sandbox.platforms[INTEGRATED].interfaces["vaccination_record"]
    holder = sandbox.examples.person_with("vaccination_record", {INTEGRATED: True})
    return await signed_call(
        http,
        sandbox.urls[INTEGRATED] + interface.target,
        {**sandbox.credentials[INTEGRATED], **(credential or {})},
        query={"idCard": holder.identifier},
        at=at,
        changed=changed,
    )


async def test_a_signed_call_is_answered(http: aiohttp.ClientSession, sandbox: Sandbox) -> None:
    """The upstream body comes through unwrapped."""
    status, document = await _vaccination(http, sandbox)

    assert status == 200
    assert str(document["code"]) == "200"
    assert document["data"]


@pytest.mark.parametrize(
    ("credential", "message"),
    [
        ({"secret": "wrong"}, "Invalid signature"),
        ({"access_key": "nobody"}, "Invalid access key"),
    ],
)
async def test_a_wrong_credential_is_refused(
    http: aiohttp.ClientSession, sandbox: Sandbox, credential: dict[str, str], message: str
) -> None:
    """HTTP 401 with the gateway's own words; nothing is asked, the refusal is counted."""
    answer = await _vaccination(http, sandbox, credential=credential)
    counts = sandbox.platform(INTEGRATED).counts

    assert answer == (401, {"message": message})
    assert (counts.total, counts.refused, counts.asked) == (1, 1, 0)


@pytest.mark.parametrize(("skew", "status"), [(-95.0, 401), (-80.0, 200), (80.0, 200), (95.0, 401)])
async def test_ninety_seconds_of_skew_are_borne(
    http: aiohttp.ClientSession, sandbox: Sandbox, skew: float, status: int
) -> None:
    """A call signed by a clock more than 90 s off is refused."""
    answered, document = await _vaccination(http, sandbox, at=time.time() + skew)

    assert answered == status
    assert status == 200 or document == {"message": "Clock skew exceeded"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"X-BG-DATE-TIME": "yesterday"}, "Clock skew exceeded"),
        ({"X-BG-HMAC-ALGORITHM": "hmac-sha1"}, "Invalid signature"),
        ({"X-BG-HMAC-SIGNATURE": "AAAA"}, "Invalid signature"),
    ],
)
async def test_a_tampered_header_is_refused(
    http: aiohttp.ClientSession, sandbox: Sandbox, changed: dict[str, str], message: str
) -> None:
    """Every header counts."""
    assert await _vaccination(http, sandbox, changed=changed) == (401, {"message": message})


async def test_an_unknown_route_is_forbidden(http: aiohttp.ClientSession, sandbox: Sandbox) -> None:
    """A well signed call to no interface is refused and not counted."""
    url = f"{sandbox.urls[INTEGRATED]}/nowhere"

    answer = await signed_call(http, url, sandbox.credentials[INTEGRATED])

    assert answer == (401, {"message": "The route_id is forbidden."})
    assert sandbox.platform(INTEGRATED).counts.total == 0


async def test_a_batch_answers_each_request_by_its_ref(
    http: aiohttp.ClientSession, sandbox: Sandbox
) -> None:
    """Held, not held and wrong requests stand side by side; the batch is counted once."""
    examples = sandbox.examples
    holder = examples.person_with("kinship_proof", {"verification": True})
    other = examples.person_with("kinship_proof", {"verification": False})
    kind = {"certificateType": "kinship_proof", "purpose": PURPOSE}
    requests = [
        {"ref": "a", "subject": {"id": holder.identifier, "name": None}, **kind},
        {"ref": "b", "subject": {"id": other.identifier, "name": other.name}, **kind},
        {"ref": "c", "subject": {"id": holder.identifier}, **kind, "purpose": {}},
        {"ref": "d", "subject": {}, **kind},
        {"ref": "e", "subject": {"id": holder.identifier}, **kind, "certificateType": "no"},
    ]

    status, document = await lookup(http, sandbox, requests)
    answers = document["answers"]
    counts = sandbox.platform("verification").counts

    assert status == 200
    assert isinstance(answers, list)
    assert answers[0]["holder"] == {"id": holder.identifier}
    assert answers[0]["fields"]["relative_name"]
    assert [(each["ref"], each["status"], each.get("code")) for each in answers] == [
        ("a", "held", None),
        ("b", "notHeld", None),
        ("c", "error", "purposeMissing"),
        ("d", "error", "subjectMissing"),
        ("e", "error", "unknownCertificateType"),
    ]
    assert (counts.calls, counts.batches, counts.subjects) == (
        {"proofs/lookup": 1},
        {5: 1},
        {"kinship_proof": 2},
    )


async def test_a_batch_beyond_a_hundred_is_refused_whole(
    http: aiohttp.ClientSession, sandbox: Sandbox
) -> None:
    """101 requests get 413 and nobody is asked about."""
    person = sandbox.population.person(0)
    request = {"ref": "0", "certificateType": "kinship_proof", "purpose": PURPOSE}

    status, document = await lookup(
        http, sandbox, [{**request, "subject": {"id": person.identifier}}] * 101
    )

    assert (status, document) == (413, {"message": "101 requests: send 100 at most"})
    assert sandbox.platform("verification").counts.asked == 0


@pytest.mark.parametrize("requests", [None, {}, [1], "all"])
async def test_a_body_that_is_no_lookup_tells_the_fix(
    http: aiohttp.ClientSession, sandbox: Sandbox, requests: object
) -> None:
    """A malformed body gets 400 and what to send."""
    answer = await lookup(http, sandbox, requests)

    assert answer == (
        400,
        {"message": "requests is missing: send an object with a list of requests"},
    )


async def test_an_unsigned_lookup_is_refused(http: aiohttp.ClientSession, sandbox: Sandbox) -> None:
    """Without a signature nothing is answered."""
    url = f"{sandbox.urls['verification']}/api/v1/proofs/lookup"
    async with http.post(url, data=orjson.dumps({"requests": [{"ref": "0"}]})) as response:
        assert (response.status, await response.json()) == (401, {"message": "Invalid access key"})


async def test_health_needs_no_signature(http: aiohttp.ClientSession, sandbox: Sandbox) -> None:
    """The platform says it is up and what time it has."""
    async with http.get(f"{sandbox.urls['verification']}/api/v1/health") as response:
        document = await response.json()

    assert document["status"] == "up"
    assert abs(document["time"] / 1000 - time.time()) < 5


def _message(token: str, code: str, subject: str, name: str) -> str:
    return (
        f"<ROOT><HEAD><MSGCODE>{code}</MSGCODE><MSGTOKEN>{token}</MSGTOKEN>"
        "<SNDCODE>3302SANDBOX</SNDCODE><SNDMSGID>1</SNDMSGID><USERNAME>sandbox</USERNAME>"
        "<SNDTIME>20250701080000</SNDTIME></HEAD>"
        f"<CONTENT><AAC002>{subject}</AAC002><AAC003>{name}</AAC003><AAE103>x</AAE103>"
        "<AAB301>330200</AAB301></CONTENT></ROOT>"
    )


async def _bureau(http: aiohttp.ClientSession, sandbox: Sandbox, token: str, code: str) -> str:
    bureau = "human_resources_bureau"
    holder = sandbox.examples.person_with("social_insurance", {bureau: True})
    message = _message(token, code, holder.identifier, holder.name)
    async with http.post(sandbox.urls[bureau], data=message.encode()) as response:
        assert response.headers["Content-Type"] == "text/xml;charset=GB18030"
        return (await response.read()).decode("gb18030")


async def test_the_bureau_answers_in_gb18030(http: aiohttp.ClientSession, sandbox: Sandbox) -> None:
    """A known user's message is answered with rows."""
    token = sandbox.credentials["human_resources_bureau"]["token"]

    answer = await _bureau(http, sandbox, token, "GRCBZM")

    assert answer.startswith('<?xml version="1.0" encoding="GB18030"?>')
    assert "<RSTCODE>0</RSTCODE>" in answer
    assert "城镇职工基本养老保险" in answer


@pytest.mark.parametrize(("code", "said"), [("GRCBZM", "401"), ("NOSUCH", "401")])
async def test_the_bureau_refuses_a_wrong_token(
    http: aiohttp.ClientSession, sandbox: Sandbox, code: str, said: str
) -> None:
    """A wrong token gets a code and no content, so that it can't be taken for not held."""
    answer = await _bureau(http, sandbox, "wrong", code)

    assert f"<RSTCODE>{said}</RSTCODE>" in answer
    assert "CONTENT" not in answer
    assert sandbox.platform("human_resources_bureau").counts.asked == 0


async def test_the_bureau_refuses_what_is_not_xml(
    http: aiohttp.ClientSession, sandbox: Sandbox
) -> None:
    """An unreadable or dangerous message gets a code."""
    bomb = '<!DOCTYPE r [<!ENTITY a "b">]><ROOT>&a;</ROOT>'
    for body in ("<ROOT>", bomb):
        async with http.post(sandbox.urls["human_resources_bureau"], data=body) as response:
            assert "<RSTCODE>400</RSTCODE>" in (await response.read()).decode("gb18030")
