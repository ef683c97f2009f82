"""GraphQL over HTTP: POST with JSON in, JSON or events out, as the media type was asked for."""

from collections.abc import Mapping
from functools import lru_cache
from typing import assert_never

import msgspec
import orjson
from graphql import ExecutionResult
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hub.keys import KeysUnavailable
from resolvers.door import TurnedAway
from resolvers.errors import ASK_AGAIN, Code, plain
from resolvers.execution import Refused
from resolvers.identity import Unauthenticated
from resolvers.prompt import within
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
NO_STORE = (b"cache-control", b"no-store")
HEADERS = {
    media: ((b"content-type", content.encode()), NO_STORE)
    for media, content in CONTENT_TYPES.items()
}
TRACEPARENT = b"traceparent"
"""The header of W3C Trace Context."""
LONGEST_ACCEPT = 200
"""Characters of an Accept header that is remembered."""


class Gone(Exception):
    """The client has hung up."""


class Reply(msgspec.Struct, frozen=True, gc=False):
    """An answer, ready to be sent."""

    status: int
    media: str
    body: bytes
    more: tuple[tuple[bytes, bytes], ...] = ()

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        length = (b"content-length", b"%d" % len(self.body))
        headers = [*HEADERS[self.media], length, *self.more]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


class Asked(msgspec.Struct, frozen=True, gc=False):
    """The headers of a request that matter here; of one that comes twice, the first."""

    accept: str
    content: str
    authorization: str | None
    traced: Mapping[str, str] | None

    @classmethod
    def of(cls, headers: list[tuple[bytes, bytes]]) -> "Asked":
        """The headers as ASGI gives them: names in lower case."""
        first = dict(reversed(headers))
        authorization, trace = first.get(b"authorization"), first.get(TRACEPARENT)
        return cls(
            first.get(b"accept", b"").decode("latin-1"),
            first.get(b"content-type", b"").decode("latin-1"),
            None if authorization is None else authorization.decode("latin-1"),
            None if trace is None else {TRACEPARENT.decode(): trace.decode("latin-1")},
        )


async def serve_graphql(operating: Operating, scope: Scope, receive: Receive, send: Send) -> None:
    """The one GraphQL endpoint: answers a POST."""
    asked = Asked.of(scope["headers"])
    media = accepted(asked.accept)
    if media is None:
        return await _not_acceptable()(scope, receive, send)
    try:
        answer = await _served(operating, asked, receive, media)
    except (TurnedAway, Unauthenticated, KeysUnavailable, BadRequest) as refusal:
        answer = _refused(refusal, media)
    except Gone:
        return await Response(status_code=499)(scope, receive, send)
    return await answer(scope, receive, send)


def _refused(
    refusal: TurnedAway | Unauthenticated | KeysUnavailable | BadRequest, media: str
) -> Reply:
    match refusal:
        case TurnedAway():
            wait = str(refusal.retry_after)
            body = plain(refusal.code, str(refusal), f"Come again in {wait} s.", True)
            return reply(refusal.status, media, body, (b"retry-after", wait.encode()))
        case Unauthenticated():
            body = plain(Code.UNAUTHENTICATED, str(refusal), refusal.hint)
            return reply(401, media, body, (b"www-authenticate", b"Bearer"))
        case KeysUnavailable():
            body = plain(Code.KEYS_UNAVAILABLE, "API keys can't be checked now.", ASK_AGAIN, True)
            return reply(503, media, body, (b"retry-after", b"2"))
        case BadRequest():
            body = plain(Code.BAD_REQUEST, str(refusal), refusal.hint)
            return reply(refusal.status, media, body)
        case _:
            assert_never(refusal)


async def _served(
    operating: Operating, asked: Asked, receive: Receive, media: str
) -> Reply | EventStream:
    # Nobody takes a place inside who has no key: without one nobody can be kept out.
    who, door = operating.identity, operating.door
    requester = who.remembered(asked.authorization) or await who.requester(asked.authorization)
    with door.entered(requester.key):
        door.request_of(requester.key)
        _check_content(asked.content)
        seconds = operating.timing.reading
        try:
            body = await within(seconds, _read(receive, operating.limits.body_bytes))
        except TimeoutError:
            raise _late(seconds) from None
        request = parsed(body, asked.traced)
        if media == EVENTS:
            return EventStream(operating, request, Caller(asked.authorization or "", requester))
        result = await operating.executor.run(request, operating.make_context(requester))
        return _answer(result, media)


def _answer(result: ExecutionResult | Refused, media: str) -> Reply:
    if isinstance(result, Refused):
        status = result.status if media == GRAPHQL_JSON else 200
        return reply(status, media, refused_body(result))
    return reply(200, media, body_of(result))


def _check_content(content: str) -> None:
    if content != JSON and content.partition(";")[0].strip().lower() != JSON:
        raise BadRequest(
            415, f"The body must be {JSON}.", f"Send Content-Type: {JSON}; charset=utf-8."
        )


async def _read(receive: Receive, most: int) -> bytes:
    """The body, which mostly comes in one piece."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > most:
            raise BadRequest(
                413,
                f"The body is larger than {most} bytes.",
                "Split the request, and pass values as variables.",
            )
        parts.append(part)
        if not message.get("more_body", False):
            return part if len(parts) == 1 else b"".join(parts)


def _late(seconds: float) -> BadRequest:
    return BadRequest(408, f"The body did not come within {seconds:g} s.", "Send it in one go.")


def accepted(accept: str) -> str | None:
    """The media type to answer in, by the client's order and weights; none where ours is not among them."""
    return _remembered(accept) if len(accept) <= LONGEST_ACCEPT else _chosen(accept)


def _chosen(accept: str) -> str | None:
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


_remembered = lru_cache(maxsize=64)(_chosen)


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def reply(status: int, media: str, body: Mapping[str, object], *more: tuple[bytes, bytes]) -> Reply:
    """One JSON answer."""
    return Reply(status, media, orjson.dumps(body), more)


def _not_acceptable() -> Reply:
    body = plain(
        Code.BAD_REQUEST,
        "None of the media types in Accept can be had here.",
        f"Accept {GRAPHQL_JSON}, {JSON} or {EVENTS}.",
    )
    return reply(406, JSON, body)


async def only_post(_: HttpRequest) -> Response:
    """Other methods are refused: a query in a URL would leave identifiers in every log."""
    body = plain(
        Code.BAD_REQUEST,
        "Only POST is answered here.",
        'POST {"query": "…", "variables": {…}} as application/json.',
    )
    headers = {"Content-Type": CONTENT_TYPES[JSON], "Cache-Control": "no-store", "Allow": "POST"}
    return Response(orjson.dumps(body), 405, headers)
