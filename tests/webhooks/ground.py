"""Receivers on 127.0.0.1 that check what they get, and a platform that tells a list of changes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine
from standardwebhooks.webhooks import Webhook as Judge
from standardwebhooks.webhooks import WebhookVerificationError

from connectors.assisted_parts import RequestState
from connectors.assisted_words import Change, ChangeKind, Changes, Receiver
from connectors.contract import Refused, Unreachable
from connectors.http import open_http
from connectors.webhooks import shown_secret
from hub.storage.webhook_store import Webhook, add_webhook, all_webhooks, waiting
from hub.webhooks.pace import Pace
from hub.webhooks.registering import new_webhook
from hub.webhooks.webhooks import open_webhooks

HUB_SECRET = b"h" * 32
HOUSING, CIVIL, ARCHIVES = "housing", "civil-affairs", "archives"
BEGAN = datetime.now(UTC)
QUICK = Pace(
    look=0.05, lease=8.0, renew=0.1, poll=0.2, rest=0.05, timeout=5.0, first=0.02, longest=0.1
)
"""Fractions of the real pace's seconds; an answer has time enough on a busy machine."""
HASTY = replace(QUICK, timeout=0.5)
"""For receivers that hang on purpose."""

Answer = Callable[["Got"], Awaitable[web.StreamResponse]]


def a_change(sequence: int, request: str = "r-1", **parts: Any) -> Change:
    """A step of a request of housing at civil affairs."""
    return Change(
        **{
            "sequence": sequence,
            "at": BEGAN + timedelta(milliseconds=sequence),
            "kind": ChangeKind.STEP,
            "request": request,
            "version": sequence,
            "event": "Claim",
            "state": RequestState.CLAIMED,
            "certificate_type": "no_marriage_record",
            "requester": HOUSING,
            "holder": CIVIL,
            "former_holder": None,
            "receivers": (),
            **parts,
        }
    )


def a_recall(sequence: int, *units: str) -> Change:
    """A recall that these units are told."""
    receivers = tuple(Receiver(unit=unit, reference="办-1") for unit in units)
    return a_change(sequence, kind=ChangeKind.RECALL, event="recall", receivers=receivers)


class Told:
    """A platform that tells the changes it is given; `more` adds to them."""

    def __init__(self, changes: Iterable[Change] = ()) -> None:
        self._changes = list(changes)
        self._grown = asyncio.Event()
        self.silent = False
        self.asked: list[int | None] = []

    def more(self, *changes: Change) -> None:
        """Tell these, too."""
        self._changes += changes
        self._grown.set()

    def anew(self, *changes: Change) -> None:
        """The platform has lost its records and tells these only."""
        self._changes = list(changes)
        self._grown.set()

    async def changes(self, after: int | None, wait: float) -> Changes:
        """What comes after a number, at most ten at a time."""
        self.asked.append(after)
        if self.silent:
            raise Unreachable("no connection")
        last = self._changes[-1].sequence if self._changes else 0
        if after is None:
            return Changes(changes=(), last=last)
        if after > last:
            raise Refused("after is past the end")
        if not self._after(after):
            await self._grow(wait)
        told = self._after(after)[:10]
        return Changes(changes=tuple(told), last=told[-1].sequence if told else after)

    def _after(self, place: int) -> list[Change]:
        return [one for one in self._changes if one.sequence > place]

    async def _grow(self, wait: float) -> None:
        self._grown.clear()
        try:
            async with asyncio.timeout(wait):
                await self._grown.wait()
        except TimeoutError:
            return


@dataclass(frozen=True)
class Got:
    """One POST as it came in, its signature checked by the standard's own library."""

    message: str
    body: Any
    headers: dict[str, str] = field(repr=False)
    request: web.Request = field(repr=False)

    @property
    def place(self) -> tuple[str, int]:
        """Request and sequence; a test message has none."""
        data = self.body["data"]
        return data.get("request", ""), data.get("sequence", 0)


