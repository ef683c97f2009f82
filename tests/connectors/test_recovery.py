"""What the gateway connector does after each code, call by call."""

from dataclasses import replace

import pytest

from connectors.contract import (
    CredentialRefused,
    Garbled,
    NotHeld,
    QuotaSpent,
    Refused,
)
from connectors.http import Http
from tests.connectors.gateway_world import INTERFACE, NOW, World, opened
from tests.connectors.gateways import KEY, Gateway
from tests.connectors.people import MEI, inquiry
from tests.connectors.scripted_server import (
    Asked,
    Said,
)

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
    gateway_world: World, codes: dict[str, list[str]], calls: list[str], kind: type
) -> None:
    """The exact calls that follow each code: once by refresh secret, once by key, never a loop."""
    await gateway_world.ask()
    gateway_world.gateway.calls.clear()
    gateway_world.gateway.codes |= codes

    (answer,) = await gateway_world.ask()

    assert gateway_world.gateway.calls == calls
    assert type(answer) is kind


async def test_credential_alarm_tells_the_fix(gateway_world: World) -> None:
    """A credential alarm names what to check, and that the key rests for half a minute."""
    gateway_world.gateway.codes["by_key"] = ["03"]

    (alarm,) = await gateway_world.ask()

    assert str(alarm) == (
        "province/id_card: code 03: the platform does not accept the key; "
        "check app_key and app_secret; it is tried again after 30 s"
    )


async def test_a_refused_key_rests(gateway_world: World) -> None:
    """Who asks within half a minute of the refusal is refused unasked; then the key is tried again."""
    gateway_world.gateway.codes["by_key"] = ["03", "03"]
    await gateway_world.ask()
    gateway_world.turn(29)

    assert [type(one) for one in await gateway_world.ask()] == [CredentialRefused]
    assert gateway_world.gateway.calls == ["by_key"]

    gateway_world.turn(2)
    assert [type(one) for one in await gateway_world.ask()] == [CredentialRefused]
    assert gateway_world.gateway.calls == ["by_key", "by_key"]

    gateway_world.turn(31)
    assert await gateway_world.ask() == [NotHeld()]
    assert gateway_world.gateway.calls == ["by_key", "by_key", "by_key", "data"]


async def test_a_key_does_not_rest_longer_where_the_clock_is_set_back(
    gateway_world: World,
) -> None:
    """A clock that was set back an hour makes nobody wait an hour."""
    gateway_world.gateway.codes["by_key"] = ["03"]
    await gateway_world.ask()
    gateway_world.turn(-3600)

    assert await gateway_world.ask() == [NotHeld()]


async def test_an_interface_that_is_never_served_leaves_the_secret_to_the_others(
    http: Http,
) -> None:
    """One that answers 14 for ever renews each secret once at most; the others are not disturbed."""
    gateway = Gateway(NOW)

    async def script(asked: Asked) -> Said:
        said = await gateway.answer(asked)
        return gateway.said("14", "") if asked.path.endswith("/b.htm") else said

    async with opened(gateway, http, script) as world:
        never = replace(INTERFACE, name="never", target="/gateway/api/1/dataSharing/b.htm")
        for _ in range(3):
            (answer,) = await world.connector.fetch(never, [inquiry(MEI)])
            assert type(answer) is Refused
            assert await world.ask() == [NotHeld()]

    assert gateway.calls == ["by_key", "data", "by_refresh"] + ["data"] * 6


async def test_a_secret_that_was_accepted_later_may_be_renewed(gateway_world: World) -> None:
    """An interface whose renewal did not help at first renews again once the secret has worked."""
    gateway_world.gateway.codes["data"] = ["14", "14", "00", "14", "00"]

    answers = [(await gateway_world.ask())[0] for _ in range(3)]

    assert [type(answer) for answer in answers] == [Refused, NotHeld, NotHeld]
    assert gateway_world.gateway.calls == [
        *("by_key", "data", "by_refresh", "data"),
        "data",
        *("data", "by_refresh", "data"),
    ]


async def test_code_in_the_failure(gateway_world: World) -> None:
    """A refusal tells the code, unless it could be a person."""
    gateway_world.gateway.codes["data"] = ["E-77", MEI, "梅一"]

    texts = [str((await gateway_world.ask())[0]) for _ in range(3)]

    assert [text.split(";")[0] for text in texts] == [
        "province/id_card: code E-77",
        "province/id_card: code (not shown)",
        "province/id_card: code (not shown)",
    ]


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
