"""One HTTP session per test, and a gateway where one is wanted."""

from collections.abc import AsyncIterator

import pytest

from connectors.http import Http, open_http
from tests.connectors.contract_world import World as AnyWorld
from tests.connectors.contract_world import opened as opened_for
from tests.connectors.gateway_world import NOW, World, opened
from tests.connectors.gateways import Gateway
from tests.connectors.speakers import SPEAKERS, Speaker


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
