"""The demonstration's examples that subscribe, as they stand on its page."""

from pathlib import Path

import pytest

from resolvers.graphiql.page import is_built
from tests.commands.terminal import running, sourced
from tests.graphiql.browser import CHROMIUM, EDITOR_SETTLES_MS, NO_CHROMIUM, fresh_browser

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=NO_CHROMIUM),
    pytest.mark.skipif(not is_built(), reason="GraphiQL is not built: pip install -e . builds it"),
]


async def test_an_issuer_sees_its_inbox_change(tmp_path: Path) -> None:
    """The tab runs under the issuer's own key, and shows the first event at once."""
    words = ("demo", "--data", tmp_path / "data", "--port", "0", "--sandbox-port", "0")
    with running(*words, at=tmp_path) as begun:
        begun.says("Ctrl-C ends it")
        given = sourced(tmp_path / "data" / "environment")
        async with fresh_browser() as context:
            page = await context.new_page()
            page.set_default_timeout(60_000)
            await page.goto(given["CERTHUB_URL"].replace("/graphql", "/graphiql"))
            await page.locator(".graphiql-query-editor .view-lines").wait_for()
            await page.wait_for_timeout(EDITOR_SETTLES_MS)
            await page.locator("[role=tab]", has_text="InboxChanged").click()
            await page.wait_for_timeout(EDITOR_SETTLES_MS)
            await page.locator(".graphiql-execute-button").click()
            answer = page.locator(".graphiql-response .view-lines", has_text='"PRESENT"')
            await answer.wait_for()
            text = (await answer.inner_text()).replace("\xa0", " ")

    assert '"inbox"' in text
    assert "errors" not in text
