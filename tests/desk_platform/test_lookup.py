"""The connector that the hub has finds proofs here: sent, in force, not recalled."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import orjson
import pytest

from connectors.contract import (
    AnswerShape,
    Endpoint,
    FieldSource,
    Held,
    Inquiry,
    Interface,
    NotHeld,
    ProofKind,
    Refused,
    Value,
    ValueKind,
)
from connectors.http import open_http
from connectors.verification import VerificationPlatform
from tests.desk_platform.ground import (
    CLERK,
    HOUSING,
    HUB,
    KEEPER,
    SINGLE,
    SUBJECT,
    VERA,
    VIKTOR,
    Ground,
)

UNMARRIED: dict[str, Value | None] = {"spouse": "无", "since": date(2020, 5, 20)}


@pytest.fixture
async def platform(ground: Ground) -> AsyncIterator[VerificationPlatform]:
    """The hub's own connector, before this desk."""
    secrets = {"access_key": HUB.access_key, "secret": HUB.secret}
    endpoint = Endpoint("verification", ground.hub.base, secrets)
    async with open_http() as http:
        yield VerificationPlatform(endpoint, http)


def _interface(certificate: str) -> Interface:
    fields = (
        FieldSource("spouse", "fields.spouse", ValueKind.TEXT),
        FieldSource("since", "fields.since", ValueKind.DATE),
    )
    return Interface(certificate, certificate, "batch", {}, AnswerShape("", fields), 2.0)


def _inquiry(subject: str = SUBJECT, unit: str = "banks") -> Inquiry:
    return Inquiry(
        {
            "subject.id": subject,
            "purpose.item": "许可-1",
            "purpose.case": "case-9",
            "purpose.sponsor_code": unit,
        }
    )


async def _proven(ground: Ground) -> str:
    """A request whose answer was sent and received."""
    request = await ground.hub.open()
    await ground.hub.to_sent(request)
    await ground.hub.step(request, "receipt", CLERK)
    return request


async def _objected(ground: Ground, request: str, **values: object) -> None:
    """The same request after an objection whose review said this."""
    reply = await ground.hub.step(request, "objection", CLERK, delivery=1, grounds="有误")
    await ground.hub.to_sent(reply.body["objections"][0]["review"], VIKTOR, **values)


async def test_health(platform: VerificationPlatform) -> None:
    """The probe finds it up, and its key accepted."""
    health = await platform.probe()

    assert (health.reachable, health.credential_accepted) == (True, True)


async def test_only_what_was_sent_is_held(ground: Ground, platform: VerificationPlatform) -> None:
    """A sealed answer is held for its subject from its sending until it is out of force."""
    interface = _interface(SINGLE)
    request = await ground.hub.open()
    before = await platform.fetch(interface, [_inquiry()])
    await ground.hub.to_sent(request)

    sent = await platform.fetch(interface, [_inquiry(), _inquiry("330203199001010011")])
    await ground.pass_time(timedelta(days=31))
    late = await platform.fetch(interface, [_inquiry()])

    assert before == late == [NotHeld()]
    assert sent == [Held(UNMARRIED, ProofKind.VERIFIED), NotHeld()]


async def test_no_such_record_is_not_held(ground: Ground, platform: VerificationPlatform) -> None:
    """The newest answer counts: where it says that there is no record, an older one doesn't."""
    await _proven(ground)
    await ground.pass_time(timedelta(hours=1))
    later = await ground.hub.open()
    for name, by, parts in (
        ("claim", VERA, {}),
        ("begin", VERA, {}),
        ("make", VERA, {"findings": {"noRecord": {"searched": "全部"}}}),
        ("seal", KEEPER, {}),
        ("send", KEEPER, {}),
    ):
        assert (await ground.hub.step(later, name, by, **parts)).status == 200

    assert await platform.fetch(_interface(SINGLE), [_inquiry()]) == [NotHeld()]


