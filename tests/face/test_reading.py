"""The bare endpoint: how a body is read, whatever pieces it comes in."""

from typing import Any

import orjson
import pytest

from hub.evidence import Requester
from resolvers.door import Allowance, Door
from resolvers.identity import Identity
from resolvers.limits import Limits
from resolvers.routes import Application, graphql_routes
from resolvers.transports.connections import Connections
from resolvers.transports.operating import Operating
from tests.documents.ground import executor

BODY = orjson.dumps({"query": '{ echo(text: "a") }'})
ECHO = b'{"data":{"echo":"{\\"sure\\":\\"sure\\",\\"text\\":\\"a\\"}"}}'
BEARER, JSON = (b"authorization", b"Bearer ch_x"), (b"content-type", b"application/json")


async def find(_key: str) -> Requester:
    return Requester("k1", "U1", frozenset({"op"}))


def application() -> Application:
    app = Application(routes=graphql_routes())
    all_wanted = Allowance(None)
    app.state.operating = Operating(
        executor(),
        Identity(find),
        lambda _: None,
        Limits(body_bytes=1000),
        Connections(1),
        Door(10, all_wanted, all_wanted, lambda _: None),
    )
    return app


async def sent(*messages: dict[str, object], headers: Any = (BEARER, JSON), **scope: str) -> Any:
    """Status, headers and body of what is answered to these messages."""
    came, left = list[Any](), list(messages)

    async def receive() -> Any:
        return left.pop(0)

    async def send(message: Any) -> None:
        came.append(message)

    whole = {"type": "http", "path": "/graphql", "method": "POST", "root_path": "", **scope}
    await application()({**whole, "headers": list(headers)}, receive, send)
    return came[0]["status"], dict(came[0]["headers"]), b"".join(one["body"] for one in came[1:])


def piece(body: bytes, more: bool = False) -> dict[str, object]:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_in_one_piece_is_answered() -> None:
    """With its length, and never to be stored."""
    status, headers, body = await sent(piece(BODY))

    assert (status, body) == (200, ECHO)
    assert headers == {
        b"content-type": b"application/json; charset=utf-8",
        b"cache-control": b"no-store",
        b"content-length": str(len(ECHO)).encode(),
    }


async def test_a_body_in_pieces_is_put_together() -> None:
    """Empty ones among them."""
    pieces = [piece(BODY[:5], True), piece(b"", True), piece(BODY[5:9], True), piece(BODY[9:])]

    assert (await sent(*pieces))[::2] == (200, ECHO)


@pytest.mark.parametrize("sizes", [[1001], [600, 401], [1000, 0, 1]])
async def test_a_body_too_large_is_refused_in_whatever_pieces_it_comes(sizes: list[int]) -> None:
    """As soon as it is too large."""
    status, _, body = await sent(*[piece(b"x" * size, True) for size in sizes])

    assert status == 413
    assert b"1000 bytes" in body


@pytest.mark.parametrize("pieces", [[], [piece(b"{", True)]])
async def test_a_client_that_hangs_up_is_not_answered(pieces: list[dict[str, object]]) -> None:
    """499 for whoever counts, and no bug."""
    assert (await sent(*pieces, {"type": "http.disconnect"}))[0] == 499


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((BEARER, (b"authorization", b"Basic no"), JSON), 200),
        (((b"authorization", b"Basic no"), BEARER, JSON), 401),
        ((BEARER,), 415),
        ((BEARER, (b"content-type", b"Application/JSON ; charset=utf-8")), 200),
        ((BEARER, JSON, (b"accept", b"text/html")), 406),
        ((BEARER, JSON, (b"accept", b"text/html," + b" text/plain," * 50 + b"*/*")), 200),
        ((JSON,), 401),
    ],
)
async def test_the_first_of_a_header_counts(headers: Any, status: int) -> None:
    """As it was given, in any case of letters where that is allowed."""
    assert (await sent(piece(BODY), headers=headers))[0] == status


async def test_other_methods_and_paths_go_the_usual_way() -> None:
    """405 and 404."""
    assert (await sent(piece(b""), method="GET"))[0] == 405
    assert (await sent(piece(b""), path="/other"))[0] == 404
