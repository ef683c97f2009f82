"""The sharing gateway's handshake and its codes, on real HTTP."""

import asyncio

import aiohttp
import pytest

from hub.sandbox.sandbox import Sandbox
from hub.sandbox.tokens import Lifetimes
from tests.sandbox.calls import BY_SEC, GatewayCaller


@pytest.fixture
def caller(http: aiohttp.ClientSession, sandbox: Sandbox) -> GatewayCaller:
    return GatewayCaller(http, sandbox)


@pytest.fixture
def holder(sandbox: Sandbox) -> str:
    return sandbox.examples.person_with("business_licence", {"province": True}).identifier


async def test_a_pair_says_when_it_ends(caller: GatewayCaller) -> None:
    """The envelope is whole; the request secret lives 15 minutes, the refresh secret 48 hours."""
    document = await caller.renew()
    pair = document.pop("datas")
    request_id = document.pop("requestId")

    assert document == {
        "code": "00",
        "msg": "成功",
        "data": "",
        "dataCount": 0,
        "totalDataCount": 0,
        "totalPage": 1,
        "interfaces": None,
    }
    assert isinstance(pair, dict)
    assert isinstance(request_id, str)
    assert len(request_id) == 32
    assert pair["refreshSecretEndTime"] - pair["requestSecretEndTime"] == (48 * 60 - 15) * 60_000


async def test_a_wrong_app_secret_gets_03(caller: GatewayCaller, sandbox: Sandbox) -> None:
    """Nothing is given out, and the refusal is counted."""
    document = await caller.renew(secret="wrong")

    assert (document["code"], document["datas"]) == ("03", "")
    assert sandbox.platform("province").counts.refused == 1
    assert sandbox.platform("province").counts.renewals == {}


async def test_a_call_signed_long_ago_gets_03(caller: GatewayCaller) -> None:
    """A request time far from the platform's clock is not accepted."""
    document = await caller.renew(at=1_600_000_000.0)

    assert document["code"] == "03"


async def test_a_holder_is_answered_and_the_purpose_is_kept(
    caller: GatewayCaller, sandbox: Sandbox, holder: str
) -> None:
    """A signed call is answered with 00 and its `additional` is on record."""
    request_secret, _ = await caller.secrets()

    document = await caller.data(request_secret, holder)

    assert document["code"] == "00"
    assert document["datas"]
    assert sandbox.platform("province").purposes == (
        {"powerMatters": "许可-00757-000", "projectId": "case-1"},
    )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sign": "0" * 32}, "14"),
        ({"appKey": "somebody"}, "14"),
        ({"requestTime": "1"}, "14"),
        ({"additional": ""}, "20"),
        ({"additional": "{"}, "20"),
        ({"additional": "{}"}, "20"),
    ],
)
async def test_a_call_that_is_not_right_gets_its_code(
    caller: GatewayCaller, sandbox: Sandbox, holder: str, changed: dict[str, str], code: str
) -> None:
    """HTTP 200, a code, and nothing of anybody."""
    request_secret, _ = await caller.secrets()

    document = await caller.data(request_secret, holder, **changed)

    assert (document["code"], document["datas"]) == (code, "")
    assert sandbox.platform("province").counts.asked == 0


async def test_renewal_makes_the_older_secrets_fail(caller: GatewayCaller, holder: str) -> None:
    """After another renewal the older request secret gets 14, the older refresh secret 03."""
    older_request, older_refresh = await caller.secrets()
    renewed = await caller.renew(BY_SEC, older_refresh)

    assert renewed["code"] == "00"
    assert (await caller.data(older_request, holder))["code"] == "14"
    assert (await caller.renew(BY_SEC, older_refresh))["code"] == "03"


async def test_an_expired_request_secret_gets_11(
    caller: GatewayCaller, sandbox: Sandbox, holder: str
) -> None:
    """A secret past its end is told apart from a wrong one, and renewed by the refresh secret."""
    tokens = sandbox.platform("province").tokens
    assert tokens is not None
    tokens.lifetimes = Lifetimes(request=0.05, refresh=60)
    request_secret, refresh_secret = await caller.secrets()
    await asyncio.sleep(0.1)

    assert (await caller.data(request_secret, holder))["code"] == "11"
    assert (await caller.renew(BY_SEC, refresh_secret))["code"] == "00"


async def test_an_expired_refresh_secret_gets_03(caller: GatewayCaller, sandbox: Sandbox) -> None:
    """Then only the app secret helps; renewals are counted by kind."""
    tokens = sandbox.platform("province").tokens
    assert tokens is not None
    tokens.lifetimes = Lifetimes(request=0.01, refresh=0.05)
    _, refresh_secret = await caller.secrets()
    await asyncio.sleep(0.1)

    assert (await caller.renew(BY_SEC, refresh_secret))["code"] == "03"
    assert (await caller.renew())["code"] == "00"
    assert sandbox.platform("province").counts.renewals == {"by_key": 2}


async def test_no_pair_is_out_before_the_first_handshake(
    caller: GatewayCaller, holder: str
) -> None:
    """A data call before any handshake gets 14."""
    assert (await caller.data("anything", holder))["code"] == "14"


async def test_an_unknown_path_is_no_interface(
    caller: GatewayCaller, http: aiohttp.ClientSession
) -> None:
    """A republished interface's old id is answered with a code, and not counted."""
    async with http.get(f"{caller.url}/gateway/api/1/dataSharing/gone.htm") as response:
        document = await response.json()

    assert (response.status, document["code"], document["msg"]) == (200, "22", "接口不存在")


async def test_a_style_that_is_not_the_interfaces_own_is_refused(
    caller: GatewayCaller, http: aiohttp.ClientSession
) -> None:
    """An interface by GET does not take a POST."""
    async with http.post(caller.url + caller.interface.target) as response:
        assert response.status == 405
