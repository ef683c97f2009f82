"""One demonstration for all tests that need a running hub."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.commands.terminal import Begun, running, sourced


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
        """Where its sandbox platforms are."""
        pairs = self.variables["CERTHUB_ENDPOINTS"].split(",")
        return dict(pair.split("=", 1) for pair in pairs)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`certhub demo` on free ports."""
    at: Path = tmp_path_factory.mktemp("demo")
    words = ("demo", "--data", at / "data", "--port", "0", "--sandbox-port", "0")
    with running(*words, at=at) as begun:
        begun.says("Ctrl-C ends it")
        variables = sourced(at / "data" / "environment")
        yield Demo(begun, variables["CERTHUB_URL"].removesuffix("/graphql"), variables)
