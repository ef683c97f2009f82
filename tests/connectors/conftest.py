"""One HTTP session per test."""

from collections.abc import AsyncIterator

import pytest

from connectors.http import Http, open_http


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    """A session that is closed with the test."""
    async with open_http() as opened:
        yield opened
