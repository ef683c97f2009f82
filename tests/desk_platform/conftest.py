"""A desk for each test, once on SQLite and once on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from hub.notary.pool import Workshop
from tests.databases import database
from tests.desk_platform.ground import Ground, open_ground
from tests.desk_platform.real_seals import Sealed, open_sealed

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


@pytest.fixture(scope="session")
def workshop() -> Iterator[Workshop]:
    """One worker for all tests that seal, as it takes a second to begin."""
    opened = Workshop(workers=1)
    yield opened
    asyncio.run(opened.close())


@pytest.fixture
async def sealed(database: str, workshop: Workshop, tmp_path: Path) -> AsyncIterator[Sealed]:
    """An open desk with real seals."""
    async with open_sealed(database, workshop, tmp_path / "notary") as opened:
        yield opened
