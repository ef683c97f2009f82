"""Applications for the tests of HTTP: whole answers, parts, streams, and whatever can go wrong."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LARGE = 20_000_000
OK = b"ok"


def head(*headers: tuple[bytes, bytes], status: int = 200) -> Message:
    return {"type": "http.response.start", "status": status, "headers": [*headers]}


def length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", b"%d" % len(body)


def part(body: bytes, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


@dataclass
class Apps:
    """One application per path, and what they were asked and heard."""

    scopes: list[dict[str, Any]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        name = scope["path"].strip("/").replace("-", "_")
        await getattr(self, name, self.echo)(receive, send)

    async def read(self, receive: Receive) -> bytes:
        whole, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.heard.append("hung up")
                return whole
            whole, more = whole + message["body"], message["more_body"]
        return whole

    async def echo(self, receive: Receive, send: Send) -> None:
        body = await self.read(receive)
        await send(head((b"Content-Type", b"text/plain"), length(body)))
        await send(part(body))

    async def waiting(self, receive: Receive, send: Send) -> None:
        await self.may_go_on.wait()
        await self.echo(receive, send)

    async def listening(self, receive: Receive, send: Send) -> None:
        """Reads on after the body, until somebody hangs up."""
        await self.read(receive)
        self.heard.append("read")
        await self.read(receive)
        await send(head(length(OK)))
        await send(part(OK))

    async def stream(self, receive: Receive, send: Send) -> None:
        """No length told; the head at once, the first part after a while, the second later."""
        await send(head((b"content-type", b"text/event-stream")))
        await self.may_go_on.wait()
        await send(part(b"one", more=True))
        await send(part(b"two"))

    async def parts(self, receive: Receive, send: Send) -> None:
        """A length told, and a body in two parts."""
        await send(head((b"content-length", b"6")))
        await send(part(b"one", more=True))
        await self.may_go_on.wait()
        await send(part(b"two"))

    async def read_once(self, receive: Receive, send: Send) -> None:
        """Headers that can be read but once."""
        headers = iter([length(OK)])
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send(part(OK))

    async def listed(self, receive: Receive, send: Send) -> None:
        """Headers as lists, which ASGI allows."""
        headers = [[b"x-listed", b"a"], [b"content-length", b"2"]]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send(part(OK))

    async def nothing(self, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    async def empty(self, receive: Receive, send: Send) -> None:
        await send(head(length(b""), status=202))
        await send({"type": "http.response.body"})

    async def long_value(self, receive: Receive, send: Send) -> None:
        await send(head((b"X-Long", b"v" * 101), length(OK), status=201))
        await send(part(OK))

    async def large(self, receive: Receive, send: Send) -> None:
        body = b"x" * LARGE
        await send(head(length(body)))
        await send(part(body))
        self.heard.append("sent")

    async def said_close(self, receive: Receive, send: Send) -> None:
        await send(head((b"Connection", b"close"), length(OK)))
        await send(part(OK))

    async def two_lengths(self, receive: Receive, send: Send) -> None:
        await send(head(length(OK), length(OK)))
        await send(part(OK))

    async def no_number(self, receive: Receive, send: Send) -> None:
        await send(head((b"content-length", b"two")))
        await send(part(OK))

    async def odd_value(self, receive: Receive, send: Send) -> None:
        await send(head((b"x-odd", b"a\r\nb: c"), length(OK)))
        await send(part(OK))

    async def odd_name(self, receive: Receive, send: Send) -> None:
        await send(head((b"x odd", b"a"), length(OK)))
        await send(part(OK))

    async def too_long(self, receive: Receive, send: Send) -> None:
        await send(head(length(OK)))
        await send(part(b"okay"))

    async def too_short(self, receive: Receive, send: Send) -> None:
        await send(head(length(OK)))
        await send(part(b"o"))

    async def body_first(self, receive: Receive, send: Send) -> None:
        await send(part(OK))

    async def two_heads(self, receive: Receive, send: Send) -> None:
        await send(head((b"x", b"a")))
        await send(head(length(OK)))

    async def after_the_end(self, receive: Receive, send: Send) -> None:
        await self.echo(receive, send)
        await send(part(OK))

    async def fails(self, receive: Receive, send: Send) -> None:
        raise RuntimeError("at once")

    async def fails_between(self, receive: Receive, send: Send) -> None:
        await send(head(length(OK)))
        raise RuntimeError("between head and body")

    async def leaves_between(self, receive: Receive, send: Send) -> None:
        await send(head(length(OK)))

    async def two_heads_with_length(self, receive: Receive, send: Send) -> None:
        await send(head(length(OK)))
        await send(head(length(OK)))
