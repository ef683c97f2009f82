"""The integrated gateway's own ways."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from email.utils import formatdate, parsedate_to_datetime
from time import time

import pytest

from connectors.contract import (
    AnswerShape,
    CodeTest,
    CredentialRefused,
    Endpoint,
    FieldSource,
    Garbled,
    Health,
    Held,
    Interface,
    QuotaSpent,
    Refused,
    ValueKind,
)
from connectors.http import Http
from connectors.restapi import DIALECT
from connectors.signing import hmac_signature
from tests.connectors.people import BO, LAN, MEI, inquiry
from tests.connectors.scripted_server import Asked, Said, nobody_listening, serving

INTERFACE = Interface(
    "id_card",
    "/api/id card",
    "get",
    {"zjh": "{subject.id}", "name": "{subject.name}&=中 +", "a": "1"},
    AnswerShape("", (FieldSource("name", "XM", ValueKind.TEXT),)),
    timeout=2.0,
)
SECRETS = {"access_key": "hub", "secret": "Topsecret"}


def signed(asked: Asked) -> bool:
    """Whether the signature fits the request as it came."""
    path = asked.path.replace(" ", "%20")
    query = "&".join(sorted(asked.raw_query.split("&")))
    date = asked.headers["X-BG-DATE-TIME"]
    expected = hmac_signature("Topsecret", "hub", asked.method, path, query, date)
    return asked.headers["X-BG-HMAC-SIGNATURE"] == expected


def refusing(message: str, **headers: str) -> Callable[[Asked], Awaitable[Said]]:
    async def script(_: Asked) -> Said:
        return Said(json.dumps({"message": message}).encode(), 401, headers)

    return script


@pytest.mark.parametrize("style", ["get", "post"])
async def test_signed_styles(http: Http, style: str) -> None:
    """Both styles are signed over what is really sent; the body comes unwrapped."""

    async def script(asked: Asked) -> Said:
        return Said(b'[{"XM":"M"}]' if signed(asked) else b"no", 200)

    async with serving(script) as server:
        connector = DIALECT.connect(Endpoint("city", f"{server.url}/gw/", SECRETS), {}, http)
        (answer,) = await connector.fetch(replace(INTERFACE, style=style), [inquiry(MEI)])

    (asked,) = server.asked
    sent = json.loads(asked.body) if style == "post" else asked.query
    assert answer == Held({"name": "M"})
    assert (asked.method, asked.path) == (style.upper(), "/gw/api/id card")
    assert sent == {"zjh": MEI, "name": "示例&=中 +", "a": "1"}
    assert asked.headers["X-BG-HMAC-ALGORITHM"] == "hmac-sha256"


@pytest.mark.parametrize(
    ("message", "kind", "text"),
    [
        ("Invalid signature", CredentialRefused, "check access_key and secret"),
        ("Invalid access key", CredentialRefused, "check access_key and secret"),
        ("The route_id is forbidden.", Refused, "apply to the platform for the interface"),
        ("Clock skew exceeded", Refused, "set this machine's clock by NTP"),
        ("Something else", Refused, "HTTP status 401"),
    ],
)
async def test_refusals(http: Http, message: str, kind: type, text: str) -> None:
    """Each refusal tells its own fix, and is not asked again by a clock that is right."""
    async with serving(refusing(message)) as server:
        connector = DIALECT.connect(Endpoint("city", server.url, SECRETS), {}, http)
        (answer,) = await connector.fetch(INTERFACE, [inquiry(MEI)])

    assert type(answer) is kind
    assert text in str(answer)
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"message":7}'])
async def test_strange_refusals(http: Http, body: bytes) -> None:
    """A 401 that says nothing known is told by its status."""

    async def script(_: Asked) -> Said:
        return Said(body, 401)

    async with serving(script) as server:
        connector = DIALECT.connect(Endpoint("city", server.url, SECRETS), {}, http)
        (answer,) = await connector.fetch(INTERFACE, [inquiry(MEI)])

    assert type(answer) is Refused
    assert "HTTP status 401" in str(answer)


async def test_too_many_requests(http: Http) -> None:
    """Status 429 is a quota used up."""

    async def script(_: Asked) -> Said:
        return Said(b"", 429)

    async with serving(script) as server:
        connector = DIALECT.connect(Endpoint("city", server.url, SECRETS), {}, http)
        (answer,) = await connector.fetch(INTERFACE, [inquiry(MEI)])

    assert type(answer) is QuotaSpent


async def test_clock_offset_is_learned(http: Http) -> None:
    """Refused for its clock, the connector takes the server's time and asks once more."""
    theirs = time() + 3600

    async def script(asked: Asked) -> Said:
        sent = parsedate_to_datetime(asked.headers["X-BG-DATE-TIME"]).timestamp()
        if abs(sent - theirs) < 90:
            return Said(b'{"XM":"M"}')
        date = {"Date": formatdate(theirs, usegmt=True)}
        return Said(b'{"message":"Clock skew exceeded"}', 401, date)

    async with serving(script) as server:
        connector = DIALECT.connect(Endpoint("city", server.url, SECRETS), {}, http)
        first = await connector.fetch(INTERFACE, [inquiry(MEI)])
        second = await connector.fetch(INTERFACE, [inquiry(MEI)])

    assert first == second == [Held({"name": "M"})]
    assert len(server.asked) == 3


