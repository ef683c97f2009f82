"""GraphQL over HTTP: POST with JSON in, JSON or events out, as the media type was asked for."""

import asyncio
from collections.abc import Mapping

import orjson
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from hub.keys import KeysUnavailable
from resolvers.door import TurnedAway
from resolvers.errors import ASK_AGAIN, Code, plain
from resolvers.execution import Refused, Request
from resolvers.identity import Unauthenticated
from resolvers.transports.events import EVENTS, EventStream
from resolvers.transports.operating import Caller, Operating
from resolvers.wire import BadRequest, body_of, parsed, refused_body

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
CONTENT_TYPES = {
    GRAPHQL_JSON: f"{GRAPHQL_JSON}; charset=utf-8",
    JSON: f"{JSON}; charset=utf-8",
    EVENTS: f"{JSON}; charset=utf-8",  # what is refused before a stream begins
}


class Endpoint:
    """The one GraphQL endpoint."""

    def __init__(self, operating: Operating) -> None:
        self._operating = operating

    async def __call__(self, http: HttpRequest) -> Response:
        media = accepted(http.headers.get("accept", ""))
        if media is None:
            return answer(
                406,
                JSON,
                plain(
                    Code.BAD_REQUEST,
                    "None of the media types in Accept can be had here.",
                    f"Accept {GRAPHQL_JSON}, {JSON} or {EVENTS}.",
                ),
            )
        try:
            return await self._served(http, media)
        except TurnedAway as away:
            wait = str(away.retry_after)
            body = plain(away.code, str(away), f"Come again in {wait} s.", True)
            return answer(away.status, media, body, {"Retry-After": wait})

    async def _served(self, http: HttpRequest, media: str) -> Response:
        try:
            # Nobody takes a place inside who has no key: without one nobody can be kept out.
            caller = await self._operating.caller(http.headers.get("authorization"))
            with self._operating.door.entered(caller.requester.key):
                return await self._let_in(http, caller, media)
        except Unauthenticated as error:
            body = plain(Code.UNAUTHENTICATED, str(error), error.hint)
            return answer(401, media, body, {"WWW-Authenticate": "Bearer"})
        except KeysUnavailable:
            body = plain(Code.KEYS_UNAVAILABLE, "API keys can't be checked now.", ASK_AGAIN, True)
            return answer(503, media, body, {"Retry-After": "2"})
        except BadRequest as error:
            return answer(error.status, media, plain(Code.BAD_REQUEST, str(error), error.hint))
        except ClientDisconnect:
            return Response(status_code=499)

    async def _let_in(self, http: HttpRequest, caller: Caller, media: str) -> Response:
        self._operating.door.request_of(caller.requester.key)
        return await self._answer(await self._read(http), caller, media)

    async def _answer(self, request: Request, caller: Caller, media: str) -> Response:
        if media == EVENTS:
            return EventStream(self._operating, request, caller)
        context = self._operating.make_context(caller.requester)
        result = await self._operating.executor.run(request, context)
        if isinstance(result, Refused):
            return answer(400 if media == GRAPHQL_JSON else 200, media, refused_body(result))
        return answer(200, media, body_of(result))

    async def _read(self, http: HttpRequest) -> Request:
        content = http.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content != JSON:
            raise BadRequest(
                415, f"The body must be {JSON}.", f"Send Content-Type: {JSON}; charset=utf-8."
            )
        try:
            async with asyncio.timeout(self._operating.timing.reading):
                return parsed(await self._body(http), http.headers)
        except TimeoutError:
            seconds = self._operating.timing.reading
            raise BadRequest(
                408, f"The body did not come within {seconds:g} s.", "Send it in one go."
            ) from None

    async def _body(self, http: HttpRequest) -> bytes:
        parts, size = [], 0
        async for part in http.stream():
            size += len(part)
            if size > self._operating.limits.body_bytes:
                raise BadRequest(
                    413,
                    f"The body is larger than {self._operating.limits.body_bytes} bytes.",
                    "Split the request, and pass values as variables.",
                )
            parts.append(part)
        return b"".join(parts)


def accepted(accept: str) -> str | None:
    """The media type to answer in, by the client's order and weights; none where ours is not among them."""
    if not accept:
        return JSON
    weighed = []
    for place, part in enumerate(accept.split(",")):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        charset = next((p[8:].strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
        if _weight(weight) > 0 and charset in ("utf-8", "utf8"):
            weighed.append((-_weight(weight), place, media))
    for _, _, media in sorted(weighed):
        if media in (GRAPHQL_JSON, JSON, EVENTS):
            return media
        if media in ("*/*", "application/*"):
            return JSON
    return None


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def answer(
    status: int, media: str, body: Mapping[str, object], headers: Mapping[str, str] | None = None
) -> Response:
    """One JSON answer."""
    return Response(
        orjson.dumps(body),
        status,
        {"Content-Type": CONTENT_TYPES[media], "Cache-Control": "no-store", **(headers or {})},
    )


async def only_post(_: HttpRequest) -> Response:
    """Other methods are refused: a query in a URL would leave identifiers in every log."""
    body = plain(
        Code.BAD_REQUEST,
        "Only POST is answered here.",
        'POST {"query": "…", "variables": {…}} as application/json.',
    )
    return answer(405, JSON, body, {"Allow": "POST"})
