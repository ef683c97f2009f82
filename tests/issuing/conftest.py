"""A city for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.issuing.city import City, open_city


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[City]:
    """A hub and a desk over real HTTP."""
    async with open_city(tmp_path) as opened:
        yield opened
