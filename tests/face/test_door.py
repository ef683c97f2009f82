"""The door: a full hub turns away before it is slow, a key gets its share, a slow sender is cut off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from hub.declarations.words import ConfigurationError
from hub.sandbox.dials import Dials, Latency
from hub.storage.key_store import create_key
from hub.storage.opened import open_database
from resolvers.door import Allowance, Door, TurnedAway
from resolvers.errors import CallerError
from tests.connectors.scripted_server import until
from tests.face.asking import MANY, ONE, given_person
from tests.stack import OPERATOR, PURPOSE, UNIT, Stack, open_stack

ME = {"query": "{ me { unit { code } } }"}


@asynccontextmanager
async def stack_with(folder: Path, **settings: str) -> AsyncIterator[Stack]:
    environ = [(f"CERTHUB_{name}", value) for name, value in settings.items()]
    async with open_stack(folder, environ=environ) as up:
        yield up


def lookup_of(stack: Stack) -> dict[str, Any]:
    someone = stack.sandbox.examples.held_only_at("resident_id_card", "province")
    return {
        "query": ONE,
        "variables": {
            "type": "resident_id_card",
            "subject": given_person(someone),
            "purpose": PURPOSE,
        },
    }


def inside_of(stack: Stack) -> int:
    """How many requests are inside now."""
    app: Any = stack.server.config.app
    door: Door = app.state.operating.door
    return door.inside


async def shed(stack: Stack, reason: str) -> float:
    async with stack.session.get(f"{stack.url}/metrics") as reply:
        lines = (await reply.text()).splitlines()
    name = f'certhub_shed_total{{reason="{reason}"}} '
    return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))


async def test_a_full_hub_turns_away_at_once_and_serves_again(tmp_path: Path) -> None:
    """With room for two, three of five are told to come again; those inside are answered."""
    async with stack_with(tmp_path, IN_FLIGHT="2") as up:
        up.sandbox.platform("province").turn(Dials(latency=Latency(ms=900)))
        asked = [asyncio.create_task(up.post(lookup_of(up))) for _ in range(5)]
        answers = await asyncio.gather(*asked)
        up.sandbox.platform("province").turn(Dials())
        after, _ = await up.post(ME)
        counted = await shed(up, "full")

    turned = [body for status, body in answers if status == 503]
    assert sorted(status for status, _ in answers) == [200, 200, 503, 503, 503]
    assert [body["errors"][0]["extensions"]["code"] for body in turned] == ["OVERLOADED"] * 3
    assert all(body["errors"][0]["extensions"]["retryable"] for body in turned)
    assert after == 200
    assert counted == 3


async def test_who_has_no_key_stands_outside(tmp_path: Path) -> None:
    """While the only place is taken a stranger hears 401: it takes no place and waits for none."""
    async with stack_with(tmp_path, IN_FLIGHT="1") as up:
        up.sandbox.platform("province").turn(Dials(latency=Latency(ms=1500)))
        inside = asyncio.create_task(up.post(lookup_of(up)))
        await until(lambda: inside_of(up) == 1)
        full, _ = await up.post(ME)
        strangers = [(await up.post(ME, key=f"ch_{number}_unknown"))[0] for number in range(3)]
        answered, _ = await inside

    assert (full, strangers, answered) == (503, [401] * 3, 200)


async def test_one_key_may_not_fill_the_hub_while_another_comes(tmp_path: Path) -> None:
    """Of four places a busy key has two while another one comes; that one is served."""
    async with stack_with(tmp_path, IN_FLIGHT="4") as up:
        async with open_database(up.settings) as engine:
            other, _ = await create_key(engine, UNIT, [OPERATOR], "other", datetime.now(UTC))
        first, _ = await up.post(ME, key=other)
        up.sandbox.platform("province").turn(Dials(latency=Latency(ms=900)))
        up.reset_counts()
        busy = [asyncio.create_task(up.post(lookup_of(up))) for _ in range(4)]
        await until(lambda: sum(one.done() for one in busy) == 2)
        second, _ = await up.post(ME, key=other)
        answers = await asyncio.gather(*busy)
        counted, calls = await shed(up, "share"), up.upstream_calls()

    turned = [body["errors"][0] for status, body in answers if status == 429]
    assert (first, second) == (200, 200)
    assert sorted(status for status, _ in answers) == [200, 200, 429, 429]
    assert [one["extensions"]["code"] for one in turned] == ["RATE_LIMITED"] * 2
    assert all(one["extensions"]["retryable"] for one in turned)
    assert turned[0]["message"].startswith("This key has half of the places inside")
    assert counted == 2
    assert calls == {"province": 1}  # equal questions of those inside are one


def test_a_key_has_all_places_while_nobody_else_comes() -> None:
    """Alone it has all four; once another was turned away it has two, and after a while four again."""
    now, turned = [100.0], list[str]()
    door = Door(4, Allowance(None), Allowance(None), turned.append, lambda: 0.0, lambda: now[0])

    def enter(key: str) -> AbstractContextManager[None]:
        place = door.entered(key)
        place.__enter__()
        return place

    inside = [enter("busy") for _ in range(4)]
    with pytest.raises(TurnedAway) as full:
        enter("other")
    for place in inside[:2]:
        place.__exit__(None, None, None)
    with pytest.raises(TurnedAway) as share:
        enter("busy")
    served = enter("other")
    now[0] += 10
    with pytest.raises(TurnedAway):  # the other is still inside
        enter("busy")
    served.__exit__(None, None, None)
    now[0] += 10
    again = [enter("busy") for _ in range(2)]

    assert (full.value.status, share.value.status, share.value.retry_after) == (503, 429, 1)
    assert turned == ["full", "share", "share"]
    assert door.inside == 4
    for place in (*inside[2:], *again):
        place.__exit__(None, None, None)
    assert door.inside == 0


async def test_who_is_turned_away_hears_when_to_come_again(tmp_path: Path) -> None:
    """503 and 429 carry Retry-After in seconds."""
    async with stack_with(tmp_path, RATE="2/hour") as up:
        statuses = [(await up.post(ME))[0] for _ in range(2)]
        headers = {"Authorization": f"Bearer {up.key}"}
        async with up.session.post(f"{up.url}/graphql", json=ME, headers=headers) as reply:
            told = reply.status, int(reply.headers["Retry-After"]), await reply.json()
        counted = await shed(up, "requests")

    assert statuses == [200, 200]
    assert told[0] == 429
    assert 1 <= told[1] <= 3600
    assert told[2]["errors"][0]["message"] == "This key may make 2 per 1 hour requests."
    assert told[2]["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert counted == 1


async def test_a_quota_counts_lookups_and_asks_nobody_beyond(tmp_path: Path) -> None:
    """Of five lookups a day three are had in one request; the next three are refused, unasked."""
    async with stack_with(tmp_path, QUOTA="5/day") as up:
        someone = up.sandbox.examples.held_only_at("resident_id_card", "province")
        three = [{"type": "resident_id_card", "subject": given_person(someone)}] * 3
        body = {"query": MANY, "variables": {"lookups": three, "purpose": PURPOSE}}
        _, first = await up.post(body)
        up.reset_counts()
        _, second = await up.post(body)
        calls = up.upstream_calls()

    assert len(first["data"]["certificates"]) == 3
    assert second["data"] is None
    (error,) = second["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert error["extensions"]["retryable"] is True
    assert "Ask again in" in error["extensions"]["hint"]
    assert calls == {}


async def test_a_sender_that_stalls_is_cut_off(tmp_path: Path) -> None:
    """Half a body and then nothing: 408 after ten seconds, and its place is free again."""
    async with stack_with(tmp_path, IN_FLIGHT="1") as up:
        host, port = up.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        body = orjson.dumps(ME)
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n"
            + f"Authorization: Bearer {up.key}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body[:5]
        )
        await until(lambda: inside_of(up) == 1)
        full, _ = await up.post(ME)
        status_line = await asyncio.wait_for(reader.readline(), 15)
        writer.close()
        after, _ = await up.post(ME)

    assert full == 503
    assert status_line.startswith(b"HTTP/1.1 408 ")
    assert after == 200


def test_who_is_refused_has_used_nothing_of_the_quota_up() -> None:
    """Of five lookups a day three are had, four more are refused, and then the last two are had."""
    turned: list[str] = []
    quota = Allowance.read("5/day", "CERTHUB_QUOTA")
    door = Door(1, Allowance(None), quota, turned.append)

    door.lookups_of("key", 3)
    for _ in range(2):
        with pytest.raises(CallerError):
            door.lookups_of("key", 4)
    door.lookups_of("key", 2)
    with pytest.raises(CallerError):
        door.lookups_of("key", 1)

    assert turned == ["lookups"] * 3


@pytest.mark.parametrize("text", ["200", "many/second", "-1/day", ""])
def test_an_allowance_that_cannot_be_read_is_told(text: str) -> None:
    """The setting, what was given, and what is allowed."""
    with pytest.raises(ConfigurationError) as refused:
        Allowance.read(text, "CERTHUB_RATE")

    assert str(refused.value).startswith(f"environment: CERTHUB_RATE is {text!r}. Allowed: ")
