"""`certhub doctor`: what it sees, and what it says to do."""

import json
import re
import shutil
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.contract import Health
from connectors.http import open_http
from hub.commands.looked import Looked, diagnosed, looked_at
from hub.evidence import Tier
from hub.sandbox.sandbox import SandboxOptions, open_sandbox
from tests.commands.conftest import Demo
from tests.commands.terminal import certhub
from tests.connectors.scripted_server import nobody_listening
from tests.routing.scripted import platform as declared

ALL_WELL = {
    "database 数据库",
    "catalogue 目录",
    "API keys 密钥",
    "province (provincial)",
    "municipality (municipal)",
    "municipal_integrated (municipal)",
    "human_resources_bureau (municipal)",
    "verification (supplementary)",
    "desk's registry 核查平台登记",
    "seals 印章",
    "behind the desk 共享信息",
}


@contextmanager
def dials(url: str, turned: Mapping[str, object]) -> Iterator[None]:
    """A platform's dials, turned as long as this is open."""
    _put(url, turned)
    try:
        yield
    finally:
        _put(url, {})


def _put(url: str, document: Mapping[str, object]) -> None:
    body = json.dumps(document).encode()
    request = urllib.request.Request(f"{url}/sandbox/dials", body, method="PUT")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def marks(said: str) -> dict[str, str]:
    """By what was looked at: ✓ or ✗."""
    rows = re.findall(r"^([✓✗]) (.+?): ", said, re.MULTILINE)
    return {what: mark for mark, what in rows}


def test_all_is_well(demo: Demo, tmp_path: Path) -> None:
    """Beside a running demo everything is looked at, all is well, and it exits 0."""
    done = certhub("doctor", at=tmp_path, given=demo.variables)

    assert done.code == 0, done.out
    assert marks(done.out) == dict.fromkeys(ALL_WELL, "✓")
    assert re.search(r"province \(.*: answers, takes our credential, clock [+-]0\.\d s", done.out)
    assert "verification (supplementary): embedded: it opens with the hub" in done.out
    assert "核查平台登记: 38 issuing units, 156 people" in done.out
    assert "印章: 40 permitted of 40" in done.out
    assert "共享信息: verification (supplementary) answers, takes our credential" in done.out


def test_nothing_is_there(tmp_path: Path) -> None:
    """On an empty folder it says what to make, and exits 1."""
    done = certhub("doctor", at=tmp_path)

    assert done.code == 1
    assert marks(done.out) == {
        "database 数据库": "✗",
        "platforms 平台": "✗",
    }
    assert f"There is none at {tmp_path}/.certhub/certhub.db." in done.out
    assert "certhub catalogue import FILE --name NAME" in done.out
    assert "CERTHUB_PLATFORMS" in done.out
    assert done.err == "certhub: 2 of 2 checks found something to mend."
    assert list(tmp_path.iterdir()) == []


def test_an_empty_database(tmp_path: Path) -> None:
    """A new database has neither a catalogue nor a key: each is told with how to make it."""
    certhub("keys", "list", at=tmp_path)

    done = certhub("doctor", at=tmp_path)

    assert done.code == 1
    assert marks(done.out) == {
        "database 数据库": "✓",
        "catalogue 目录": "✗",
        "API keys 密钥": "✗",
        "platforms 平台": "✗",
    }
    assert "certhub keys create --unit UNIT" in done.out


PLATFORMS = [
    "province",
    "municipality",
    "municipal_integrated",
    "human_resources_bureau",
    "verification",
]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_platform_is_down(demo: Demo, tmp_path: Path, platform: str) -> None:
    """A platform that does not answer is told; the others are looked at all the same."""
    with dials(demo.platforms[platform], {"outage": True}):
        done = certhub("doctor", at=tmp_path, given=demo.variables)

    assert done.code == 1
    assert [what for what, mark in marks(done.out).items() if mark == "✗"] == [
        "behind the desk 共享信息"
        if platform == "verification"
        else next(one for one in ALL_WELL if one.startswith(f"{platform} "))
    ]
    assert re.search(rf"✗ .*{platform} \(.*does not answer\n    → ", done.out)


def test_a_platform_fails() -> None:
    """A platform that answers with an error of its own is wrong, whatever its clock says."""
    health = Health(True, None, 0.5, "answers with status 503", failing=True)

    looked = diagnosed("city (municipal)", declared("city", Tier.MUNICIPAL), health)

    assert looked == Looked(
        "city (municipal)", "answers, but fails, clock +0.5 s", "answers with status 503"
    )


def test_a_clock_is_wrong(demo: Demo, tmp_path: Path) -> None:
    """A clock ten minutes ahead is told with how to set ours."""
    with dials(demo.platforms["verification"], {"clock_skew": 600}):
        done = certhub("doctor", at=tmp_path, given=demo.variables)

    assert done.code == 1
    assert re.search(r"✗ .*verification .*clock \+(599|600)\.\d s", done.out)
    assert "NTP" in done.out


