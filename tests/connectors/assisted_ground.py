"""Clients of a real desk over HTTP, and a wire between them that can be cut."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field, replace
from enum import Enum
from urllib.parse import urlsplit

from connectors.asking import Slots
from connectors.assisted import AssistedVerification, Pace
from connectors.assisted_parts import Officer, SubjectKind
from connectors.assisted_words import RequestView, StepRejected, Submission
from connectors.clocks import ServerClock
from connectors.contract import Endpoint
from connectors.http import Http
from connectors.signed import SignedCalls
from hub.desk.registry import Client
from tests.desk_platform import ground
from tests.desk_platform.ground import ARCHIVES, CIVIL, HOUSING, HUB, REFORM, SINGLE

SUBJECT, NAME, CASE, CLERKS_NAME = ground.SUBJECT, "测试", "case-77-secret", "clerk"
CLERK = Officer(HOUSING, CLERKS_NAME)
VERA, VIKTOR, KEEPER, CHIEF = (
    Officer(CIVIL, name) for name in ("vera", "viktor", "keeper", "chief")
)
ANNA, WATCHER = Officer(ARCHIVES, "anna"), Officer(REFORM, "watcher")
BRISK = Pace(usual=5.0, drawing=5.0, rest=0.01)

SUBMISSION = Submission(
    by=CLERK,
    certificate=SINGLE,
    fields=("spouse", "since"),
    subject_kind=SubjectKind.PERSON,
    subject_id=SUBJECT,
    subject_name=NAME,
    item="许可-00757-001",
    case=CASE,
    immediate=False,
    issuer=CIVIL,
)


def endpoint(url: str, client: Client = HUB, concurrency: int = 64) -> Endpoint:
    """The desk at that address, for that client."""
    secrets = {"access_key": client.access_key, "secret": client.secret}
    return Endpoint("desk", url, secrets, concurrency=concurrency)


def assisted(
    url: str,
    http: Http,
    client: Client = HUB,
    pace: Pace = BRISK,
    clock: ServerClock | None = None,
    concurrency: int = 64,
) -> AssistedVerification:
    """A client of the desk at that address."""
    at = endpoint(url, client, concurrency)
    return AssistedVerification(SignedCalls(at, http, clock or ServerClock()), Slots(at), pace)


@dataclass
class Life:
    """Takes steps as they come, each under a key of its own."""

    desk: AssistedVerification
    steps: int = 0

    async def open(self, **further: object) -> RequestView:
        """A new request."""
        opened = await self.desk.submit(replace(SUBMISSION, **further), self._key())  # type: ignore[arg-type]  # any field
        assert isinstance(opened, RequestView), opened
        return opened

    async def take(self, request: str, step: str, by: Officer, **parts: object) -> RequestView:
        """A step that can be taken."""
        taken = await self.desk.step(request, step, by, parts, self._key())
        assert isinstance(taken, RequestView), taken
        return taken

    async def miss(self, request: str, step: str, by: Officer, **parts: object) -> StepRejected:
        """A step that can't be taken."""
        missed = await self.desk.step(request, step, by, parts, self._key())
        assert isinstance(missed, StepRejected), missed
        return missed

    async def to_sent(
        self, request: str, findings: object, verifier: Officer = VERA
    ) -> RequestView:
        """Everything up to sending."""
        await self.take(request, "claim", verifier)
        await self.take(request, "begin", verifier)
        await self.take(request, "make", verifier, findings=findings)
        await self.take(request, "seal", KEEPER)
        return await self.take(request, "send", KEEPER)

    def _key(self) -> str:
        self.steps += 1
        return f"key-{self.steps}"


class Cut(Enum):
    """What becomes of an answer on the wire."""

    WHOLE = "whole"
    LOST = "lost"
    HALF = "half"
    STUCK = "stuck"


@dataclass
class Wire:
    """A wire to a server: the next answers fare as `cuts` says, all after them come whole."""

    target: str
    cuts: list[Cut] = field(default_factory=list)
    answers: int = 0
    url: str = ""
    connections: set[asyncio.Task[None]] = field(default_factory=set)

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        task = asyncio.current_task()
        assert task is not None
        self.connections.add(task)
        task.add_done_callback(self.connections.discard)
        with closing(writer), suppress(ConnectionError):
            where = urlsplit(self.target)
            there_reader, there = await asyncio.open_connection(where.hostname, where.port)
            with closing(there):
                await self._join(reader, writer, there_reader, there)

    async def _join(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        there_reader: asyncio.StreamReader,
        there: asyncio.StreamWriter,
    ) -> None:
        ways = [
            asyncio.create_task(_carry(reader, there, _whole)),
            asyncio.create_task(_carry(there_reader, writer, self._answer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _answer(self, part: bytes) -> bytes | None:
        """What goes on of an answer; nothing at all where the connection is cut."""
        self.answers += 1
        match self.cuts.pop(0) if self.cuts else Cut.WHOLE:
            case Cut.WHOLE:
                return part
            case Cut.LOST:
                return None
            case Cut.HALF:
                return part[: len(part) // 2]
            case Cut.STUCK:
                return await asyncio.Event().wait() and None


async def _whole(part: bytes) -> bytes:
    return part


async def _carry(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    passing: Callable[[bytes], Awaitable[bytes | None]],
) -> None:
    while part := await reader.read(1_000_000):
        passed = await passing(part)
        if passed is None:
            return
        writer.write(passed)
        await writer.drain()
        if len(passed) < len(part):
            return


@asynccontextmanager
async def wire_to(target: str, *cuts: Cut) -> AsyncIterator[Wire]:
    """A wire to the server at that address."""
    wire = Wire(target, list(cuts))
    server = await asyncio.start_server(wire.join, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    wire.url = f"http://127.0.0.1:{port}"
    try:
        yield wire
    finally:
        server.close()
        for task in (left := list(wire.connections)):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
