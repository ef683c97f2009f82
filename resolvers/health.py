"""What operators and their tools ask: is it alive, is it ready, what are its figures."""

from collections.abc import Awaitable, Callable

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.compose import Hub
from hub.readiness import Readiness

_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
_NO_STORE = {"Cache-Control": "no-store"}


def health_routes() -> list[Route]:
    """/health/live, /health/ready and /metrics, in front of the application's `state.hub`."""
    return [
        Route("/health/live", live),
        Route("/health/ready", _about_the_hub(ready)),
        Route("/metrics", _about_the_hub(metrics)),
    ]


async def live(_: Request) -> Response:
    """200 while the process answers at all."""
    return _json(200, {"live": True})


async def ready(hub: Hub) -> Response:
    """200 while lookups can be recorded and routed; else 503, and what is wrong."""
    now = await hub.probe.readiness()
    return _json(200 if now.ready else 503, _shown(now))


async def metrics(hub: Hub) -> Response:
    """The hub's figures in the text format of Prometheus."""
    text = await hub.figures()
    return Response(text, headers={"Content-Type": _PROMETHEUS, **_NO_STORE})


def _about_the_hub(
    answer: Callable[[Hub], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    async def asked(request: Request) -> Response:
        hub: Hub = request.app.state.hub
        return await answer(hub)

    return asked


def _shown(now: Readiness) -> dict[str, object]:
    return {"ready": now.ready, "trouble": list(now.trouble)}


def _json(status: int, document: dict[str, object]) -> Response:
    headers = {"Content-Type": "application/json; charset=utf-8", **_NO_STORE}
    return Response(orjson.dumps(document), status, headers)
