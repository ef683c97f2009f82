"""The MD5 handshake: who renews when, and how often."""

import asyncio
from dataclasses import replace

import pytest

from connectors.contract import (
    CredentialRefused,
    Health,
    NotHeld,
    TimedOut,
    Unreachable,
)
from connectors.http import Http, open_http
from tests.connectors.gateway_world import INTERFACE, NOW, Ours, World, connector, opened
from tests.connectors.gateways import Gateway
from tests.connectors.people import MEI, inquiry, resident_id
from tests.connectors.scripted_server import (
    Asked,
    Fault,
    Said,
    nobody_listening,
    serving,
    until,
)


async def test_one_handshake_for_many_calls(gateway_world: World) -> None:
    """The first call shakes hands by key; later ones use the secret it got."""
    await gateway_world.ask()
    await gateway_world.ask(resident_id(4))

    assert gateway_world.gateway.calls == ["by_key", "data", "data"]


async def test_exactly_one_renewal_for_200_callers(gateway_world: World) -> None:
    """200 callers whose secret was renewed by another client share one renewal."""
    await gateway_world.ask()
    gateway_world.gateway.pair += 1
    gateway_world.gateway.codes["by_refresh"] = ["03"]
    gateway_world.gateway.calls.clear()

    answers = await asyncio.gather(*(gateway_world.ask(resident_id(n)) for n in range(200)))

    assert answers == [[NotHeld()]] * 200
    assert gateway_world.gateway.calls.count("by_refresh") == 1
    assert gateway_world.gateway.calls.count("by_key") == 1
    assert gateway_world.gateway.calls.count("data") == 400


async def test_exactly_one_handshake_for_200_first_callers(gateway_world: World) -> None:
    """200 callers who come before there is a secret share one handshake."""
    answers = await asyncio.gather(*(gateway_world.ask(resident_id(n)) for n in range(200)))

    assert answers == [[NotHeld()]] * 200
    assert sorted(gateway_world.gateway.calls) == ["by_key"] + ["data"] * 200


async def test_a_late_refusal_finds_the_newer_secret(http: Http) -> None:
    """A call refused after the others have renewed takes their secret and renews nothing."""
    gateway, late = Gateway(NOW), asyncio.Event()

    async def script(asked: Asked) -> Said:
        said = await gateway.answer(asked)
        if asked.query.get("cardId") == MEI and gateway.calls.count("data") == 2:
            await late.wait()
        return said

    async with opened(gateway, http, script) as world:
        await world.ask(resident_id(5))
        gateway.pair += 1
        slow = asyncio.create_task(world.ask(MEI))
        await until(lambda: gateway.calls.count("data") == 2)
        gateway.codes["by_refresh"] = ["03"]
        await world.ask(resident_id(6))
        late.set()

        assert await slow == [NotHeld()]

    assert gateway.calls.count("by_refresh") == gateway.calls.count("by_key") - 1 == 1


async def test_renewed_early(gateway_world: World) -> None:
    """A secret is renewed by refresh secret two and a half minutes before its end."""
    await gateway_world.ask()
    gateway_world.ours.now = NOW + 749
    await gateway_world.ask()
    gateway_world.ours.now = gateway_world.gateway.now = NOW + 751
    await gateway_world.ask()

    assert gateway_world.gateway.calls == ["by_key", "data", "data", "by_refresh", "data"]


async def test_short_lives_are_not_renewed_at_once(http: Http) -> None:
    """Where secrets live a minute, four fifths of it are used."""
    async with opened(Gateway(NOW, life=60), http) as world:
        await world.ask()
        world.ours.now = NOW + 47
        await world.ask()
        world.ours.now = world.gateway.now = NOW + 49
        await world.ask()

    assert world.gateway.calls == ["by_key", "data", "data", "by_refresh", "data"]


async def test_an_ended_refresh_secret_is_not_tried(gateway_world: World) -> None:
    """After 48 hours the handshake goes by key at once."""
    await gateway_world.ask()
    gateway_world.ours.now = gateway_world.gateway.now = NOW + 49 * 3600
    await gateway_world.ask()

    assert gateway_world.gateway.calls == ["by_key", "data", "by_key", "data"]


async def test_early_renewal_that_fails_keeps_the_secret(http: Http) -> None:
    """Where an early renewal is not answered, the secret is used to its end, then it is a failure."""
    gateway, down = Gateway(NOW), asyncio.Event()

    async def script(asked: Asked) -> Said | Fault:
        if down.is_set() and "refreshToken" in asked.path:
            gateway.calls.append("down")
            return Fault.RESET
        return await gateway.answer(asked)

    async with opened(gateway, http, script) as world:
        await world.ask()
        down.set()
        world.ours.now = NOW + 800

        assert await world.ask(MEI, resident_id(8)) == [NotHeld(), NotHeld()]
        assert await world.ask() == [NotHeld()]
        world.ours.now = NOW + 901
        assert [type(answer) for answer in await world.ask()] == [Unreachable]

    assert gateway.calls == ["by_key", "data", "down", "data", "data", "data", "down"]


