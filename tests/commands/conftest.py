"""One demonstration for all tests that need a running hub, and hubs of their own for others."""

import asyncio
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hub.sandbox.sandbox import packaged_credentials, packaged_platforms
from tests.commands.terminal import Begun, Ended, certhub, running, sourced
from tests.databases import place_migrated


@dataclass(frozen=True, slots=True)
class Demo:
    """A demonstration that is up, and the variables it leaves for other commands."""

    begun: Begun
    url: str
    variables: Mapping[str, str] = field(repr=False)

    @property
    def key(self) -> str:
        """Its API key."""
        return self.variables["CERTHUB_API_KEY"]

    @property
    def platforms(self) -> Mapping[str, str]:
        """Where its sandbox platforms are; the verification platform stands behind the desk."""
        pairs = self.variables["CERTHUB_ENDPOINTS"].split(",")
        urls = dict(pair.split("=", 1) for pair in pairs)
        behind = self.data / "shared" / "verification" / "platform.toml"
        return {**urls, "verification": tomllib.loads(behind.read_text("utf-8"))["endpoint"]}

    @property
    def data(self) -> Path:
        """Its data folder."""
        return Path(self.variables["CERTHUB_DATA"])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`certhub demo` on free ports."""
    at: Path = tmp_path_factory.mktemp("demo")
    words = ("demo", "--data", at / "data", "--port", "0", "--sandbox-port", "0")
    with running(*words, at=at) as begun:
        begun.says("Ctrl-C ends it")
        variables = sourced(at / "data" / "environment")
        yield Demo(begun, variables["CERTHUB_URL"].removesuffix("/graphql"), variables)


@dataclass(frozen=True, slots=True)
class Place:
    """A hub that runs on a data folder of its own, with platforms that may be edited."""

    begun: Begun
    data: Path

    @property
    def platforms(self) -> Path:
        """The platform folders."""
        return self.data / "platforms"

    @property
    def interface(self) -> Path:
        """One interface file."""
        return self.platforms / "province" / "interfaces" / "resident_id_card.toml"

    def reload(self) -> Ended:
        """What `certhub reload` says."""
        return certhub("reload", "--data", self.data, at=self.data)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """`certhub serve` on a free port."""
    data = tmp_path / "data"
    shutil.copytree(packaged_platforms(), data / "platforms")
    shutil.copy(packaged_credentials(), data / "credentials.toml")
    asyncio.run(place_migrated(data / "certhub.db"))
    with running("serve", "--data", data, "--port", "0", at=tmp_path) as begun:
        begun.says("Ctrl-C ends it")
        yield Place(begun, data)