def test_a_credential_is_wrong(demo: Demo, tmp_path: Path) -> None:
    """A refused credential is told by its name, without its secret."""
    credentials = Path(demo.variables["CERTHUB_CREDENTIALS"]).read_text("utf-8")
    wrong = tmp_path / "credentials.toml"
    wrong.write_text(re.sub(r'app_secret = "[^"]+"', 'app_secret = "s3cret"', credentials))
    given = {**demo.variables, "CERTHUB_CREDENTIALS": str(wrong)}

    done = certhub("doctor", at=tmp_path, given=given)

    assert done.code == 1
    assert marks(done.out)["province (provincial)"] == "✗"
    assert re.search(r"province .*: answers, but refuses our", done.out)
    assert "[province]" in done.out
    assert "s3cret" not in done.out + done.err


def test_a_credential_is_missing(demo: Demo, tmp_path: Path) -> None:
    """A missing credential is told with what to write where; the others are looked at."""
    credentials = Path(demo.variables["CERTHUB_CREDENTIALS"]).read_text("utf-8")
    fewer = tmp_path / "credentials.toml"
    fewer.write_text(credentials.replace("[province]", "[provinz]"))
    given = {**demo.variables, "CERTHUB_CREDENTIALS": str(fewer)}

    done = certhub("doctor", at=tmp_path, given=given)

    assert done.code == 1
    assert marks(done.out)["verification (supplementary)"] == "✓"
    assert re.search(
        r"✗ province .*: has no credential\n    → .*CERTHUB_CREDENTIAL_PROVINCE", done.out
    )


def test_an_embedded_desk_without_a_registry(demo: Demo, tmp_path: Path) -> None:
    """It says which file to write; what lies in that folder is left as it is."""
    given = {**demo.variables, "CERTHUB_DATA": str(tmp_path)}

    done = certhub("doctor", at=tmp_path, given=given)

    assert done.code == 1
    assert [what for what, mark in marks(done.out).items() if mark == "✗"] == [
        "desk's registry 核查平台登记"
    ]
    assert f"→ Write {tmp_path}/desk.toml (docs/desk.md)" in done.out
    assert list(tmp_path.iterdir()) == []


def test_a_desk_without_seals(demo: Demo, tmp_path: Path) -> None:
    """A registry alone seals nothing: it says how to make a seal, and makes no database."""
    shutil.copy(demo.data / "desk.toml", tmp_path)
    database = f"sqlite+aiosqlite:///{tmp_path}/none.db"
    given = {**demo.variables, "CERTHUB_DATA": str(tmp_path), "CERTHUB_DESK_DATABASE": database}

    done = certhub("doctor", at=tmp_path, given=given)

    assert done.code == 1
    assert marks(done.out)["seals 印章"] == "✗"
    assert "印章: 0 permitted of 0" in done.out
    assert "certhub seals make UNIT KIND" in done.out
    assert [file.name for file in tmp_path.iterdir()] == ["desk.toml"]


def test_a_declaration_is_wrong(demo: Demo, tmp_path: Path) -> None:
    """Platforms that can't be read are one finding, with file and key."""
    folder = tmp_path / "platforms" / "province"
    folder.mkdir(parents=True)
    (folder / "platform.toml").write_text('tear = "provincial"\n')
    platforms = str(tmp_path / "platforms")
    given = {**demo.variables, "CERTHUB_PLATFORMS": platforms, "CERTHUB_ENDPOINTS": ""}

    done = certhub("doctor", at=tmp_path, given=given)

    assert done.code == 1
    assert marks(done.out)["platforms 平台"] == "✗"
    assert "tear" in done.out


def test_the_database_is_away(demo: Demo, tmp_path: Path) -> None:
    """Where the database can't be opened the platforms are looked at all the same."""
    away = "postgresql+asyncpg://hub:hunter2@127.0.0.1:1/certhub"

    done = certhub("doctor", at=tmp_path, given={**demo.variables, "CERTHUB_DATABASE": away})

    assert done.code == 1
    assert marks(done.out)["database 数据库"] == "✗"
    assert marks(done.out)["province (provincial)"] == "✓"
    assert "hunter2" not in done.out + done.err


async def test_each_address_of_a_platform_is_looked_at() -> None:
    """The endpoint is down, its replica answers: both are said, each by itself."""
    options = SandboxOptions(size=100, ports=None)
    async with open_http() as http, open_sandbox(options) as sandbox, nobody_listening() as nobody:
        up = sandbox.platforms["province"]
        two = replace(up, url=nobody, replicas=(up.url,))
        endpoint, replica = await looked_at(two, sandbox.credentials, http)

    assert (endpoint.at, endpoint.seen) == ("province (provincial)", "does not answer")
    assert endpoint.mend is not None
    assert endpoint.mend.endswith(f"Endpoint: {nobody}")
    assert replica.at == f"province (provincial) at {up.url}"
    assert replica.seen.startswith("answers, takes our credential")
