"""Kept connections: what they read of HTTP/1.1, and when they are not used again."""

import asyncio
import gzip
import ssl
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connectors.contract import ConnectorError, Endpoint, Garbled, TimedOut, Unreachable
from connectors.http import Call, Http, charset_in
from connectors.lines import Lines, Wanted
from tests.connectors.scripted_server import until

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HEAD = b"HTTP/1.1 200 OK\r\n"
HANG = b"HANG"


@dataclass
class Host:
    """A host that says the next bytes to each request, and notes which connection it came over."""

    says: list[bytes]
    url: str = ""
    asked: list[int] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    open: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            while head := await _request(reader):
                self.asked.append(writer.get_extra_info("peername")[1])
                self.heads.append(head)
                said = self.says.pop(0)
                if said == HANG:
                    await reader.read()
                    return
                body, closing = said.removesuffix(b"CLOSE"), said.endswith(b"CLOSE")
                for part in body.split(b"LATER"):
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0.05 if b"LATER" in body else 0)
                if closing:
                    return
        finally:
            self.open -= 1
            writer.close()


async def _request(reader: asyncio.StreamReader) -> bytes:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.partition(b":")[2]))
    return head


@asynccontextmanager
async def hosting(*says: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[Host]:
    host = Host(list(says))
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    host.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    async with server:
        yield host


def call(host: Host, method: str = "GET", seconds: float = 5.0, **headers: str) -> Call:
    endpoint = Endpoint("city", host.url, {}, max_bytes=1000)
    body = b"{}" if method == "POST" else None
    return Call(endpoint, method, f"{host.url}/x?id=330299", seconds, headers, body)


def soon(seconds: float = 5.0) -> float:
    """So many seconds from now, by the loop's clock."""
    return asyncio.get_running_loop().time() + seconds


READ: dict[str, tuple[bytes, bytes]] = {
    "length": (OK, b"ok"),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n", b"ok"),
    "a trailer": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nContent-Encoding: gzip\r\n\r\n",
        b"ok",
    ),
    "nothing": (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    "up to the end": (HEAD + b"\r\nokCLOSE", b"ok"),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\n\r\nokCLOSE", b"ok"),
    "one yet to come": (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK, b"ok"),
    "gzip": (
        HEAD + b"Content-Encoding: GZIP\r\n\r\n" + gzip.compress(b"ok") + b"CLOSE",
        b"ok",
    ),
    "deflate": (
        HEAD + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(b"ok") + b"CLOSE",
        b"ok",
    ),
    "bare deflate": (
        HEAD + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(b"ok")[2:-4] + b"CLOSE",
        b"ok",
    ),
    "a coding not offered": (HEAD + b"Content-Encoding: br\r\n\r\nokCLOSE", b"ok"),
    "packed nothing": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", b""),
}


@pytest.mark.parametrize(("said", "body"), READ.values(), ids=READ)
async def test_read(http: Http, said: bytes, body: bytes) -> None:
    """Every way in which HTTP/1.1 says where a body ends, and how it is packed."""
    async with hosting(said) as host:
        assert (await http.ask(call(host))).body == body


ODD: dict[str, tuple[bytes, type[ConnectorError]]] = {
    "a cut-off body": (HEAD + b"Content-Length: 9\r\n\r\nokCLOSE", Garbled),
    "cut-off chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\nokCLOSE", Garbled),
    "a cut-off head": (HEAD + b"Content-Le" + b"CLOSE", Unreachable),
    "two lengths": (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok", Garbled),
    "a length and chunks": (
        HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        Garbled,
    ),
    "another protocol": (b"HTTP/1.1 101 Switching\r\nUpgrade: h\r\nConnection: upgrade\r\n\r\n", Garbled),
    "endless headers": (HEAD + b"X: " + b"y" * 70_000 + b"\r\n\r\nCLOSE", Garbled),
    "a promise alone": (b"HTTP/1.1 100 Continue\r\n\r\nCLOSE", Unreachable),
    "a line of a header without end": (HEAD + b"X: " + b"y" * 700_000, Garbled),
    "chunk extensions without end": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 700_000,
        Garbled,
    ),
    "no gzip": (HEAD + b"Content-Encoding: gzip\r\n\r\nokCLOSE", Garbled),
    "cut-off gzip": (HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"ok")[:-9] + b"CLOSE", Garbled),
}  # fmt: skip


@pytest.mark.parametrize(("said", "kind"), ODD.values(), ids=ODD)
async def test_odd(http: Http, said: bytes, kind: type[ConnectorError]) -> None:
    """What is not a whole answer is told, names nobody, and its connection is not used again."""
    async with hosting(said, OK) as host:
        with pytest.raises(kind) as raised:
            await http.ask(call(host))
        assert (await http.ask(call(host))).body == b"ok"

    assert len(set(host.asked)) == 2
    assert "330299" not in f"{raised.value!r}{raised.value.__context__!r}"