async def taken(_: Got) -> web.StreamResponse:
    """The usual answer."""
    return web.Response(status=204)


@dataclass
class ReceiverAt:
    """A receiver: what came in, what it took, and both in the order in which they were."""

    url: str
    judge: Judge | None = None
    answer: Answer = taken
    got: list[Got] = field(default_factory=list)
    took: list[Got] = field(default_factory=list)
    log: list[tuple[str, tuple[str, int]]] = field(default_factory=list)
    elsewhere: int = 0

    async def took_so_many(self, count: int, seconds: float = 20.0) -> None:
        """Wait until it has taken so many."""
        await until(lambda: so_many(self.took, count), seconds)

    async def got_so_many(self, count: int, seconds: float = 20.0) -> None:
        """Wait until so many came in."""
        await until(lambda: so_many(self.got, count), seconds)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Judge, keep, answer."""
        text, headers = await request.text(), dict(request.headers)
        if self.judge is None:
            return web.Response(status=401)
        try:
            body = self.judge.verify(text, headers)
        except WebhookVerificationError:
            return web.Response(status=401)
        got = Got(headers["webhook-id"], body, headers, request)
        self.got.append(got)
        self.log.append(("got", got.place))
        reply = await self.answer(got)
        if 200 <= reply.status < 300:
            self.took.append(got)
            self.log.append(("took", got.place))
        return reply

    async def handle_elsewhere(self, _: web.Request) -> web.StreamResponse:
        """Where a redirect leads; nobody should come here."""
        self.elsewhere += 1
        return web.Response(status=204)


@asynccontextmanager
async def receiving(answer: Answer = taken) -> AsyncIterator[ReceiverAt]:
    """A receiver on an ephemeral port."""
    app = web.Application()
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    receiver = ReceiverAt("", answer=answer)
    app.router.add_post("/hook", receiver.handle)
    app.router.add_route("*", "/elsewhere", receiver.handle_elsewhere)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        receiver.url = f"http://127.0.0.1:{port}/hook"
        yield receiver
    finally:
        await runner.cleanup()


async def registered(
    engine: AsyncEngine,
    receiver: ReceiverAt,
    unit: str = HOUSING,
    made_at: datetime = BEGAN,
    number: int = 1,
) -> Webhook:
    """A webhook of the unit, whose receiver knows its secret."""
    webhook, secret = new_webhook(
        unit, receiver.url, HUB_SECRET, made_at, lambda size: bytes([number] * size)
    )
    await add_webhook(engine, webhook)
    receiver.judge = Judge(shown_secret(secret))
    return webhook


@asynccontextmanager
async def telling(
    engine: AsyncEngine, source: Told, pace: Pace = QUICK, secret: bytes = HUB_SECRET
) -> AsyncIterator[None]:
    """Webhooks are told, at a quick pace."""
    async with open_http() as http, open_webhooks(engine, http, lambda: source, secret, pace):
        yield


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 20.0) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110  # a database can't set an event of ours
            await asyncio.sleep(0.01)


async def so_many(some: Sequence[object], count: int) -> bool:
    """Whether there are so many."""
    return len(some) >= count


async def none_waits(engine: AsyncEngine) -> bool:
    """Whether the outbox is empty."""
    return await waiting(engine) == {}


async def the_webhook(engine: AsyncEngine) -> Webhook:
    """The only one."""
    (one,) = await all_webhooks(engine)
    return one


def in_order(log: Sequence[tuple[str, tuple[str, int]]], changes: Iterable[Change]) -> bool:
    """Whether no change came in before all earlier ones of its request had been taken."""
    sequences: dict[str, list[int]] = {}
    for one in changes:
        sequences.setdefault(one.request, []).append(one.sequence)
    took: set[tuple[str, int]] = set()
    for what, (request, sequence) in log:
        earlier = {(request, each) for each in sequences[request] if each < sequence}
        if what == "took":
            took.add((request, sequence))
        elif not earlier <= took:
            return False
    return True