async def test_clock_offset_is_learned_by_many_at_once(http: Http) -> None:
    """All who were refused for the old offset ask once more, not only the first who learned it."""
    theirs, both = time() - 900, asyncio.Barrier(3)

    async def script(asked: Asked) -> Said:
        sent = parsedate_to_datetime(asked.headers["X-BG-DATE-TIME"]).timestamp()
        if abs(sent - theirs) < 90:
            return Said(b'{"XM":"M"}')
        await both.wait()
        date = {"Date": formatdate(theirs, usegmt=True)}
        return Said(b'{"message":"Clock skew exceeded"}', 401, date)

    async with serving(script) as server:
        connector = DIALECT.connect(Endpoint("city", server.url, SECRETS), {}, http)
        answers = await connector.fetch(INTERFACE, [inquiry(one) for one in (MEI, LAN, BO)])

    assert answers == [Held({"name": "M"})] * 3
    assert len(server.asked) == 6


async def test_clock_skew_for_ever(http: Http) -> None:
    """A platform that never accepts the time is asked twice, not for ever."""
    script = refusing("Clock skew exceeded", Date=formatdate(time() - 3600, usegmt=True))
    async with serving(script) as server:
        connector = DIALECT.connect(Endpoint("city", server.url, SECRETS), {}, http)
        (answer,) = await connector.fetch(INTERFACE, [inquiry(MEI)])

    assert type(answer) is Refused
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"null",
        b"[]",
        b'{"data":null}',
        b'{"result":null,"trace":"7"}',
        b'{"result":{"data":[]}}',
    ],
)
async def test_a_blank_without_the_code_of_success_is_no_absence(http: Http, body: bytes) -> None:
    """HTTP 200 alone says nothing: without the inner code a blank is a failure of the source."""

    async def script(_: Asked) -> Said:
        return Said(body)

    success = CodeTest("result.code", ("0",))
    shape = replace(INTERFACE.answer, rows="result.data", success=success)
    async with serving(script) as server:
        connector = DIALECT.connect(Endpoint("city", server.url, SECRETS), {}, http)
        (answer,) = await connector.fetch(replace(INTERFACE, answer=shape), [inquiry(MEI)])

    assert type(answer) is Garbled


async def test_blank_body(http: Http) -> None:
    """No body at all is garbled, never an absence."""

    async def script(_: Asked) -> Said:
        return Said(b"")

    async with serving(script) as server:
        connector = DIALECT.connect(Endpoint("city", server.url, SECRETS), {}, http)
        (answer,) = await connector.fetch(INTERFACE, [inquiry(MEI)])

    assert type(answer) is Garbled


async def test_probe(http: Http) -> None:
    """A probe asks for nothing and learns the clock."""
    date = {"Date": formatdate(time() + 600, usegmt=True)}

    async def script(_: Asked) -> Said:
        return Said(b"", 404, date)

    async with serving(script) as server:
        health = await DIALECT.connect(Endpoint("city", server.url, SECRETS), {}, http).probe()

    assert (health.reachable, health.credential_accepted) == (True, None)
    assert health.clock_offset == pytest.approx(600, abs=2)
    assert health.message == "answers with status 404"
    assert [(asked.method, asked.raw_query) for asked in server.asked] == [("GET", "")]


@pytest.mark.parametrize(
    ("status", "failing"), [(404, False), (499, False), (500, True), (503, True)]
)
async def test_probe_of_a_failing_platform(http: Http, status: int, failing: bool) -> None:
    """A platform that answers with an error of its own is reachable, and failing."""

    async def script(_: Asked) -> Said:
        return Said(b"", status)

    async with serving(script) as server:
        health = await DIALECT.connect(Endpoint("city", server.url, SECRETS), {}, http).probe()

    assert (health.reachable, health.failing) == (True, failing)
    assert f"status {status}" in health.message


async def test_probe_of_nobody(http: Http) -> None:
    """Where nobody listens, that is what the probe saw."""
    async with nobody_listening() as url:
        health = await DIALECT.connect(Endpoint("city", url, SECRETS), {}, http).probe()

    assert isinstance(health, Health)
    assert not health.reachable
