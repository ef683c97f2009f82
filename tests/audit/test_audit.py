"""GraphQL over HTTP, judged by the audit suite of graphql-http."""

import json
from pathlib import Path

from tests.node import install, run
from tests.stack import open_stack

HERE = Path(__file__).parent


async def test_every_must_and_every_should_passes(tmp_path: Path) -> None:
    """Only two kinds of MAY are not offered: queries by GET, which would put people into URLs."""
    await install(HERE, "graphql-http")
    async with open_stack(tmp_path) as stack:
        out = await run("audit.mjs", f"{stack.url}/graphql", stack.key, folder=HERE)

    results = json.loads(out)
    failed = [one["name"] for one in results if one["status"] != "ok"]
    assert len(results) == 60
    assert [name for name in failed if not name.startswith("MAY ")] == []
    assert all("GET" in name for name in failed), failed
