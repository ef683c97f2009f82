"""Verified values reach who asked, who verified, and whoever has an operator to look them up."""

from dataclasses import replace
from datetime import timedelta

from hub.desk.registry import Client
from tests.desk_platform.ground import (
    ANNA,
    ARCHIVES,
    BUREAU,
    CIVIL,
    CLERK,
    HOUSING,
    KEEPER,
    REFORM,
    REGISTRY,
    SINGLE,
    SUBJECT,
    VALUES,
    VERA,
    Caller,
    Ground,
)

OFFICE = Client("office", "key-office", "secret-office", frozenset({HOUSING}))


def _office(ground: Ground) -> Caller:
    """The system of the requesting unit alone, which holds no catalogue."""
    clients = {**REGISTRY.clients, OFFICE.access_key: OFFICE}
    ground.desk.registry = replace(REGISTRY, clients=clients)
    return ground.caller(OFFICE)


def _lookup(**purpose: str) -> dict[str, object]:
    subject = {"id": SUBJECT}
    asked = {"item": "许可-1", "case": "case-9", **purpose}
    one = {"ref": "0", "certificateType": SINGLE, "subject": subject, "purpose": asked}
    return {"requests": [one]}


async def _forwarded(ground: Ground) -> str:
    """A request that civil affairs answered in part and forwarded, and the archives to the end."""
    request = await ground.hub.open()
    await ground.hub.to_sent(request, VERA, spouse=VALUES["spouse"])
    reply = await ground.hub.step(request, "forward", VERA, to=ARCHIVES, reason="档案已移交")
    assert reply.status == 200, reply.body
    return request


async def _verified(ground: Ground, request: str, unit: str) -> list[object]:
    view = (await ground.hub.get(f"requests/{request}?unit={unit}")).body
    return [each["findings"]["verified"] for each in view["deliveries"]]


async def test_values_are_for_who_asked_and_who_verified(small: Ground) -> None:
    """The unit it was forwarded to, and supervision, see that a part was sent, not what it says."""
    request = await _forwarded(small)

    for unit in (HOUSING, CIVIL):
        assert await _verified(small, request, unit) == [{"spouse": "无"}]
    for unit in (ARCHIVES, REFORM):
        assert await _verified(small, request, unit) == [{}]


async def test_documents_are_for_who_asked_and_who_verified(small: Ground) -> None:
    """So is the sealed document: 404 for others that may see the request."""
    request = await _forwarded(small)

    statuses = [
        (await small.hub.get(f"requests/{request}/deliveries/1/document?unit={unit}")).status
        for unit in (HOUSING, CIVIL, ARCHIVES, REFORM)
    ]

    assert statuses == [200, 200, 404, 404]


async def test_steps_tell_no_foreign_values(small: Ground) -> None:
    """What a step answers shows the new holder no more than reading does."""
    request = await _forwarded(small)

    claimed = await small.hub.step(request, "claim", ANNA)

    assert [each["findings"] for each in claimed.body["deliveries"]] == [{"verified": {}}]


async def test_nobody_looks_up_for_a_unit_of_others(small: Ground) -> None:
    """A client finds no proof in another unit's name: 403, and nobody is on record as receiver."""
    await small.hub.to_sent(await small.hub.open())

    for purpose in ({"unit": HOUSING, "operator": "clerk"}, {"unit": "banks"}, {}):
        reply = await small.caller(BUREAU).post("proofs/lookup", _lookup(**purpose))
        assert (reply.status, set(reply.body)) == (403, {"message"})


async def test_a_lookup_needs_an_operator(small: Ground) -> None:
    """A client without the catalogue names a designated operator of its unit, as for extracting."""
    await small.hub.to_sent(await small.hub.open())
    bureau, office = small.caller(BUREAU), _office(small)

    for purpose in ({"unit": CIVIL}, {"unit": CIVIL, "operator": "vera"}):
        assert (await bureau.post("proofs/lookup", _lookup(**purpose))).status == 403
    held = await office.post("proofs/lookup", _lookup(unit=HOUSING, operator="clerk"))

    assert [each["status"] for each in held.body["answers"]] == ["held"]


async def test_who_holds_no_catalogue_promises_nothing(small: Ground) -> None:
    """403 for an objection with the day an item is promised for; without it, 24 hours as by law."""
    office, request = _office(small), await small.hub.open()
    await small.hub.to_sent(request)
    await small.hub.step(request, "receipt", CLERK)
    doubt = {"delivery": 1, "grounds": "有误"}

    foreign = await office.step(request, "objection", CLERK, promised="2025-03-01", **doubt)
    own = await office.step(request, "objection", CLERK, **doubt)

    assert foreign.status == 403
    review = await small.hub.get(f"requests/{own.body['objections'][0]['review']}?unit={HOUSING}")
    assert review.body["due"]["rule"] == "twenty_four_hours"


async def test_the_keeper_sees_what_is_sealed(small: Ground) -> None:
    """Who seals sees the draft, and what its own unit sent before."""
    request = await small.hub.to_made(findings={"verified": VALUES})

    sealed = await small.hub.step(request, "seal", KEEPER)

    assert sealed.body["draft"]["findings"] == {"verified": VALUES}


async def test_reminders_of_one_kind(small: Ground) -> None:
    """Only those are told; a kind that can't be one is 400."""
    request = await small.hub.open()
    await small.pass_time(timedelta(hours=25))

    everything = (await small.hub.get(f"reminders?unit={CIVIL}")).body["reminders"]
    halves = (await small.hub.get(f"reminders?unit={CIVIL}&kind=half_time")).body["reminders"]

    assert {each["kind"] for each in everything} > {"half_time"}
    assert [(each["request"], each["kind"]) for each in halves] == [(request, "half_time")]
    assert (await small.hub.get(f"reminders?unit={CIVIL}&kind=%00")).status == 400
