"""The MD5 handshake: who renews when, how often, and what it recovers from."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from connectors.clocks import ServerClock
from connectors.contract import (
    Answer,
    AnswerShape,
    ConnectorError,
    CredentialRefused,
    Endpoint,
    FieldSource,
    Garbled,
    Health,
    Interface,
    NotHeld,
    QuotaSpent,
    Refused,
    TimedOut,
    Unreachable,
    ValueKind,
)
from connectors.gateway import SharingGateway
from connectors.http import Http, open_http
from tests.connectors.gateways import KEY, SECRET, Gateway
from tests.connectors.people import MEI, inquiry, resident_id
from tests.connectors.scripted_server import (
    Asked,
    Fault,
    Said,
    Script,
    ScriptedServer,
    nobody_listening,
    serving,
    until,
)

NOW = 1_760_000_000.0
INTERFACE = Interface(
    "id_card",
    "/gateway/api/1/dataSharing/a.htm",
    "query",
    {"cardId": "{subject.id}"},
    AnswerShape("datas", (FieldSource("name", "XM", ValueKind.TEXT),)),
    timeout=2.0,
)


@dataclass
class Ours:
    """Our clock, turned by hand."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    """A connector with its clock, and the gateway it talks to."""

    connector: SharingGateway
    ours: Ours
    gateway: Gateway
    server: ScriptedServer

    async def ask(self, *subjects: str) -> list[Answer | ConnectorError]:
        return await self.connector.fetch(INTERFACE, [inquiry(one) for one in subjects or (MEI,)])


def connector(url: str, http: Http, ours: Ours, **options: bool) -> SharingGateway:
    endpoint = Endpoint("province", url, {"app_key": KEY, "app_secret": SECRET}, concurrency=500)
    return SharingGateway(endpoint, options, http, ServerClock(ours))


@asynccontextmanager
async def opened(
    gateway: Gateway, http: Http, script: Script | None = None
) -> AsyncIterator[World]:
    ours = Ours()
    async with serving(script or gateway.answer) as server:
        one = connector(server.url, http, ours, lower_case_signing=gateway.lower_case)
        yield World(one, ours, gateway, server)


@pytest.fixture
async def world(http: Http) -> AsyncIterator[World]:
    async with opened(Gateway(NOW), http) as one:
        yield one


async def test_one_handshake_for_many_calls(world: World) -> None:
    """The first call shakes hands by key; later ones use the secret it got."""
    await world.ask()
    await world.ask(resident_id(4))

    assert world.gateway.calls == ["by_key", "data", "data"]


async def test_exactly_one_renewal_for_200_callers(world: World) -> None:
    """200 callers whose secret was renewed by another client share one renewal."""
    await world.ask()
    world.gateway.pair += 1
    world.gateway.codes["by_refresh"] = ["03"]
    world.gateway.calls.clear()

    answers = await asyncio.gather(*(world.ask(resident_id(n)) for n in range(200)))

    assert answers == [[NotHeld()]] * 200
    assert world.gateway.calls.count("by_refresh") == 1
    assert world.gateway.calls.count("by_key") == 1
    assert world.gateway.calls.count("data") == 400


async def test_exactly_one_handshake_for_200_first_callers(world: World) -> None:
    """200 callers who come before there is a secret share one handshake."""
    answers = await asyncio.gather(*(world.ask(resident_id(n)) for n in range(200)))

    assert answers == [[NotHeld()]] * 200
    assert sorted(world.gateway.calls) == ["by_key"] + ["data"] * 200


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


RECOVERIES: list[tuple[str, dict[str, list[str]], list[str], type]] = [
    ("11", {"data": ["11"]}, ["data", "by_refresh", "data"], NotHeld),
    ("14", {"data": ["14"]}, ["data", "by_refresh", "data"], NotHeld),
    (
        "14, refresh refused",
        {"data": ["14"], "by_refresh": ["03"]},
        ["data", "by_refresh", "by_key", "data"],
        NotHeld,
    ),
    (
        "14, both refused",
        {"data": ["14"], "by_refresh": ["03"], "by_key": ["03"]},
        ["data", "by_refresh", "by_key"],
        CredentialRefused,
    ),
    ("14 for ever", {"data": ["14", "14"]}, ["data", "by_refresh", "data"], Refused),
    ("11, then quota", {"data": ["11", "18"]}, ["data", "by_refresh", "data"], QuotaSpent),
    ("quota", {"data": ["18"]}, ["data"], QuotaSpent),
    ("unknown", {"data": ["77"]}, ["data"], Refused),
    (
        "quota of the handshake",
        {"data": ["11"], "by_refresh": ["18"]},
        ["data", "by_refresh"],
        QuotaSpent,
    ),
    ("handshake unknown", {"data": ["11"], "by_refresh": ["77"]}, ["data", "by_refresh"], Refused),
]


@pytest.mark.parametrize(
    ("codes", "calls", "kind"), [r[1:] for r in RECOVERIES], ids=[r[0] for r in RECOVERIES]
)
async def test_recovery(
    world: World, codes: dict[str, list[str]], calls: list[str], kind: type
) -> None:
    """The exact calls that follow each code: once by refresh secret, once by key, never a loop."""
    await world.ask()
    world.gateway.calls.clear()
    world.gateway.codes |= codes

    (answer,) = await world.ask()

    assert world.gateway.calls == calls
    assert type(answer) is kind


async def test_credential_alarm_tells_the_fix(world: World) -> None:
    """A credential alarm names what to check; the next call tries by key alone, and recovers."""
    world.gateway.codes["by_key"] = ["03"]

    (alarm,) = await world.ask()

    assert str(alarm) == (
        "province/id_card: code 03: the platform does not accept the key; "
        "check app_key and app_secret"
    )
    assert await world.ask() == [NotHeld()]
    assert world.gateway.calls == ["by_key", "by_key", "data"]


async def test_code_in_the_failure(world: World) -> None:
    """A refusal tells the code, unless it could be a person."""
    world.gateway.codes["data"] = ["E-77", MEI, "梅一"]

    texts = [str((await world.ask())[0]) for _ in range(3)]

    assert [text.split(";")[0] for text in texts] == [
        "province/id_card: code E-77",
        "province/id_card: code (not shown)",
        "province/id_card: code (not shown)",
    ]


async def test_renewed_early(world: World) -> None:
    """A secret is renewed by refresh secret two and a half minutes before its end."""
    await world.ask()
    world.ours.now = NOW + 749
    await world.ask()
    world.ours.now = world.gateway.now = NOW + 751
    await world.ask()

    assert world.gateway.calls == ["by_key", "data", "data", "by_refresh", "data"]


async def test_short_lives_are_not_renewed_at_once(http: Http) -> None:
    """Where secrets live a minute, four fifths of it are used."""
    async with opened(Gateway(NOW, life=60), http) as world:
        await world.ask()
        world.ours.now = NOW + 47
        await world.ask()
        world.ours.now = world.gateway.now = NOW + 49
        await world.ask()

    assert world.gateway.calls == ["by_key", "data", "data", "by_refresh", "data"]


async def test_an_ended_refresh_secret_is_not_tried(world: World) -> None:
    """After 48 hours the handshake goes by key at once."""
    await world.ask()
    world.ours.now = world.gateway.now = NOW + 49 * 3600
    await world.ask()

    assert world.gateway.calls == ["by_key", "data", "by_key", "data"]


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


async def test_early_renewal_refused_by_the_credential(world: World) -> None:
    """Where the early renewal says that the key is no longer accepted, that is the answer."""
    await world.ask()
    world.ours.now = world.gateway.now = NOW + 800
    world.gateway.codes |= {"by_refresh": ["03"], "by_key": ["03"]}

    (alarm,) = await world.ask()

    assert type(alarm) is CredentialRefused
    assert world.gateway.calls == ["by_key", "data", "by_refresh", "by_key"]


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


@pytest.mark.parametrize("skew", [-3600.0, 300.0])
async def test_clock_offset_is_learned_from_a_refusal(http: Http, skew: float) -> None:
    """With a wrong clock the handshake is refused once; then the server's time is used."""
    gateway = Gateway(NOW + skew, tolerance=60)
    async with opened(gateway, http) as world:
        answers = await world.ask()

    assert answers == [NotHeld()]
    assert gateway.calls == ["by_key", "by_key", "data"]
    assert gateway.times == pytest.approx([NOW, NOW + skew, NOW + skew], abs=1)


