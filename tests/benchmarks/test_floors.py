"""The bare endpoints below the hub answer as the platforms hold it, in as few calls as can be."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import time

import aiohttp
import orjson
import pytest

from benchmarks.contenders import Asked, Contender, Form, Places, Way
from benchmarks.floors import bare, floor
from benchmarks.ground import lay_platforms
from benchmarks.people import People, people_of
from benchmarks.scenarios import SOURCES
from benchmarks.servers import bare as bare_server
from benchmarks.servers import floor as floor_server
from benchmarks.servers.asgi import Answer
from benchmarks.site import Platforms
from benchmarks.stand_ins.serving import stand_ins
from connectors.signing import form_encoded, md5_sign
from hub.declarations.credentials import credential_of, load_credentials
from hub.sandbox.sandbox import packaged_credentials


@pytest.fixture(name="platforms")
async def platforms_(tmp_path: Path) -> AsyncIterator[tuple[People, Platforms]]:
    """The stand-ins, up, and whom they hold."""
    folder = lay_platforms(tmp_path)
    async with stand_ins(folder) as urls, aiohttp.ClientSession() as session:
        yield people_of(folder), Platforms(urls, session)


def places(platforms: Platforms) -> Places:
    """Where they are."""
    first, second = SOURCES[Way.BATCH]
    gateway = SOURCES[Way.GATEWAY][0]
    urls = platforms.urls
    return Places(urls[first], urls[second], urls[gateway], Path())


def secrets(people: People, platform: str) -> dict[str, str]:
    """What the platform takes."""
    declared = people.platforms[platform]
    return dict(credential_of(declared, load_credentials(packaged_credentials(), {})))


@asynccontextmanager
async def open_bare(
    people: People, platforms: Platforms, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Contender, Answer]]:
    """The bare endpoint's contender, and what it answers with."""
    secret = secrets(people, "province")["app_secret"]
    contender = bare(places(platforms), people.platforms["province"], secret)
    for name, text in contender.environ.items():
        monkeypatch.setenv(name, text)
    async with bare_server.opened(platforms.control) as answer:
        yield contender, answer


async def values(contender: Contender, answer: Answer, asked: Sequence[Asked]) -> object:
    """What comes of one lookup for each, all at once."""
    bodies = [contender.body(Form.ONE, Way.GATEWAY, [one]) for one in asked]
    answers = await asyncio.gather(*map(answer, bodies))
    return [contender.read(one)[0] for one in answers]


async def test_the_floor_asks_the_second_platform_for_whom_the_first_does_not_hold(
    platforms: tuple[People, Platforms], monkeypatch: pytest.MonkeyPatch
) -> None:
    """150 of whom 50 fall through: two calls to the first platform, one to the second."""
    people, dials = platforms
    contender = floor(places(dials), secrets(people, "verification"))
    for name, text in contender.environ.items():
        monkeypatch.setenv(name, text)
    asked = [*people.asked(Way.BATCH, 100), *people.asked(Way.BATCH, 50, falling=True)]

    async with floor_server.opened(dials.control) as answer:
        told = contender.read(await answer(contender.body(Form.LIST, Way.BATCH, asked)))

    assert told == [one.values for one in asked]
    assert [await dials.asked(name) for name in SOURCES[Way.BATCH]] == [2, 1]


async def test_the_bare_endpoint_makes_a_signed_call_for_each(
    platforms: tuple[People, Platforms], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty at once, twenty calls."""
    people, dials = platforms
    asked = people.asked(Way.GATEWAY, 20)

    async with open_bare(people, dials, monkeypatch) as (contender, answer):
        told = await values(contender, answer, asked)

    assert told == [one.values for one in asked]
    assert await dials.asked("province") == 20


async def test_the_bare_endpoint_renews_its_secret_once_for_all_who_wait(
    platforms: tuple[People, Platforms], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its secret is ended from outside: each of twenty calls is made once more and no more."""
    people, dials = platforms
    asked = people.asked(Way.GATEWAY, 20)
    now = str(int(time() * 1000))
    sign = md5_sign("bare", secrets(people, "province")["app_secret"], now)
    signed = form_encoded({"appKey": "bare", "sign": sign, "requestTime": now})

    async with open_bare(people, dials, monkeypatch) as (contender, answer):
        url = f"{dials.urls['province']}/gateway/app/refreshTokenByKey.htm?{signed}"
        async with dials.control.post(url) as reply:
            assert orjson.loads(await reply.read())["code"] == "00"
        told = await values(contender, answer, asked)

    assert told == [one.values for one in asked]
    assert await dials.asked("province") == 40
