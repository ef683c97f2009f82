"""Subscriptions as a clerk's browser sees them: over WebSocket, within the content policy."""

import json

import pytest
from playwright.async_api import ConsoleMessage, Page

from resolvers.graphiql.page import GraphiQLConfig, graphiql_routes, is_built
from resolvers.graphiql.tabs import ExampleTab
from tests.graphiql.browser import CHROMIUM, EDITOR_SETTLES_MS, NO_CHROMIUM, fresh_browser
from tests.transports.ground import BEARER, Ground, becomes, open_ground

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=NO_CHROMIUM),
    pytest.mark.skipif(not is_built(), reason="GraphiQL is not built: pip install -e . builds it"),
]

WAITING = ExampleTab("Waiting", "subscription Waiting {\n  waiting { number caller }\n}\n", "{}")


def page_for(key: str) -> GraphiQLConfig:
    return GraphiQLConfig(headers=json.dumps({"Authorization": key}), tabs=(WAITING,))


async def open_page(page: Page, ground: Ground) -> None:
    await page.goto(f"http://{ground.place}/graphiql")
    await page.locator(".graphiql-query-editor .view-lines").wait_for()
    await page.wait_for_timeout(EDITOR_SETTLES_MS)


async def shown(page: Page, text: str) -> str:
    """What the page shows as its answer, once the text is in it."""
    answer = page.locator(".graphiql-response .view-lines", has_text=text)
    await answer.wait_for()
    return (await answer.inner_text()).replace("\xa0", " ")


async def test_events_are_shown_as_they_come_and_stop_ends_them() -> None:
    """The first event, then the second; the stop button closes the subscription at the hub."""
    config = page_for(BEARER)
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    async with open_ground(pages=graphiql_routes(config)) as ground, fresh_browser() as context:
        page = await context.new_page()
        page.on("console", note)
        await open_page(page, ground)
        await page.locator(".graphiql-execute-button").click()
        first = await shown(page, '"number": 1')
        ground.may_go_on.set()
        second = await shown(page, '"number": 2')
        assert ground.running == 1
        await page.locator(".graphiql-execute-button").click()
        await becomes(lambda: ground.running == 0 and ground.connections.open == 0)

    assert '"caller": "U1"' in first
    assert '"caller": "U1"' in second
    assert complaints == []


async def test_a_wrong_key_is_shown_at_once() -> None:
    """The close code and its reason, without minutes of retries."""
    config = page_for("Bearer ch_other")

    async with open_ground(pages=graphiql_routes(config)) as ground, fresh_browser() as context:
        page = await context.new_page()
        await open_page(page, ground)
        await page.locator(".graphiql-execute-button").click()
        text = await shown(page, "4403")

    assert "revoked" in text
