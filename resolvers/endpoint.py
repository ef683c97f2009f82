"""GraphQL over HTTP: POST with JSON in, JSON out, statuses by the media type that was asked for."""

from collections.abc import Callable, Mapping

import orjson
from graphql import ExecutionResult
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from hub.evidence import Requester
from hub.keys import KeysUnavailable
from resolvers.context import Context
from resolvers.errors import ASK_AGAIN, Code, formatted, plain
from resolvers.execution import Executor, Refused, Request
from resolvers.identity import Identity, Unauthenticated
from resolvers.limits import Limits

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
CONTENT_TYPES = {media: f"{media}; charset=utf-8" for media in (GRAPHQL_JSON, JSON)}


class BadRequest(Exception):
    """The HTTP request is not one of ours: status, and what to do."""

    def __init__(self, status: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.status = status
        self.hint = hint


class Endpoint:
    """The one GraphQL endpoint."""

    def __init__(
        self,
        executor: Executor,
        identity: Identity,
        make_context: Callable[[Requester], Context],
        limits: Limits,
    ) -> None:
        self._executor = executor
        self._identity = identity
        self._make_context = make_context
        self._limits = limits

    async def __call__(self, http: HttpRequest) -> Response:
        media = accepted(http.headers.get("accept", ""))
        if media is None:
            return answer(
                406,
                JSON,
                plain(
                    Code.BAD_REQUEST,
                    "None of the media types in Accept can be had here.",
                    f"Accept {GRAPHQL_JSON} or {JSON}.",
                ),
            )
        try:
            requester = await self._identity.requester(http.headers.get("authorization"))
            request = await self._read(http)
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
        return await self._answer(request, requester, media)

    async def _answer(self, request: Request, requester: Requester, media: str) -> Response:
        result = await self._executor.run(request, self._make_context(requester))
        if isinstance(result, Refused):
            errors = [formatted(error) for error in result.errors]
            return answer(400 if media == GRAPHQL_JSON else 200, media, {"errors": errors})
        return answer(200, media, body_of(result))

    async def _read(self, http: HttpRequest) -> Request:
        content = http.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content != JSON:
            raise BadRequest(
                415, f"The body must be {JSON}.", f"Send Content-Type: {JSON}; charset=utf-8."
            )
        return parsed(await self._body(http))

    async def _body(self, http: HttpRequest) -> bytes:
        parts, size = [], 0
        async for part in http.stream():
            size += len(part)
            if size > self._limits.body_bytes:
                raise BadRequest(
                    413,
                    f"The body is larger than {self._limits.body_bytes} bytes.",
                    "Split the request, and pass values as variables.",
                )
            parts.append(part)
        return b"".join(parts)


def parsed(body: bytes) -> Request:
    """The request inside a JSON body; anything else is refused with what is expected."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(
            400, "The body is not JSON.", 'Send {"query": "…", "variables": {…}}.'
        ) from None
    if not isinstance(given, dict):
        raise BadRequest(
            400,
            "The body must be one JSON object.",
            "Send one request; batches are lists of lookups.",
        )
    query, variables, operation = (
        given.get("query"),
        given.get("variables"),
        given.get("operationName"),
    )
    if not isinstance(query, str):
        raise BadRequest(400, "`query` must be text.", "Put the GraphQL document in `query`.")
    if not isinstance(variables, dict | None):
        raise BadRequest(
            400, "`variables` must be an object.", "Send it as a JSON object, or leave it out."
        )
    if not isinstance(operation, str | None):
        raise BadRequest(
            400, "`operationName` must be text.", "Name one operation, or leave it out."
        )
    if not isinstance(given.get("extensions"), dict | None):
        raise BadRequest(
            400, "`extensions` must be an object.", "Send it as a JSON object, or leave it out."
        )
    return Request(query, variables, operation or None)


def body_of(result: ExecutionResult) -> dict[str, object]:
    """The executed answer; errors first, as the specification advises."""
    body: dict[str, object] = {}
    if result.errors:
        body["errors"] = [formatted(error) for error in result.errors]
    body["data"] = result.data
    return body


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
        if media in (GRAPHQL_JSON, JSON):
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
