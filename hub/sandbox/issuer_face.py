"""The dials of the sandbox's issuers over HTTP, on a port of their own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import orjson
from aiohttp import web

from hub.sandbox.dials import DialError
from hub.sandbox.face import bound
from hub.sandbox.issuer_dials import issuer_dials_document, issuer_dials_from
from hub.sandbox.issuers import Issuers

DIALS = "/sandbox/dials"


@asynccontextmanager
async def dials_of_issuers(issuers: Issuers, host: str, port: int) -> AsyncIterator[str]:
    """GET and PUT of the dials, as long as this is open; the URL they are at."""
    listening = bound("issuers", host, port)
    application = web.Application()
    application.router.add_get(DIALS, _shown(issuers))
    application.router.add_put(DIALS, _turned(issuers))
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        yield f"http://{host}:{listening.getsockname()[1]}"
    finally:
        await runner.cleanup()
        listening.close()


_Answering = Callable[[web.Request], Awaitable[web.Response]]


def _shown(issuers: Issuers) -> _Answering:
    async def shown(_: web.Request) -> web.Response:
        return _json(issuer_dials_document(issuers.dials))

    return shown


def _turned(issuers: Issuers) -> _Answering:
    async def turned(request: web.Request) -> web.Response:
        try:
            given = orjson.loads(await request.read())
            issuers.turn(issuer_dials_from(given, issuers.units))
        except orjson.JSONDecodeError:
            return _json({"error": 'the body is not JSON; send an object, {"error_rate": 1}'}, 400)
        except DialError as error:
            return _json({"error": str(error)}, 400)
        return _json(issuer_dials_document(issuers.dials))

    return turned


def _json(document: object, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(document), content_type="application/json", status=status)
