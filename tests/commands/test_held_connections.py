"""What holds a connection to the real command: ended in time and with a word when the hub ends."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.commands.terminal import Begun, certhub, running, sourced

RECALLED = 'subscription { recalled(operator: "op-001") { request } }'
ME = "{ me { unit { code } } }"
DEMO = ("demo", "--port", "0", "--sandbox-port", "0")


def sent(socket: ClientConnection, **message: object) -> None:
    socket.send(json.dumps(message))


@contextmanager
def subscribed(given: dict[str, str]) -> Iterator[ClientConnection]:
    """A socket on which a subscription runs."""
    url = given["CERTHUB_URL"].replace("http://", "ws://")
    bearer = f"Bearer {given['CERTHUB_API_KEY']}"
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        sent(socket, type="connection_init", payload={"authorization": bearer})
        assert json.loads(socket.recv(10)) == {"type": "connection_ack"}
        sent(socket, id="1", type="subscribe", payload={"query": RECALLED})
        sent(socket, id="2", type="subscribe", payload={"query": ME})
        assert json.loads(socket.recv(10))["type"] == "next"
        yield socket


@contextmanager
def streaming(given: dict[str, str]) -> Iterator[http.client.HTTPResponse]:
    """The response of a subscription over SSE, as far as its headers."""
    address = urlsplit(given["CERTHUB_URL"])
    headers = {
        "Authorization": f"Bearer {given['CERTHUB_API_KEY']}",
        "Content-Type": "application/json",
        "Accept": "text/event-stream",
    }
    with closing(http.client.HTTPConnection(address.netloc, timeout=30)) as connection:
        connection.request("POST", address.path, json.dumps({"query": RECALLED}), headers)
        with connection.getresponse() as response:
            yield response


def closed(socket: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed):
        while True:
            socket.recv(10)
    return socket.close_code


def ended(begun: Begun) -> float:
    """Seconds that the command took to end, without an error and without a trace."""
    began = time.monotonic()
    done = begun.interrupt()
    assert done.code == 0, done.err
    assert "Traceback" not in done.err
    assert "error" not in done.err.lower()
    return time.monotonic() - began


def test_sockets_and_streams_end_with_the_hub(tmp_path: Path) -> None:
    """Sockets hear 1001, streams end whole and without `complete`; it does not take the grace."""
    with running(*DEMO, "--data", tmp_path / "data", at=tmp_path) as begun:
        begun.says("Ctrl-C ends it")
        given = sourced(tmp_path / "data" / "environment")
        with streaming(given) as stream, subscribed(given) as socket:
            took = ended(begun)

            code, body = closed(socket), stream.read().decode()
    assert (code, stream.status) == (1001, 200)
    assert body.replace(":\n\n", "") == ""
    assert took < 12  # the grace is fifteen


def test_a_key_revoked_at_the_command_line_ends_its_subscriptions(tmp_path: Path) -> None:
    """Within a few seconds, on the socket and on the stream, while the hub runs on."""
    with running(*DEMO, "--data", tmp_path / "data", at=tmp_path) as begun:
        begun.says("Ctrl-C ends it")
        given = sourced(tmp_path / "data" / "environment")
        with streaming(given) as stream, subscribed(given) as socket:
            key = given["CERTHUB_API_KEY"].split("_")[1]
            revoked = certhub("keys", "revoke", key, "--data", tmp_path / "data", at=tmp_path)
            began = time.monotonic()
            code, body = closed(socket), stream.read().decode()
            took = time.monotonic() - began

    assert revoked.code == 0, revoked.err
    assert (code, '"UNAUTHENTICATED"' in body, "event: complete" in body) == (4403, True, True)
    assert took < 20