@pytest.mark.parametrize(
    "said",
    [OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", OK + b"evil", OK + b"\r\n" + OK],
)
async def test_what_nobody_asked_for_is_never_an_answer(http: Http, said: bytes) -> None:
    """Bytes after an answer end its connection: they can't be taken for the next one's answer."""
    async with hosting(said, OK, OK) as host:
        bodies = [(await http.ask(call(host))).body for _ in range(3)]

    assert bodies == [b"ok"] * 3
    assert len(set(host.asked)) == 2


async def test_what_comes_unasked_ends_a_kept_connection(http: Http) -> None:
    """Bytes that come while nobody asks are nobody's answer; the next one is asked anew."""
    async with hosting(OK + b"LATER" + OK, OK) as host:
        await http.ask(call(host))
        await until(lambda: host.open == 0)
        assert (await http.ask(call(host))).body == b"ok"

    assert len(set(host.asked)) == 2


async def test_who_leaves_takes_the_connection_along(http: Http) -> None:
    """An answer that comes after its asker has left, or its time is over, is nobody else's."""
    async with hosting(HANG, HANG, OK) as host:
        leaving = asyncio.create_task(http.ask(call(host)))
        await until(lambda: host.asked)
        leaving.cancel()
        with pytest.raises(TimedOut, match=r"within 0\.1 s"):
            await http.ask(call(host, seconds=0.1))
        assert (await http.ask(call(host))).body == b"ok"
        await until(lambda: host.open == 1)

    assert leaving.cancelled()
    assert len(set(host.asked)) == 3


async def test_a_connection_that_is_told_to_close_is_not_kept(http: Http) -> None:
    """`Connection: close` is heeded."""
    closing = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    async with hosting(closing, OK) as host:
        await http.ask(call(host))
        await http.ask(call(host))

    assert len(set(host.asked)) == 2


async def test_what_may_be_repeated_is_asked_once_more(http: Http) -> None:
    """A GET that ends unheard goes out once more and no more; a POST never does."""
    async with hosting(OK, b"CLOSE", OK, b"CLOSE", b"CLOSE", OK, b"CLOSE", OK) as host:
        await http.ask(call(host))
        assert (await http.ask(call(host))).body == b"ok"
        assert len(host.asked) == 3
        with pytest.raises(Unreachable):
            await http.ask(call(host))
        assert len(host.asked) == 5
        await http.ask(call(host, "POST"))
        with pytest.raises(Unreachable):
            await http.ask(call(host, "POST"))
        assert len(host.asked) == 7


async def test_a_trailer_after_a_large_body() -> None:
    """What comes after a body of any size is a header, and is not measured with the body."""
    large = HEAD + b"Transfer-Encoding: chunked\r\n\r\n11170\r\n" + b"x" * 70_000
    async with (
        hosting(large + b"\r\n0\r\nX: 1\r\n\r\n") as host,
        aiohttp.ClientSession() as session,
    ):
        lines = Lines(session)
        answered = await lines.ask(Wanted("GET", host.url, {}, None, 70_000, 1.0, soon()))
        lines.close()

    assert len(answered.body) == 70_000


@asynccontextmanager
async def deaf(said: bytes) -> AsyncIterator[tuple[str, list[asyncio.StreamReader]]]:
    """A host that says this once the head of a request is there, and reads no more of it."""
    readers: list[asyncio.StreamReader] = []
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        readers.append(reader)
        with closing(writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(said)
            await over.wait()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", readers
        finally:
            over.set()


async def test_who_answers_before_all_is_said_is_not_asked_again_over_that_connection() -> None:
    """What is left of the request could be taken for the next one."""
    body = b"x" * 30_000_000
    async with deaf(OK) as (url, readers), aiohttp.ClientSession() as session:
        lines = Lines(session)
        for _ in range(2):
            assert (await lines.ask(Wanted("POST", url, {}, body, 9, 1.0, soon()))).body == b"ok"
        lines.close()

    assert len(readers) == 2


async def test_who_reads_nothing_holds_no_connection_of_ours() -> None:
    """A request that is not taken is dropped with its connection, once its time is over."""
    body = b"x" * 30_000_000
    async with deaf(b"") as (url, readers), aiohttp.ClientSession() as session:
        lines = Lines(session)
        with pytest.raises(TimeoutError):
            await lines.ask(Wanted("POST", url, {}, body, 9, 1.0, soon(1.0)))
        await until(lambda: readers)
        assert len(await readers[0].read()) < len(body)
        lines.close()


async def test_a_connection_that_is_just_ending_is_not_asked() -> None:
    """What may not be repeated goes over a new one, before the end of the old one is told."""
    async with hosting(OK, OK) as host, aiohttp.ClientSession() as session:
        lines = Lines(session)
        for _ in range(2):
            await lines.ask(Wanted("POST", host.url, {}, b"", 9, 1.0, soon()))
            (line,) = lines._kept[host.url]
            line._transport.abort()
        lines.close()

    assert len(set(host.asked)) == 2


async def test_as_many_connections_as_are_asked_at_once(http: Http) -> None:
    """Ten at once go over ten connections, ten one after another over one of them."""
    async with hosting(*[OK] * 20) as host:
        await asyncio.gather(*(http.ask(call(host)) for _ in range(10)))
        for _ in range(10):
            await http.ask(call(host))

    assert len(set(host.asked[:10])) == 10
    assert len(set(host.asked)) == 10
    assert len(set(host.asked[10:])) == 1


async def test_the_request(http: Http) -> None:
    """Path and query as they are, the host with its port, and the caller's headers."""
    async with hosting(OK, OK, OK) as host:
        await http.ask(call(host, "POST", Mark="7"))
        await http.ask(call(host))
        root = Call(Endpoint("city", host.url, {}), "GET", f"{host.url}/a b\r\nX: 1", 5.0)
        await http.ask(root)

    written, read, odd = (head.decode().split("\r\n") for head in host.heads)
    assert written[:2] == [
        "POST /x?id=330299 HTTP/1.1",
        f"Host: {host.url.removeprefix('http://')}",
    ]
    assert written[-4:] == ["Mark: 7", "Content-Length: 2", "", ""]
    assert not any(line.startswith("Content-Length") for line in read)
    assert odd[0] == "GET /a%20b%0D%0AX:%201 HTTP/1.1"


async def test_a_header_stays_in_its_line(http: Http) -> None:
    """A line break in a header is a bug, and nothing is sent."""
    async with hosting() as host:
        with pytest.raises(ValueError, match="a line break in a header"):
            await http.ask(call(host, Mark="7\r\nEvil: 1"))

    assert host.asked == []


@pytest.mark.parametrize("url", ["ftp://h/x", "http://", "http://a:b@h/x", "http://h?x=1"])
async def test_an_address_that_is_none(http: Http, url: str) -> None:
    """What no call can be sent to is told."""
    with pytest.raises(Garbled):
        await http.ask(Call(Endpoint("city", url, {}), "GET", url, 1.0))


async def test_a_connection_that_rested_too_long_is_ended() -> None:
    """It may be stale: a new one is opened, whatever may be repeated or not."""
    async with hosting(OK, OK, OK, OK) as host, aiohttp.ClientSession() as session:
        for lines in (Lines(session, idle=5.0), Lines(session, idle=-1.0)):
            for _ in range(2):
                await lines.ask(Wanted("POST", host.url, {}, b"", 9, 1.0, soon()))
            lines.close()

    assert len(host.asked) == 4
    assert len(set(host.asked)) == 3


async def test_a_connection_nobody_asks_again_is_ended() -> None:
    """Of a host that is asked no more no connection stays open; meanwhile it is kept."""
    async with hosting(OK) as host, aiohttp.ClientSession() as session:
        lines = Lines(session, idle=0.2)
        await lines.ask(Wanted("POST", host.url, {}, b"", 9, 1.0, soon()))
        kept = host.open

        await until(lambda: host.open == 0)

    assert kept == 1


async def test_connections_end_with_the_session() -> None:
    """Nothing is kept longer than the session."""
    async with hosting(OK) as host:
        async with aiohttp.ClientSession() as session:
            one = Http(session)
            await one.ask(call(host))
            assert host.open == 1
            await one.end()
        await until(lambda: host.open == 0)


async def test_tls(tmp_path: Path) -> None:
    """Over TLS as well, where the certificate is trusted, connections are kept; else nothing goes out."""
    theirs, ours = _contexts(tmp_path)
    async with hosting(OK, OK, tls=theirs) as host:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=ours)) as session:
            trusting = Http(session)
            bodies = [(await trusting.ask(call(host))).body for _ in range(2)]
            await trusting.end()
        async with aiohttp.ClientSession() as session:
            with pytest.raises(Unreachable, match="no trusted TLS connection"):
                await Http(session).ask(call(host))

    assert bodies == [b"ok", b"ok"]
    assert len(set(host.asked)) == 1


def _contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS for 127.0.0.1, and a client's that trusts it alone."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "platform")])
    there = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(there, critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "platform.pem"
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(file)
    return theirs, ssl.create_default_context(cafile=str(file))


@pytest.mark.parametrize(
    ("kind", "charset"),
    [
        ("application/json;charset=UTF-8", "UTF-8"),
        ('text/xml; a=b; Charset="gbk" ', "gbk"),
        ("application/json", None),
        ("text/plain; charset", ""),
        ("", None),
    ],
)
def test_charset(kind: str, charset: str | None) -> None:
    """The charset of a content type, if it names one."""
    assert charset_in(kind) == charset
