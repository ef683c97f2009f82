"""The verification desk in the hub's own process, and when there is none."""

import asyncio
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest

from connectors.contract import Health
from connectors.http import open_http
from hub.compose import Hub, declared, open_hub
from hub.declarations.credentials import load_credentials
from hub.declarations.words import ConfigurationError, Platform
from hub.desk.registry import Client
from hub.embedding import embedding
from hub.platforms import connect
from hub.sandbox.sandbox import packaged_credentials, packaged_platforms
from hub.settings import Settings, read_settings
from tests.desk_platform.ground import Caller, submission
from tests.plans import PLAN

ELSEWHERE = "http://127.0.0.1:9"


def settings(folder: Path, **further: str) -> Settings:
    """A deployment with the sandbox's declarations, copied so that they may be edited."""
    if not (folder / "platforms").exists():
        shutil.copytree(packaged_platforms(), folder / "platforms")
    given = {
        "DATA": str(folder),
        "CREDENTIALS": str(packaged_credentials()),
        "ENDPOINTS": "verification=embedded",
        **further,
    }
    return read_settings({**PLAN, **{f"CERTHUB_{name}": value for name, value in given.items()}})


def port_of(hub: Hub) -> int:
    """Where the verification platform is said to answer."""
    return int(hub.platforms["verification"].url.rsplit(":", 1)[1])


def answers(port: int) -> bool:
    """Whether anything listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def probed(platform: Platform, credential: Mapping[str, str]) -> Health:
    """How a platform takes a credential; a busy machine may be too slow for the first probe."""
    async with open_http() as http:
        connector = connect(platform, credential, http)
        health = await connector.probe()
        return health if health.reachable else await connector.probe()


def declaration(folder: Path) -> Path:
    """The verification platform's own file."""
    return folder / "platforms" / "verification" / "platform.toml"


def declare(folder: Path, endpoint: str) -> None:
    """Declare another endpoint of the verification platform."""
    file = declaration(folder)
    lines = file.read_text().splitlines()
    kept = [line for line in lines if not line.startswith("endpoint")]
    file.write_text("\n".join([f'endpoint = "{endpoint}"', *kept]))


async def test_an_embedded_desk_answers_over_http(tmp_path: Path) -> None:
    """On 127.0.0.1 as long as the hub is open, and not a moment longer."""
    async with open_hub(settings(tmp_path)) as hub, aiohttp.ClientSession() as session:
        port = port_of(hub)
        async with session.get(f"http://127.0.0.1:{port}/api/v1/health") as reply:
            health = await reply.json()

    assert health["status"] == "up"
    assert not answers(port)


async def test_the_credential_is_made_at_start(tmp_path: Path) -> None:
    """The hub's is taken, another one each time; the credentials file's opens nothing here."""
    given = settings(tmp_path)
    written = load_credentials(packaged_credentials(), {})["verification"]
    made = []
    for _ in range(2):
        declarations = declared(given)
        async with embedding(given, declarations) as desk:
            assert desk is not None
            platform = declarations.current.platforms["verification"]
            made.append(desk.credential)
            own, other = await probed(platform, desk.credential), await probed(platform, written)

            assert (own.reachable, own.credential_accepted) == (True, True)
            assert (other.reachable, other.credential_accepted) == (True, False)

    assert made[0] != made[1]
    assert made[0]["secret"] not in repr(desk)


async def test_who_is_designated_takes_part_at_once(tmp_path: Path) -> None:
    """An issuer written into desk.toml is known without a restart, and the hub is still let in."""
    given = settings(tmp_path)
    async with embedding(given, declared(given)) as desk, aiohttp.ClientSession() as session:
        assert desk is not None
        key, secret = desk.credential["access_key"], desk.credential["secret"]
        caller = Caller(session, desk.url, Client("hub", key, secret))
        asked = {name: part for name, part in submission().items() if name != "issuer"}

        async def said() -> str:
            return str((await caller.post("requests", asked)).body["message"])

        before = await said()
        (tmp_path / "desk.toml").write_text('[units.civil]\nissues = ["no_marriage_record"]\n')
        async with asyncio.timeout(10):
            while (now := await said()) == before:  # noqa: ASYNC110 - it is told over the wire
                await asyncio.sleep(0.05)

    assert "no unit is listed as issuer" in before
    assert "no unit" not in now


async def test_a_url_embeds_nothing(tmp_path: Path) -> None:
    """A desk elsewhere is taken as it is declared, and this machine keeps no desk's database."""
    given = settings(tmp_path, ENDPOINTS=f"verification={ELSEWHERE}")

    async with open_hub(given) as hub:
        assert hub.platforms["verification"].url == ELSEWHERE

    assert not (tmp_path / "desk.db").exists()