async def test_clock_offset_is_learned_without_a_date(http: Http) -> None:
    """A server without a Date header is known by when the new secret ends."""
    gateway = Gateway(NOW + 500, dated=False)
    async with opened(gateway, http) as world:
        await world.ask()

    assert gateway.times == pytest.approx([NOW, NOW + 500], abs=1)


async def test_lower_case_signing(http: Http) -> None:
    """Where the platform wants it so, key and secret are lower-cased to sign; the key is sent as is."""
    async with opened(Gateway(NOW, lower_case=True), http) as world:
        assert await world.ask() == [NotHeld()]

    assert {one["appKey"] for one in world.gateway.parameters} == {KEY}


@pytest.mark.parametrize(
    ("datas", "lacking"),
    [
        ("", "requestSecretEndTime"),
        ({"requestSecretEndTime": "soon"}, "requestSecretEndTime"),
        ({"requestSecretEndTime": "9" * 5000}, "requestSecretEndTime"),
        ({"requestSecretEndTime": 1, "requestSecret": ""}, "requestSecret"),
        ({"requestSecretEndTime": 1, "requestSecret": "x"}, "refreshSecret"),
    ],
)
async def test_a_broken_handshake_is_garbled(http: Http, datas: object, lacking: str) -> None:
    """A pair that lacks a part says which."""

    async def script(_: Asked) -> Said:
        return gateway.said("00", datas)

    gateway = Gateway(NOW)
    async with opened(gateway, http, script) as world:
        (answer,) = await world.ask()

    assert type(answer) is Garbled
    assert str(answer) == (
        f"province/id_card: the handshake's answer lacks {lacking}; tell the platform"
    )


async def test_probe(world: World) -> None:
    """A probe shakes hands anew, as nothing less tells whether the key is accepted."""
    first = await world.connector.probe()
    second = await world.connector.probe()

    assert first == second == Health(True, True, 0.0, "the handshake succeeds")
    assert world.gateway.calls == ["by_key", "by_refresh"]


async def test_probe_of_a_wrong_key(world: World) -> None:
    """A refused key is told, and the platform is reachable."""
    world.gateway.codes["by_key"] = ["03"]

    health = await world.connector.probe()

    assert (health.reachable, health.credential_accepted) == (True, False)
    assert "check app_key and app_secret" in health.message


async def test_probe_of_a_strange_answer(world: World) -> None:
    """Where the platform answers otherwise, the key is neither accepted nor refused."""
    world.gateway.codes["by_key"] = ["77"]

    health = await world.connector.probe()

    assert (health.reachable, health.credential_accepted) == (True, None)


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