async def test_early_renewal_refused_by_the_credential(gateway_world: World) -> None:
    """Where the early renewal says that the key is no longer accepted, that is the answer."""
    await gateway_world.ask()
    gateway_world.ours.now = gateway_world.gateway.now = NOW + 800
    gateway_world.gateway.codes |= {"by_refresh": ["03"], "by_key": ["03"]}

    (alarm,) = await gateway_world.ask()

    assert type(alarm) is CredentialRefused
    assert gateway_world.gateway.calls == ["by_key", "data", "by_refresh", "by_key"]


async def test_a_cancelled_waiter_leaves_the_renewal_to_the_others(http: Http) -> None:
    """The first waiter is cancelled; the second gets the secret from the same handshake."""
    gateway, go = Gateway(NOW), asyncio.Event()

    async def script(asked: Asked) -> Said:
        said = await gateway.answer(asked)
        await go.wait()
        return said

    async with opened(gateway, http, script) as world:
        first = asyncio.create_task(world.ask(MEI))
        await until(lambda: gateway.calls)
        second = asyncio.create_task(world.ask(resident_id(7)))
        await asyncio.sleep(0.05)
        first.cancel()
        await asyncio.wait([first])
        go.set()

        assert await second == [NotHeld()]

    assert first.cancelled()
    assert gateway.calls == ["by_key", "data"]


async def test_a_handshake_that_hangs_is_the_waiters_timeout(http: Http) -> None:
    """A lookup is bounded by its own timeout, whatever the handshake does; closing ends both."""

    async def script(_: Asked) -> Fault:
        return Fault.HANG

    async with serving(script) as server, open_http() as own_http:
        hasty = replace(INTERFACE, timeout=0.1)

        answers = await connector(server.url, own_http, Ours()).fetch(hasty, [inquiry(MEI)])

    assert [type(answer) for answer in answers] == [TimedOut]


async def test_probe(gateway_world: World) -> None:
    """A probe shakes hands anew, as nothing less tells whether the key is accepted."""
    first = await gateway_world.connector.probe()
    second = await gateway_world.connector.probe()

    assert first == second == Health(True, True, 0.0, "the handshake succeeds")
    assert gateway_world.gateway.calls == ["by_key", "by_refresh"]


async def test_probe_of_a_wrong_key(gateway_world: World) -> None:
    """A refused key is told, and the platform is reachable."""
    gateway_world.gateway.codes["by_key"] = ["03"]

    health = await gateway_world.connector.probe()

    assert (health.reachable, health.credential_accepted) == (True, False)
    assert "check app_key and app_secret" in health.message


async def test_probe_of_a_strange_answer(gateway_world: World) -> None:
    """Where the platform answers otherwise, it fails: the key is neither accepted nor refused."""
    gateway_world.gateway.codes["by_key"] = ["77"]

    health = await gateway_world.connector.probe()

    assert (health.reachable, health.credential_accepted, health.failing) == (True, None, True)


async def test_probe_of_nobody(http: Http) -> None:
    """Where nobody answers, nothing else is known."""
    async with nobody_listening() as url:
        health = await connector(url, http, Ours()).probe()

    assert (health.reachable, health.credential_accepted, health.clock_offset) == (
        False,
        None,
        None,
    )
    assert "no connection" in health.message


@pytest.mark.parametrize("hanging", ["refreshTokenByKey.htm", "refreshTokenBySec.htm"])
async def test_who_waits_for_secrets_waits_no_longer_than_for_an_answer(
    http: Http, hanging: str
) -> None:
    """The first handshake hangs, or the one after a refused secret: the interface's timeout ends it."""
    gateway = Gateway(NOW, codes={"data": ["11"]})

    async def script(asked: Asked) -> Said | Fault:
        return Fault.HANG if asked.path.endswith(hanging) else await gateway.answer(asked)

    async with serving(script) as server:
        one = connector(server.url, http, Ours())
        (answer,) = await one.fetch(replace(INTERFACE, timeout=0.3), [inquiry(MEI)])

    assert type(answer) is TimedOut
    assert str(answer).startswith("province/id_card: no whole answer within 0.3 s;")
    assert server.asked[-1].path.endswith(hanging)
