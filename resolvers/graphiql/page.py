"""The routes of GraphiQL: a page, its files and its settings, under a strict content policy."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from resolvers.graphiql.tabs import ExampleTab

HERE = Path(__file__).parent
BUILT = HERE / "dist"
FALLBACK = HERE / "fallback"

KEY_WANTED = '{"Authorization": "Bearer <your API key>"}'

CONTENT_TYPES: Mapping[str, str] = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
}

SECURITY: Mapping[str, str] = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            "worker-src 'self' blob:",
            "font-src 'self' data:",
            "img-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

REVALIDATED = {**SECURITY, "Cache-Control": "no-cache"}
FOR_EVER = {**SECURITY, "Cache-Control": "public, max-age=31536000, immutable"}
NEVER_STORED = {**SECURITY, "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class GraphiQLConfig:
    """Where queries go, the text of the header editor (JSON), and the tabs to open with."""

    endpoint: str = "/graphql"
    headers: str = KEY_WANTED
    tabs: tuple[ExampleTab, ...] = ()


def is_built(built: Path = BUILT) -> bool:
    """Whether the whole GraphiQL is there; without it a plain query page is served."""
    return (built / "index.html").is_file()


def graphiql_routes(config: GraphiQLConfig, *, built: Path = BUILT) -> list[Route]:
    """The routes at /graphiql; the files on disk are listed once, here."""
    hashed_names = is_built(built)
    root = built if hashed_names else FALLBACK
    files = {file.name: file for file in (root / "assets").iterdir()}
    settings = _settings(config)

    def index(_: Request) -> Response:
        return FileResponse(root / "index.html", headers=REVALIDATED)

    def asset(request: Request) -> Response:
        file = files.get(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        kind = CONTENT_TYPES.get(file.suffix, "application/octet-stream")
        headers = FOR_EVER if hashed_names else REVALIDATED
        return FileResponse(file, headers=headers, media_type=kind)

    def settings_file(_: Request) -> Response:
        return Response(settings, headers=NEVER_STORED, media_type="application/json")

    return [
        Route("/graphiql", index),
        Route("/graphiql/assets/{name}", asset),
        Route("/graphiql/config.json", settings_file),
    ]


def _settings(config: GraphiQLConfig) -> bytes:
    """The settings as JSON; another version makes browsers forget the tabs they kept."""
    values = asdict(config)
    text = json.dumps(values, ensure_ascii=False, sort_keys=True)
    version = hashlib.sha256(text.encode()).hexdigest()[:16]
    return json.dumps({"version": version, **values}, ensure_ascii=False).encode()
