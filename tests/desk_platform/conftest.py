"""A desk for each test, once on SQLite and once on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from tests.databases import database
from tests.desk_platform.ground import Ground, open_ground

__all__ = ["database"]


@pytest.fixture
async def ground(database: str) -> AsyncIterator[Ground]:
    """An open desk."""
    async with open_ground(database) as opened:
        yield opened


@pytest.fixture
async def small(tmp_path: object) -> AsyncIterator[Ground]:
    """An open desk on SQLite alone, for what has nothing to do with the database."""
    async with open_ground(f"sqlite+aiosqlite:///{tmp_path}/desk.db") as opened:
        yield opened
