"""The desk's aiohttp application: signatures first, then the call, then what went wrong in words."""

import time
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from hub.desk.desk import Desk, DeskBusy
from hub.desk.face.calls import Signed
from hub.desk.face.operations import HEALTH, OPENAPI, OPERATIONS, Operation
from hub.desk.face.proofs import health
from hub.desk.face.replies import Refused, json_reply, said
from hub.desk.face.shapes import BadBody
from hub.desk.face.signatures import signed_by
from hub.desk.openapi import openapi_document
from hub.desk.sealing import SealRefused
from hub.storage.sqlite_file import DatabaseGone

LARGEST_BODY = 256 * 1024

_log = structlog.get_logger()
_Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(desk: Desk, seconds: Callable[[], float] = time.time) -> web.Application:
    """The application of a desk; `seconds` is the clock that signatures are checked by."""
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_in_words])
    app.on_shutdown.append(_dismissing(desk))
    app.router.add_get(HEALTH, _health)
    app.router.add_get(OPENAPI, _openapi)
    for operation in OPERATIONS:
        answering = _signed(desk, operation, seconds)
        app.router.add_route(operation.method, operation.path, answering)
    return app


def _signed(desk: Desk, operation: Operation, seconds: Callable[[], float]) -> _Answering:
    async def answer(request: web.Request) -> web.StreamResponse:
        client = signed_by(request, desk.registry.clients, seconds())
        if isinstance(client, str):
            return said(401, client)
        return await operation.answering(desk, Signed(client, request, await request.read()))

    return answer


def _dismissing(desk: Desk) -> Callable[[web.Application], Awaitable[None]]:
    async def dismiss(_: web.Application) -> None:
        desk.feed.dismiss()

    return dismiss


async def _health(_: web.Request) -> web.Response:
    return health()


async def _openapi(_: web.Request) -> web.Response:
    return json_reply(openapi_document())


@web.middleware
async def _in_words(request: web.Request, handler: _Answering) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as trouble:
        return said(trouble.status, str(trouble))
    except (BadBody, SealRefused) as trouble:
        return said(422 if isinstance(trouble, BadBody) else 409, str(trouble))
    except DeskBusy as trouble:
        return _later(str(trouble))
    except (SQLAlchemyError, OSError) as trouble:
        why = str(trouble) if isinstance(trouble, DatabaseGone) else None
        _log.error("desk_database_silent", trouble=type(trouble).__name__, why=why)
        return _later("the desk's database doesn't answer; repeat the same call in a second")
    except web.HTTPException as trouble:
        return _of_the_library(trouble)


def _later(message: str) -> web.Response:
    reply = said(503, message)
    reply.headers["Retry-After"] = "1"
    return reply


def _of_the_library(trouble: web.HTTPException) -> web.Response:
    reply = said(trouble.status, f"{trouble.reason}; see {OPENAPI}")
    if "Allow" in trouble.headers:
        reply.headers["Allow"] = trouble.headers["Allow"]
    return reply
