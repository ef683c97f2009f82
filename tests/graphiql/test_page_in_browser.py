"""The page as a clerk's browser sees it."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page

from resolvers.graphiql.page import GraphiQLConfig, is_built
from resolvers.graphiql.tabs import ExampleTab
from tests.graphiql.browser import CHROMIUM, NO_CHROMIUM, fresh_browser, run_every_tab, run_tab
from tests.graphiql.conftest import KEY, Serve

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=NO_CHROMIUM)
whole_page = pytest.mark.skipif(
    not is_built(), reason="GraphiQL is not built: pip install -e . builds it"
)

GREETING = ExampleTab(
    "Greeting",
    "# 问候\nquery Greeting($name: String!) {\n  greeting(name: $name)\n}\n",
    '{\n  "name": "Wang Xiaoming"\n}\n',
)
SUM = ExampleTab("Sum", "query Sum($of: [Int!]!) {\n  sum(of: $of)\n}\n", '{ "of": [1, 2, 39] }')
CONFIG = GraphiQLConfig(headers=json.dumps({"Authorization": KEY}), tabs=(GREETING, SUM))


@whole_page
async def test_every_tab_runs_as_it_stands(serve: Serve, tmp_path: Path) -> None:
    """Each tab, named after its example, answers with one click and the prefilled key."""
    address = await serve(CONFIG)

    report = await run_every_tab(f"{address}/graphiql", tmp_path / "page.png")

    assert [(title, json.loads(text)) for title, text in report.tabs] == [
        ("Greeting", {"data": {"greeting": "Good day, Wang Xiaoming"}}),
        ("Sum", {"data": {"sum": 42}}),
    ]
    assert report.console_errors == []


@whole_page
async def test_no_request_leaves_the_hub(serve: Serve) -> None:
    """Page, fonts, editors and workers come from the hub alone, within its content policy."""
    address = await serve(CONFIG)

    report = await run_every_tab(f"{address}/graphiql")

    asked_of = {urlsplit(url).netloc for url in report.requests if url.startswith("http")}
    assert asked_of == {urlsplit(address).netloc}
    assert [url for url in report.requests if not url.startswith(("http", "data:", "blob:"))] == []
    assert report.csp_violations == []
    assert len([url for url in report.requests if "worker" in url]) >= 3


@whole_page
async def test_the_key_ends_with_the_session(serve: Serve) -> None:
    """Tabs and key outlive a reload, not the browser tab; other settings bring their own tabs."""
    first, second = await serve(CONFIG), await serve(GraphiQLConfig(tabs=(SUM,)))

    async with fresh_browser() as context:
        page = await context.new_page()
        await page.goto(f"{first}/graphiql")
        await tabs_are_kept(page)
        await page.reload()
        reloaded = await titles(page)
        answer = json.loads(await run_tab(page))
        beyond_the_tab = await page.evaluate("Object.entries(localStorage)")
        await page.goto(f"{second}/graphiql")
        elsewhere = await titles(page)

    assert reloaded == ["Greeting", "Sum"]
    assert answer == {"data": {"greeting": "Good day, Wang Xiaoming"}}
    assert beyond_the_tab == []
    assert elsewhere == ["Sum"]


@whole_page
async def test_new_settings_replace_tabs_kept_by_the_session(serve: Serve) -> None:
    """On one origin, other settings drop what the session kept under the earlier ones."""
    kept = "certhub:0000000000000000:graphiql:tabState"
    address = await serve(CONFIG)

    async with fresh_browser() as context:
        page = await context.new_page()
        await page.goto(f"{address}/graphiql/config.json")
        await page.evaluate(f"sessionStorage.setItem('{kept}', '{{}}')")
        await page.goto(f"{address}/graphiql")
        shown = await titles(page)
        still_kept = await page.evaluate(f"sessionStorage.getItem('{kept}')")

    assert shown == ["Greeting", "Sum"]
    assert still_kept is None


async def test_the_plain_page_answers_too(serve: Serve, tmp_path: Path) -> None:
    """Where GraphiQL was not built, a plain page asks and shows, within the same policy."""
    address = await serve(CONFIG, built=tmp_path)
    complaints: list[str] = []

    async with fresh_browser() as context:
        context.on("console", lambda message: complaints.append(message.text))
        page = await context.new_page()
        await page.goto(f"{address}/graphiql")
        await page.select_option("#example", "Sum")
        await page.click("#run")
        await page.locator("#answer", has_text="42").wait_for()
        await page.screenshot(path=tmp_path / "plain.png")

    assert complaints == []


async def titles(page: Page) -> list[str]:
    """The titles of the open tabs, once the page stands."""
    await page.locator(".graphiql-query-editor .view-lines").wait_for()
    return await page.locator("[role=tab]").all_inner_texts()


async def tabs_are_kept(page: Page) -> None:
    """Wait until the session holds the tabs."""
    kept = "Object.keys(sessionStorage).some((key) => key.endsWith('tabState'))"
    for _ in range(100):
        if await page.evaluate(kept):
            return
        await page.wait_for_timeout(100)
    pytest.fail("GraphiQL kept no tabs within ten seconds")
