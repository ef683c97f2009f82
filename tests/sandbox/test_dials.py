"""Every dial, as the real connectors feel it, turned while the platform runs."""

import time
from dataclasses import replace
from random import Random

import aiohttp
import pytest

from connectors.contract import (
    ConnectorError,
    Garbled,
    Held,
    QuotaSpent,
    Refused,
    TimedOut,
    Unreachable,
    WrongHolder,
)
from hub.sandbox.dials import DialError, Dials, Distribution, Latency, dials_from
from hub.sandbox.sandbox import Sandbox
from tests.sandbox.asking import ask, connected, inquiry

SERVING = {
    "province": "marriage_registration",
    "municipality": "marriage_registration",
    "municipal_integrated": "vaccination_record",
    "human_resources_bureau": "social_insurance",
    "verification": "kinship_proof",
}
DEFAULTS = {
    "latency": {"distribution": "fixed", "ms": 0.0, "to_ms": 0.0, "sigma": 0.8},
    "outage": False,
    "hang_rate": 0.0,
    "error_rate": 0.0,
    "code_rate": 0.0,
    "code": "99",
    "garbage_rate": 0.0,
    "wrong_person_rate": 0.0,
    "quota": None,
    "clock_skew": 0.0,
}


async def _answer(sandbox: Sandbox, platform: str) -> object:
    certificate = SERVING[platform]
    holder = sandbox.examples.person_with(certificate, {platform: True})
    return (await ask(sandbox, platform, certificate, holder))[0]


@pytest.mark.parametrize("platform", SERVING)
@pytest.mark.parametrize(
    ("dials", "failure"),
    [
        (Dials(outage=True), Unreachable),
        (Dials(error_rate=1.0), Refused),
        (Dials(garbage_rate=1.0), Garbled),
        (Dials(wrong_person_rate=1.0), WrongHolder),
    ],
)
async def test_a_fault_is_a_failure_of_the_source(
    sandbox: Sandbox, platform: str, dials: Dials, failure: type[ConnectorError]
) -> None:
    """Outage, error, garbage and a mistaken person are felt at every platform, and end."""
    sandbox.platform(platform).turn(dials)
    broken = await _answer(sandbox, platform)
    sandbox.platform(platform).turn(Dials())
    well = await _answer(sandbox, platform)

    assert isinstance(broken, failure)
    assert isinstance(well, Held)


@pytest.mark.parametrize("path", ["", "/", "/api/v1/health", "/gateway/app/refreshTokenByKey.htm"])
@pytest.mark.parametrize("platform", SERVING)
async def test_an_outage_breaks_whatever_is_asked(
    sandbox: Sandbox, platform: str, path: str
) -> None:
    """In an outage even a bare GET is broken off; the dials themselves stay within reach."""
    stand_in = sandbox.platform(platform)
    stand_in.turn(Dials(outage=True))

    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.ClientError):
            await http.get(stand_in.url + path)
        async with http.get(f"{stand_in.url}/sandbox/dials") as response:
            assert (await response.json())["outage"] is True


@pytest.mark.parametrize("platform", SERVING)
async def test_an_error_code_is_never_not_held(sandbox: Sandbox, platform: str) -> None:
    """HTTP 200 with an error code is a failure at every platform."""
    sandbox.platform(platform).turn(Dials(code_rate=1.0, code="77"))

    assert isinstance(await _answer(sandbox, platform), Refused | Garbled)


@pytest.mark.parametrize(
    "platform", ["province", "municipality", "human_resources_bureau", "verification"]
)
async def test_a_platform_sends_the_code_that_was_set(sandbox: Sandbox, platform: str) -> None:
    """The code is the dial's own."""
    sandbox.platform(platform).turn(Dials(code_rate=1.0, code="77"))

    assert "code 77" in str(await _answer(sandbox, platform))


async def test_the_quota_is_spent_call_by_call(sandbox: Sandbox) -> None:
    """Two calls are left: two answers, then code 18; the dials show what is left."""
    sandbox.platform("province").turn(Dials(quota=2))

    answers = [await _answer(sandbox, "province") for _ in range(3)]

    assert [type(answer) for answer in answers] == [Held, Held, QuotaSpent]
    assert sandbox.platform("province").dials.quota == 0


@pytest.mark.parametrize("platform", ["municipal_integrated", "verification"])
async def test_a_spent_quota_elsewhere_is_429(sandbox: Sandbox, platform: str) -> None:
    """Platforms without codes answer HTTP 429."""
    sandbox.platform(platform).turn(Dials(quota=0))

    answer = await _answer(sandbox, platform)

    assert isinstance(answer, Refused | QuotaSpent)
    assert "429" in str(answer) or isinstance(answer, QuotaSpent)


@pytest.mark.parametrize("platform", SERVING)
async def test_a_hanging_platform_is_timed_out(sandbox: Sandbox, platform: str) -> None:
    """No answer comes; the caller's own timeout ends it, and the platform goes down cleanly."""
    sandbox.platform(platform).turn(Dials(hang_rate=1.0))
    certificate = SERVING[platform]
    interface = replace(sandbox.platforms[platform].interfaces[certificate], timeout=0.3)
    holder = sandbox.examples.person_with(certificate, {platform: True})

    async with connected(sandbox, platform) as connector:
        answers = await connector.fetch(interface, [inquiry(holder)])

    assert isinstance(answers[0], TimedOut)


