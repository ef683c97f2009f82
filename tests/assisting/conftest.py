"""A desk for each test, and a hub that asks it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.compose import Hub
from tests.assisting.ground import DeskGround, open_asking, open_desk_ground


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[DeskGround]:
    """An open desk behind a wire."""
    async with open_desk_ground(tmp_path) as opened:
        yield opened


@pytest.fixture
async def hub(ground: DeskGround) -> AsyncIterator[Hub]:
    """A hub whose verification platform is that desk."""
    async with open_asking(ground) as opened:
        yield opened
