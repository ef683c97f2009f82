"""What /graphiql serves, and what it does not."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from resolvers.graphiql.page import GraphiQLConfig, is_built
from resolvers.graphiql.tabs import ExampleTab
from tests.graphiql.conftest import Serve

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self' blob:; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
CONFIG = GraphiQLConfig(
    endpoint="/graphql",
    headers='{"Authorization": "Bearer ch_test"}',
    tabs=(ExampleTab("Me", "query Me { me }", "{}"),),
)
OUTSIDE = (
    "/graphiql/assets/../page.py",
    "/graphiql/assets/..%2fpage.py",
    "/graphiql/assets/%2e%2e/page.py",
    "/graphiql/assets/..%5cpage.py",
    "/graphiql/assets/..",
    "/graphiql/assets/%2fetc%2fpasswd",
    "/graphiql/assets/index.html",
    "/graphiql/assets/nothing.js",
    "/graphiql/built-from.txt",
)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A front end as the build leaves it."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>whole</title>")
    (tmp_path / "built-from.txt").write_text("stamp")
    for name in ("main-1a2b.js", "style-3c4d.css", "icon-5e6f.svg", "icons-7a8b.ttf"):
        (tmp_path / "assets" / name).write_text(name)
    return tmp_path


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.parametrize(
    ("path", "kind", "cached"),
    [
        ("/graphiql", "text/html", "no-cache"),
        ("/graphiql/config.json", "application/json", "no-store"),
        ("/graphiql/assets/main-1a2b.js", "text/javascript", "public, max-age=31536000, immutable"),
        ("/graphiql/assets/style-3c4d.css", "text/css", "public, max-age=31536000, immutable"),
        ("/graphiql/assets/icon-5e6f.svg", "image/svg+xml", "public, max-age=31536000, immutable"),
        ("/graphiql/assets/icons-7a8b.ttf", "font/ttf", "public, max-age=31536000, immutable"),
    ],
)
async def test_what_is_served_says_what_it_is(
    path: str, kind: str, cached: str, serve: Serve, built: Path, client: aiohttp.ClientSession
) -> None:
    """Every answer has its type, its life in caches, and the strict policy."""
    address = await serve(CONFIG, built=built)

    async with client.get(address + path) as answer:
        assert answer.status == 200
        assert answer.content_type == kind
        assert answer.headers["Cache-Control"] == cached
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", OUTSIDE)
async def test_nothing_else_is_served(
    path: str, serve: Serve, built: Path, client: aiohttp.ClientSession
) -> None:
    """No path leads out of the built files."""
    address = await serve(CONFIG, built=built)

    async with client.get(URL(address + path, encoded=True)) as answer:
        assert answer.status == 404


async def test_the_page_is_read_only(
    serve: Serve, built: Path, client: aiohttp.ClientSession
) -> None:
    """Only GET and HEAD are answered."""
    address = await serve(CONFIG, built=built)

    async with client.post(f"{address}/graphiql") as answer:
        assert answer.status == 405


async def test_settings_hold_endpoint_headers_and_tabs(
    serve: Serve, built: Path, client: aiohttp.ClientSession
) -> None:
    """The settings are what the page opens with."""
    address = await serve(CONFIG, built=built)

    async with client.get(f"{address}/graphiql/config.json") as answer:
        settings = await answer.json()

    assert len(settings.pop("version")) == 16
    assert settings == {
        "endpoint": "/graphql",
        "headers": '{"Authorization": "Bearer ch_test"}',
        "tabs": [{"title": "Me", "query": "query Me { me }", "variables": "{}", "headers": None}],
    }


async def test_the_version_follows_the_settings(
    serve: Serve, built: Path, client: aiohttp.ClientSession
) -> None:
    """Equal settings have one version; other settings have another."""
    versions = []
    for config in (CONFIG, CONFIG, GraphiQLConfig(tabs=CONFIG.tabs)):
        async with client.get(f"{await serve(config, built=built)}/graphiql/config.json") as answer:
            versions.append((await answer.json())["version"])

    assert versions[0] == versions[1] != versions[2]


async def test_without_a_build_a_plain_page_is_served(
    serve: Serve, tmp_path: Path, client: aiohttp.ClientSession
) -> None:
    """The plain page says why it is plain, and is not kept in caches."""
    address = await serve(CONFIG, built=tmp_path)

    async with client.get(f"{address}/graphiql") as page:
        text = await page.text()
    async with client.get(f"{address}/graphiql/assets/fallback.js") as script:
        cached = script.headers["Cache-Control"]

    assert not is_built(tmp_path)
    assert "GraphiQL was not built when certhub was installed" in text
    assert cached == "no-cache"


def test_the_header_text_is_fit_for_a_header() -> None:
    """Browsers refuse to send a header with letters beyond Latin-1."""
    assert json.loads(GraphiQLConfig().headers)["Authorization"].isascii()