@pytest.mark.parametrize("platform", SERVING)
async def test_latency_passes_before_the_answer(sandbox: Sandbox, platform: str) -> None:
    """A fixed latency of 200 ms is felt."""
    sandbox.platform(platform).turn(Dials(latency=Latency(ms=200)))
    begun = time.perf_counter()

    answer = await _answer(sandbox, platform)

    assert isinstance(answer, Held)
    assert time.perf_counter() - begun >= 0.2


@pytest.mark.parametrize("platform", SERVING)
@pytest.mark.parametrize("skew", [-4000.0, 4000.0])
async def test_a_skewed_clock_is_learned(sandbox: Sandbox, platform: str, skew: float) -> None:
    """A platform whose clock is more than an hour off is answered by its own clock."""
    sandbox.platform(platform).turn(Dials(clock_skew=skew))

    assert isinstance(await _answer(sandbox, platform), Held)


async def test_dials_are_read_and_turned_over_http(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    """GET shows all dials; PUT sets them all, what it leaves out going back to its default."""
    url = f"{sandbox.urls['province']}/sandbox/dials"
    async with http.get(url) as response:
        assert await response.json() == DEFAULTS
    async with http.put(url, json={"outage": True, "latency": {"ms": 5}}) as response:
        turned = await response.json()
    async with http.put(url, json={"error_rate": 0.5}) as response:
        again = await response.json()

    assert turned == DEFAULTS | {
        "outage": True,
        "latency": {"distribution": "fixed", "ms": 5.0, "to_ms": 0.0, "sigma": 0.8},
    }
    assert again == DEFAULTS | {"error_rate": 0.5}
    assert sandbox.platform("province").dials == Dials(error_rate=0.5)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("{", 'the body is not JSON; send an object, {"outage": true}'),
        ('{"error_rate": 2}', "error_rate is 2: give a number from 0 to 1"),
        ('{"outage": 1}', "outage is 1: give true or false"),
        (
            '{"latency": {"distribution": "normal"}}',
            "latency.distribution is 'normal': give fixed, uniform or lognormal",
        ),
    ],
)
async def test_a_wrong_dial_tells_the_fix_and_changes_nothing(
    sandbox: Sandbox, http: aiohttp.ClientSession, body: str, error: str
) -> None:
    """HTTP 400 says what is allowed; the dials stand as they stood."""
    sandbox.platform("province").turn(Dials(quota=3))
    async with http.put(f"{sandbox.urls['province']}/sandbox/dials", data=body) as response:
        assert (response.status, await response.json()) == (400, {"error": error})

    assert sandbox.platform("province").dials == Dials(quota=3)


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ([], "dials must be a JSON object with any of latency, outage, hang_rate"),
        ({"latncy": 1}, 'dials has no "latncy". Did you mean latency? Allowed: latency, outage'),
        ({"latency": 5}, "latency must be a JSON object with any of distribution, ms"),
        ({"latency": {"ms": "5"}}, "latency.ms is '5': give a number"),
        ({"latency": {"ms": -1}}, "latency.ms is -1: give a number from 0 to 600000"),
        (
            {"latency": {"distribution": "uniform", "ms": 9, "to_ms": 5}},
            "latency.to_ms is 5.0: give at least ms (9.0)",
        ),
        ({"quota": -1}, "quota is -1: give a whole number from 0, or null for none"),
        ({"quota": 1.5}, "quota is 1.5: give a whole number from 0, or null for none"),
        ({"code": 18}, 'code is 18: give a text such as "99"'),
        ({"clock_skew": True}, "clock_skew is True: give a number"),
    ],
)
def test_every_mistake_is_told_apart(document: object, error: str) -> None:
    """Unknown dials, wrong types and wrong values each have their message."""
    with pytest.raises(DialError) as refused:
        dials_from(document)

    assert str(refused.value).startswith(error)


def test_latency_is_spread_as_told() -> None:
    """Fixed is one number, uniform stays in its bounds, lognormal has a tail and is cut."""
    dice = Random(7)
    uniform = Latency(Distribution.UNIFORM, ms=10, to_ms=20)
    tail = Latency(Distribution.LOGNORMAL, ms=20, to_ms=200, sigma=1.2)
    even = [uniform.seconds(dice) for _ in range(2000)]
    heavy = sorted(tail.seconds(dice) for _ in range(2000))

    assert Latency(ms=5).seconds(dice) == 0.005
    assert 0.010 <= min(even) < 0.011
    assert 0.019 < max(even) <= 0.020
    assert 0.017 < heavy[1000] < 0.023
    assert heavy[-1] == 0.2


async def test_a_rate_is_a_share_of_the_calls(sandbox: Sandbox) -> None:
    """At an error rate of 0.3 about three calls of ten fail, the others are answered."""
    sandbox.platform("verification").turn(Dials(error_rate=0.3))
    interface = sandbox.platforms["verification"].interfaces["kinship_proof"]
    holder = sandbox.examples.person_with("kinship_proof", {"verification": True})

    async with connected(sandbox, "verification") as connector:
        answers = [(await connector.fetch(interface, [inquiry(holder)]))[0] for _ in range(200)]

    failed = sum(isinstance(answer, Refused) for answer in answers)
    assert 35 < failed < 85
    assert sum(isinstance(answer, Held) for answer in answers) == 200 - failed
