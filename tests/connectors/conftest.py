"""One HTTP session per test, and a gateway or a desk where one is wanted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.http import Http, open_http
from tests.connectors.assisted_ground import Life, assisted
from tests.connectors.contract_world import World as AnyWorld
from tests.connectors.contract_world import opened as opened_for
from tests.connectors.gateway_world import NOW, World, opened
from tests.connectors.gateways import Gateway
from tests.connectors.speakers import SPEAKERS, Speaker
from tests.desk_platform.ground import Ground, open_ground


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    """A session that is closed with the test."""
    async with open_http() as opened:
        yield opened


@pytest.fixture
async def gateway_world(http: Http) -> AsyncIterator[World]:
    """A gateway that answers, and a connector to it."""
    async with opened(Gateway(NOW), http) as one:
        yield one


@pytest.fixture(params=SPEAKERS, ids=lambda speaker: speaker.dialect)
def speaker(request: pytest.FixtureRequest) -> Speaker:
    """Each dialect in turn."""
    chosen: Speaker = request.param
    return chosen


@pytest.fixture
async def world(speaker: Speaker, http: Http) -> AsyncIterator[AnyWorld]:
    """A connector of each dialect, with its platform."""
    async with opened_for(speaker, http) as one:
        yield one


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    """An open verification desk."""
    async with open_ground(f"sqlite+aiosqlite:///{tmp_path}/desk.db") as opened:
        yield opened


@pytest.fixture
def life(ground: Ground, http: Http) -> Life:
    """The hub as the desk's client."""
    return Life(assisted(ground.hub.base, http))
