"""The one seam to the wire."""

import asyncio
import gzip
import socket
from contextlib import closing

import pytest

from connectors.contract import Endpoint, Garbled, Unreachable
from connectors.http import Call, Http, Reply, open_http
from tests.connectors.scripted_server import Asked, Said, Script, ScriptedServer, serving


def call(url: str, max_bytes: int = 4_000_000) -> Call:
    return Call(Endpoint("city", url, {}, max_bytes=max_bytes), "GET", f"{url}/x?id=330299", 2.0)


def saying(said: Said) -> Script:
    async def script(_: Asked) -> Said:
        return said

    return script


async def test_connections_are_kept() -> None:
    """Calls one after another share a connection."""
    ports = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ports.add(writer.get_extra_info("peername")[1])
        with closing(writer):
            while await reader.readline():
                while (await reader.readline()).strip():
                    pass
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with open_http() as http:
            replies = [await http.ask(call(url)) for _ in range(3)]

    assert [reply.body for reply in replies] == [b"ok"] * 3
    assert len(ports) == 1


@pytest.mark.parametrize("size", [0, 1, 1000, 300_000, 300_001])
async def test_body_up_to_the_cap(http: Http, size: int) -> None:
    """A body of `max_bytes` is read; one byte more is garbled."""
    async with serving(saying(Said(b"x" * size))) as server:
        if size <= 300_000:
            assert len((await http.ask(call(server.url, max_bytes=300_000))).body) == size
        else:
            with pytest.raises(Garbled, match="larger than 300000 bytes; raise `max_bytes`"):
                await http.ask(call(server.url, max_bytes=300_000))


async def test_the_cap_counts_what_is_unpacked(http: Http) -> None:
    """A small packed body that unpacks to a large one is garbled, not unpacked."""
    bomb = Said(gzip.compress(b"0" * 50_000_000), headers={"Content-Encoding": "gzip"})
    async with serving(saying(bomb)) as server:
        with pytest.raises(Garbled, match="larger than 100000 bytes"):
            await http.ask(call(server.url, max_bytes=100_000))


async def test_no_proxy_is_looked_for(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment can't send people's identifiers through a proxy."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with serving(saying(Said(b"ok"))) as server:
        assert (await http.ask(call(server.url))).body == b"ok"


async def test_no_redirect_is_followed(http: Http) -> None:
    """A redirect is an answer like any other; nobody is asked elsewhere."""
    async with serving(saying(Said(b"", 302, {"Location": "/y"}))) as server:
        assert (await http.ask(call(server.url))).status == 302
    assert len(server.asked) == 1


async def test_no_cookie_is_kept(http: Http) -> None:
    """A platform's cookies are not sent back."""
    async with serving(saying(Said(b"", headers={"Set-Cookie": "a=b; Path=/"}))) as server:
        await http.ask(call(server.url))
        await http.ask(call(server.url))
    assert ["Cookie" in asked.headers for asked in server.asked] == [False, False]


@pytest.mark.parametrize(
    "said", [b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", b"\x16\x03\x01"]
)
async def test_what_is_not_http_is_garbled(http: Http, said: bytes) -> None:
    """A server that speaks something else is garbled, without a trace of the call."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(said)
        writer.close()

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises((Garbled, Unreachable)) as raised:
            await http.ask(call(url))

    assert "330299" not in f"{raised.value!r}"
    assert raised.value.__context__ is None


async def test_no_connection_in_time(http: Http) -> None:
    """A host that does not take the connection in time is unreachable."""
    with socket.socket() as full, socket.socket() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting.connect(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        endpoint = Endpoint("city", url, {}, connect_timeout=0.1)

        with pytest.raises(Unreachable, match=r"no connection within 0\.1 s; check the network"):
            await http.ask(Call(endpoint, "GET", url, 2.0))


def test_nothing_private_shows() -> None:
    """Neither URL, headers nor bodies show in a repr."""
    one = Call(Endpoint("city", "http://h", {"secret": "s3"}), "GET", "http://h/330299", 1.0)
    two = Reply(200, b"330299", None, None)

    assert "330299" not in repr(one) + repr(two)
    assert "s3" not in repr(one)


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("Wed, 01 Jan 2025 00:00:00 GMT", 1735689600.5),
        ("soon", None),
        ("", None),
        (None, None),
        ("Wed, 01 Jan 99999999999999999999 00:00:00 GMT", None),
    ],
)
def test_server_time(date: str | None, time: float | None) -> None:
    """The Date header in epoch seconds, half a second added for those cut off."""
    assert Reply(200, b"", None, date).server_time() == time


async def test_works_end_with_the_session() -> None:
    """Work that outlives whoever asked for it does not outlive the session."""
    async with open_http() as http:
        hanging = http.own(asyncio.sleep(3600))
        done = http.own(asyncio.sleep(0, "done"))
        failed = http.own(_fail())
        await asyncio.sleep(0.01)

    assert hanging.cancelled()
    assert done.result() == "done"
    assert isinstance(failed.exception(), ValueError)


async def _fail() -> None:
    raise ValueError


def test_a_scripted_server_starts_empty() -> None:
    """The server of these tests has been asked nothing at first."""
    assert ScriptedServer(saying(Said())).asked == []
