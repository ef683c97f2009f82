"""A hub over a real desk: a request lives its life, both units' systems are told of it."""

import logging
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook as Judge

from connectors.assisted_parts import Officer
from connectors.webhooks import shown_secret
from hub.settings import pseudonym_secret
from hub.storage.opened import open_database
from hub.storage.webhook_store import add_webhook
from hub.webhooks.registering import new_webhook
from tests.assisting.ground import (
    ASKING,
    CASE,
    CIVIL,
    FOUND,
    OPERATOR,
    PERSON,
    REGISTER,
    UNIT,
    DeskGround,
    ask,
    open_asking,
    open_desk_ground,
    opened,
)
from tests.webhooks.ground import BEGAN, ReceiverAt, receiving


async def register(ground: DeskGround, receiver: ReceiverAt, unit: str) -> None:
    """A webhook of a unit in the hub's own database, under the hub's own secret."""
    webhook, secret = new_webhook(
        unit, receiver.url, pseudonym_secret(ground.settings), BEGAN, lambda n: unit.encode()[:n]
    )
    async with open_database(ground.settings) as engine:
        await add_webhook(engine, webhook)
    receiver.judge = Judge(shown_secret(secret))


async def test_both_sides_are_told_and_no_person_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every change in order to requester and issuer, and nobody's name, number or case anywhere."""
    caplog.set_level(logging.INFO)
    async with (
        open_desk_ground(tmp_path) as ground,
        receiving() as asking,
        receiving() as issuing,
    ):
        await register(ground, asking, UNIT)
        await register(ground, issuing, CIVIL)
        async with open_asking(ground) as hub:
            request = opened(await hub.assisting.asking.ask(ASKING, ask(), "r-1")).id
            answered = await ground.issuer.answer(request)
            await asking.took_so_many(answered.version, 30)
            await issuing.took_so_many(answered.version, 30)
        # A last change ends the calls that still wait for one between hub and desk.
        await ground.issuer.take(request, "receipt", Officer(UNIT, OPERATOR))

    told = [one.body["data"] for one in asking.took]
    assert [one["version"] for one in told] == list(range(1, answered.version + 1))
    assert {one["request"] for one in told} == {request}
    assert {one["certificateType"] for one in told} == {REGISTER}
    assert told[-1]["state"] == answered.state
    assert [one["as"] for one in told] == [["requester"]] * len(told)
    assert [one.body["data"]["version"] for one in issuing.took] == [one["version"] for one in told]
    written = "".join(str(one.body) for one in asking.got + issuing.got)
    out, err = capfd.readouterr()
    for person in (PERSON.identifier, str(PERSON.name), CASE, *FOUND.values()):
        assert person not in written + caplog.text + out + err
    assert OPERATOR not in written