async def test_where_no_verification_platform_is_declared(tmp_path: Path) -> None:
    """An embedded one of that name stands in, and serves every certificate type."""
    given = settings(tmp_path, ENDPOINTS="")
    shutil.rmtree(declaration(tmp_path).parent)

    async with open_hub(given) as hub:
        platform = hub.platforms["verification"]

        assert answers(port_of(hub))
        assert platform.interfaces.keys() == hub.types.keys()
        assert list(hub.platforms)[-1] == "verification"


async def test_the_one_that_stands_in_may_be_elsewhere(tmp_path: Path) -> None:
    """Its endpoint can be given like any other's."""
    given = settings(tmp_path, ENDPOINTS=f"verification={ELSEWHERE}")
    shutil.rmtree(declaration(tmp_path).parent)

    async with open_hub(given) as hub:
        assert hub.platforms["verification"].url == ELSEWHERE


async def test_the_port_that_was_asked_for(tmp_path: Path) -> None:
    """It is taken, unless somebody has it already."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError) as raised:
            async with open_hub(settings(tmp_path, DESK_PORT=str(port))):
                pass

    assert str(raised.value).startswith(
        f"environment: CERTHUB_DESK_PORT: port {port} on 127.0.0.1 is taken. Give another one"
    )
    async with open_hub(settings(tmp_path, DESK_PORT=str(port))) as hub:
        assert port_of(hub) == port


async def test_a_database_that_can_not_be_opened(tmp_path: Path) -> None:
    """It says where it looked and which setting names another one."""
    given = settings(tmp_path, DESK_DATABASE=f"sqlite+aiosqlite:///{declaration(tmp_path)}")

    with pytest.raises(ConfigurationError) as raised:
        async with open_hub(given):
            pass

    assert "platform.toml can't be opened (DatabaseError)" in str(raised.value)
    assert "CERTHUB_DESK_DATABASE" in str(raised.value)


async def test_trouble_goes_on_as_it_came(tmp_path: Path) -> None:
    """What goes wrong while the desk is open is not wrapped into anything."""
    given = settings(tmp_path)

    with pytest.raises(ConfigurationError, match=r"^as it came$"):
        async with embedding(given, declared(given)):
            raise ConfigurationError("as it came")


async def test_from_embedded_to_elsewhere_by_reload(tmp_path: Path) -> None:
    """The hub asks there from then on."""
    given = settings(tmp_path, ENDPOINTS="")
    declare(tmp_path, "embedded")

    async with open_hub(given) as hub:
        before = port_of(hub)
        same = await hub.reload()
        declare(tmp_path, ELSEWHERE)
        report = await hub.reload()

        assert (same.refused, same.platforms) == (None, ())
        assert answers(before)
        assert (report.refused, report.platforms) == (None, ("verification",))
        assert hub.platforms["verification"].url == ELSEWHERE


async def test_from_elsewhere_to_embedded_by_restart_only(tmp_path: Path) -> None:
    """A reload is refused, and says so; what was in force stays."""
    given = settings(tmp_path, ENDPOINTS="")
    declare(tmp_path, ELSEWHERE)

    async with open_hub(given) as hub:
        declare(tmp_path, "embedded")
        report = await hub.reload()

        assert report.refused == (
            "platform verification: endpoint: its verification desk is opened at start only. "
            "Restart the hub, or give a URL."
        )
        assert hub.platforms["verification"].url == ELSEWHERE


@pytest.mark.parametrize(
    ("platforms", "said"),
    [
        (
            "province",
            "province/platform.toml: endpoint: only a verification platform can be embedded, "
            "not a gateway",
        ),
        (
            "verification another",
            "verification/platform.toml: endpoint: the platform another is embedded already",
        ),
    ],
)
def test_one_verification_platform_is_embedded(tmp_path: Path, platforms: str, said: str) -> None:
    """Any other declaration is refused, naming its file."""
    given = settings(tmp_path, ENDPOINTS=",".join(f"{name}=embedded" for name in platforms.split()))
    shutil.copytree(declaration(tmp_path).parent, tmp_path / "platforms" / "another")

    with pytest.raises(ConfigurationError) as raised:
        declared(given)

    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("name", "text"), [("DESK_PORT", "65536"), ("DESK_PORT", "-1"), ("DESK_PACE", "0")]
)
def test_settings_of_the_desk_are_checked(tmp_path: Path, name: str, text: str) -> None:
    """What can't be is refused by its name."""
    with pytest.raises(ConfigurationError, match=f"CERTHUB_{name} is '{text}'"):
        settings(tmp_path, **{name: text})