async def test_parts_are_put_together(ground: Ground, platform: VerificationPlatform) -> None:
    """An answer that came in parts is one proof."""
    request = await ground.hub.open()
    await ground.hub.to_sent(request, spouse="无")
    for name, by, parts in (
        ("make", VERA, {"findings": {"verified": {"since": "2020-05-20"}}}),
        ("seal", KEEPER, {}),
        ("send", KEEPER, {}),
    ):
        assert (await ground.hub.step(request, name, by, **parts)).status == 200

    found = await platform.fetch(_interface(SINGLE), [_inquiry()])

    assert found == [Held(UNMARRIED, ProofKind.VERIFIED)]


async def test_a_corrected_proof_is_recalled(
    ground: Ground, platform: VerificationPlatform
) -> None:
    """The old proof isn't given any more; whoever got it, by request or lookup, is told once."""
    request = await _proven(ground)
    for unit in ("banks", "banks", "school"):
        await platform.fetch(_interface(SINGLE), [_inquiry(unit=unit)])

    await _objected(ground, request, spouse="有", since="2020-05-20")

    assert await platform.fetch(_interface(SINGLE), [_inquiry()]) == [
        Held({**UNMARRIED, "spouse": "有"}, ProofKind.VERIFIED)
    ]
    seen = (await ground.hub.get(f"requests/{request}?unit={HOUSING}")).body
    assert seen["objections"][0]["ending"] == "corrected"
    assert seen["deliveries"][0]["recalledBy"] == seen["objections"][0]["review"]
    for unit, reference in ((HOUSING, request), ("banks", "case-9"), ("school", "case-9")):
        told = (await ground.hub.get(f"reminders?unit={unit}")).body["reminders"]
        recalls = [each for each in told if each["kind"] == "recall"]
        assert [(each["request"], each["reference"]) for each in recalls] == [(request, reference)]


async def test_an_upheld_proof_stays(ground: Ground, platform: VerificationPlatform) -> None:
    """Nobody is told anything."""
    request = await _proven(ground)
    await platform.fetch(_interface(SINGLE), [_inquiry()])

    await _objected(ground, request)

    assert await platform.fetch(_interface(SINGLE), [_inquiry()]) == [
        Held(UNMARRIED, ProofKind.VERIFIED)
    ]
    told = (await ground.hub.get("reminders?unit=banks")).body["reminders"]
    assert told == []


async def test_a_type_nobody_issues_here(platform: VerificationPlatform) -> None:
    """That is an error of its own, never an absence."""
    (outcome,) = await platform.fetch(_interface("driving_licence"), [_inquiry()])

    assert isinstance(outcome, Refused)
    assert "unknownCertificateType" in str(outcome)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"certificateType": SINGLE}, "subjectMissing"),
        ({"certificateType": SINGLE, "subject": {"id": 5}}, "subjectMissing"),
        ({"certificateType": SINGLE, "subject": {"id": "5"}}, "purposeMissing"),
        ({}, "unknownCertificateType"),
    ],
)
async def test_what_a_lookup_lacks(small: Ground, asked: dict[str, object], code: str) -> None:
    """Each lookup of a batch has its own code, beside those that are answered."""
    sound = {
        "ref": "1",
        "certificateType": SINGLE,
        "subject": {"id": SUBJECT},
        "purpose": {"item": "x"},
    }
    body = {"requests": [{"ref": "0", **asked}, sound]}

    reply = await small.hub.send("POST", "/api/v1/proofs/lookup", orjson.dumps(body))

    assert reply.body == {
        "answers": [
            {"ref": "0", "status": "error", "code": code},
            {"ref": "1", "status": "notHeld"},
        ]
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"[]", 400), (b'{"requests":[1]}', 400), (b"{", 400), (b"", 400)],
)
async def test_batches_are_strict(small: Ground, body: bytes, status: int) -> None:
    """What is no batch is told so."""
    reply = await small.hub.send("POST", "/api/v1/proofs/lookup", body)

    assert reply.status == status


async def test_batches_have_an_end(small: Ground) -> None:
    """A hundred lookups are answered in one call, more are too many."""
    body = orjson.dumps({"requests": [{}] * 101})

    reply = await small.hub.send("POST", "/api/v1/proofs/lookup", body)

    assert (reply.status, reply.body) == (413, {"message": "101 requests: send 100 at most"})
