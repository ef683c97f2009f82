"""The benchmarks' fast platforms say the same as the sandbox's, count, and take their time."""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import aiohttp
import pytest

from benchmarks.contenders import CERTIFICATE, Way
from benchmarks.ground import lay_platforms
from benchmarks.people import BUSINESS, People, people_of
from benchmarks.scenarios import SOURCES
from benchmarks.site import Platforms
from benchmarks.stand_ins.serving import stand_ins
from connectors.contract import Answer, ConnectorError, CredentialRefused, Held, Inquiry, NotHeld
from connectors.dialects import find_dialect
from connectors.http import open_http
from hub.declarations.credentials import credential_of, load_credentials
from hub.declarations.words import Platform
from hub.platforms import endpoint_of
from hub.sandbox.sandbox import SandboxOptions, open_sandbox, packaged_credentials

PURPOSE = {
    "purpose.item": "许可-00001-000",
    "purpose.case": "办-1",
    "purpose.operator": "op-001",
    "purpose.material": "",
    "purpose.sponsor_name": "示例窗口",
    "purpose.sponsor_code": "NB-BENCH-01",
    "today.year": "2026",
    "today.month": "11",
}


@pytest.fixture(name="folder", scope="module")
def folder_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The platforms of the measuring room."""
    return lay_platforms(tmp_path_factory.mktemp("platforms"))


@pytest.fixture(name="people", scope="module")
def people_(folder: Path) -> People:
    """Whom they hold."""
    return people_of(folder)


async def fetched(
    platform: Platform, url: str, certificate: str, ids: Sequence[str], **secrets: str
) -> Sequence[Answer | ConnectorError]:
    """What the hub's own connector hears at the URL."""
    credential = {
        **credential_of(platform, load_credentials(packaged_credentials(), {})),
        **secrets,
    }
    async with open_http() as http:
        endpoint = endpoint_of(platform, credential)
        connector = find_dialect(platform.dialect).connect(
            type(endpoint)(platform.name, url, credential), platform.options, http
        )
        inquiries = [Inquiry({"subject.id": one, **PURPOSE}) for one in ids]
        return await connector.fetch(platform.interfaces[certificate], inquiries)


@pytest.mark.parametrize(
    ("name", "certificate"),
    [
        ("province", CERTIFICATE),
        ("province", BUSINESS),
        ("municipality", CERTIFICATE),
        ("municipality", "driving_licence"),
        ("verification", CERTIFICATE),
        ("verification_second", "no_criminal_record"),
    ],
)
async def test_an_answer_is_the_sandboxs(
    name: str, certificate: str, folder: Path, people: People
) -> None:
    """Heard by the hub's connectors: what is held and what is not, over both dialects."""
    platform = people.platforms[name]
    if certificate == BUSINESS:
        ids = [one.credit_code for one in people.businesses(20)]
    else:
        ids = [one.resident_id for one in people.anybody(20)]

    async with stand_ins(folder) as urls:
        fast = await fetched(platform, urls[name], certificate, ids)
        again = await fetched(platform, urls[name], certificate, ids)
    async with open_sandbox(SandboxOptions(ports=None, platforms=folder)) as sandbox:
        slow = await fetched(platform, sandbox.urls[name], certificate, ids)

    assert fast == again == slow
    assert any(isinstance(one, Held) for one in fast)
    assert all(isinstance(one, Held | NotHeld) for one in fast)


@pytest.mark.parametrize(
    ("name", "secret"), [("province", "app_secret"), ("verification", "secret")]
)
async def test_a_wrong_signature_is_refused(
    name: str, secret: str, folder: Path, people: People
) -> None:
    """A benchmark of a hub that signs wrongly would measure nothing."""
    platform = people.platforms[name]
    ids = [people.anybody(1)[0].resident_id]

    async with stand_ins(folder) as urls:
        (heard,) = await fetched(platform, urls[name], CERTIFICATE, ids, **{secret: "wrong"})

    assert isinstance(heard, CredentialRefused)


async def test_calls_are_counted_and_take_as_long_as_the_dial_says(
    folder: Path, people: People
) -> None:
    """Two gateway calls and one batch call for two people each; 30 ms, then none any more."""
    gateway, batch = SOURCES[Way.GATEWAY][0], SOURCES[Way.BATCH][0]
    ids = [one.resident_id for one in people.anybody(2)]

    async with stand_ins(folder) as urls, aiohttp.ClientSession() as control:
        platforms = Platforms(urls, control)
        await platforms.turn(batch, {"latency": {"ms": 30}})
        began = perf_counter()
        await fetched(people.platforms[batch], urls[batch], CERTIFICATE, ids)
        took = perf_counter() - began
        await fetched(people.platforms[gateway], urls[gateway], CERTIFICATE, ids)
        counted = await platforms.asked(batch), await platforms.asked(gateway)
        await platforms.reset_calls()

        assert counted == (1, 2)
        assert took >= 0.029
        assert await platforms.calls() == 0
