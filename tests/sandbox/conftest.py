"""A sandbox on free ports, and a plain HTTP client."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from hub.sandbox.sandbox import Sandbox, SandboxOptions, open_sandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox(SandboxOptions(seed=7, size=2000, ports=None)) as opened:
        yield opened


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
