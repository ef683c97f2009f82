"""Answers lost on the wire, desks that are busy, clocks that go wrong: a write is done once."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from connectors.assisted import AssistedVerification, Pace
from connectors.assisted_parts import RequestState
from connectors.assisted_words import RequestView, StepRejected
from connectors.clocks import ServerClock
from connectors.contract import (
    CredentialRefused,
    Garbled,
    QuotaSpent,
    Refused,
    TimedOut,
    Unreachable,
)
from connectors.http import Http
from hub.desk.registry import Client
from tests.connectors.assisted_ground import (
    CLERK,
    KEEPER,
    SUBMISSION,
    VERA,
    Cut,
    Life,
    assisted,
    wire_to,
)
from tests.connectors.scripted_server import Asked, Fault, Said, nobody_listening, serving, until
from tests.desk_platform.ground import CIVIL, HOUSING, HUB, Ground

HASTY = Pace(usual=0.3, drawing=0.3, rest=0.01)


@pytest.mark.parametrize("cut", [Cut.LOST, Cut.HALF, Cut.STUCK])
async def test_an_answer_that_got_lost(ground: Ground, http: Http, cut: Cut) -> None:
    """A submission whose answer is lost, cut off or stuck is repeated: one request, and its answer."""
    async with wire_to(ground.hub.base, cut) as wire:
        opened = await assisted(wire.url, http, pace=HASTY).submit(SUBMISSION, "k")

    assert isinstance(opened, RequestView)
    assert wire.answers == 2
    kept = await assisted(ground.hub.base, http).outbox(HOUSING)
    assert [each.id for each in kept.requests] == [opened.id]


async def test_an_answer_of_a_step_that_got_lost(ground: Ground, http: Http) -> None:
    """A step whose answer is lost is taken once: its repetition isn't told that it was."""
    opened = await Life(assisted(ground.hub.base, http)).open()
    async with wire_to(ground.hub.base, Cut.LOST) as wire:
        taken = await assisted(wire.url, http, pace=HASTY).step(opened.id, "claim", VERA, {}, "c")

    assert isinstance(taken, RequestView)
    assert (taken.state, taken.version) == (RequestState.CLAIMED, opened.version + 1)
    history = await assisted(ground.hub.base, http).history(opened.id, CIVIL)
    assert history is not None
    assert [each.event for each in history] == ["Issue", "Deliver", "Claim"]


@pytest.mark.parametrize(("cut", "trouble"), [(Cut.LOST, Unreachable), (Cut.STUCK, TimedOut)])
async def test_answers_that_got_lost_twice(
    ground: Ground, http: Http, cut: Cut, trouble: type[Exception]
) -> None:
    """Lost twice is told; the caller's own repetition under the same key finds the one request."""
    async with wire_to(ground.hub.base, cut, cut) as wire:
        desk = assisted(wire.url, http, pace=HASTY)
        with pytest.raises(trouble, match=r"^desk/submit: no "):
            await desk.submit(SUBMISSION, "k")
        assert wire.answers == 2
        opened = await desk.submit(SUBMISSION, "k")

    assert isinstance(opened, RequestView)
    kept = await assisted(ground.hub.base, http).outbox(HOUSING)
    assert [each.id for each in kept.requests] == [opened.id]


async def test_many_at_once_on_a_bad_wire(ground: Ground, http: Http) -> None:
    """Twenty submissions, the first ten answers lost: twenty requests."""
    async with wire_to(ground.hub.base, *[Cut.LOST] * 10) as wire:
        desk = assisted(wire.url, http)
        opened = await asyncio.gather(*(desk.submit(SUBMISSION, f"k-{n}") for n in range(20)))

    ids = {each.id for each in opened if isinstance(each, RequestView)}
    kept = await assisted(ground.hub.base, http).outbox(HOUSING)
    assert len(ids) == 20
    assert {each.id for each in kept.requests} == ids


async def test_a_reading_is_not_repeated(ground: Ground, http: Http) -> None:
    """Who reads is told at once."""
    async with wire_to(ground.hub.base, Cut.STUCK) as wire:
        with pytest.raises(TimedOut, match=r"^desk/inbox: no whole answer within 0\.3 s"):
            await assisted(wire.url, http, pace=HASTY).inbox(CIVIL)

    assert wire.answers == 1


async def test_nobody_there(http: Http) -> None:
    """No connection, after one more try."""
    async with nobody_listening() as url:
        began = time.monotonic()
        with pytest.raises(Unreachable, match=r"^desk/claim: no connection"):
            pace = Pace(rest=0.2)
            await assisted(url, http, pace=pace).step("1", "claim", VERA, {}, "k")

    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_busy_desk(http: Http, status: int) -> None:
    """Told to come again, a write is sent once more, the same under the same key."""

    async def script(asked: Asked) -> Said:
        return Said(b'{"message":"busy"}', status)

    async with serving(script) as server:
        with pytest.raises(Refused, match=f"^desk/submit: HTTP status {status}: the platform has"):
            await assisted(server.url, http).submit(SUBMISSION, "one-key")

    first, second = server.asked
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == "one-key"
    assert first.body == second.body


STATUSES = [
    (400, b'{"message":"count"}', Refused, "HTTP status 400"),
    (401, b'{"message":"Invalid signature"}', CredentialRefused, "check access_key and secret"),
    (401, b'{"message":"Clock skew exceeded"}', Refused, "set this machine's clock by NTP"),
    (405, b'{"message":"no such step"}', Refused, "HTTP status 405"),
    (413, b'{"message":"too large"}', Refused, "HTTP status 413"),
    (429, b"", QuotaSpent, "ask the platform to raise it"),
    (500, b"oops", Refused, "HTTP status 500: the platform has trouble of its own"),
    (302, b"", Refused, "HTTP status 302"),
]


@pytest.mark.parametrize(("status", "body", "trouble", "text"), STATUSES)
async def test_trouble_is_never_a_value(
    http: Http, status: int, body: bytes, trouble: type[Exception], text: str
) -> None:
    """Statuses that say nothing of the request are errors of the connector, writing or reading."""

    async def script(asked: Asked) -> Said:
        return Said(body, status)

    async with serving(script) as server:
        desk = assisted(server.url, http)
        with pytest.raises(trouble, match=f"^desk/claim: .*{text}") as written:
            await desk.step("1", "claim", VERA, {}, "k")
        with pytest.raises(trouble, match=f"^desk/request: .*{text}") as read:
            await desk.request("1", CIVIL)

    assert type(written.value) is type(read.value) is trouble


async def test_a_credential_of_nobody(ground: Ground, http: Http) -> None:
    """A wrong secret is told as such."""
    wrong = Client("hub", HUB.access_key, "another", None)
    with pytest.raises(CredentialRefused, match=r"^desk/submit: .*check access_key and secret"):
        await assisted(ground.hub.base, http, wrong).submit(SUBMISSION, "k")


@pytest.mark.parametrize("off", [-3600.0, 3600.0])
async def test_a_clock_that_goes_wrong(ground: Ground, http: Http, off: float) -> None:
    """The desk's clock is learned by its first refusal; the write is done once."""
    clock = ServerClock(lambda: time.time() + off)
    async with wire_to(ground.hub.base) as wire:
        desk = assisted(wire.url, http, clock=clock)
        opened = await desk.submit(SUBMISSION, "k")
        page = await desk.outbox(HOUSING)

    assert isinstance(opened, RequestView)
    assert [each.id for each in page.requests] == [opened.id]
    assert abs(clock.offset + off) < 2
    assert wire.answers == 3


async def test_one_who_leaves(ground: Ground, http: Http) -> None:
    """A caller cancelled while the answer is on its way finds the same request again."""
    async with wire_to(ground.hub.base, Cut.STUCK) as wire:
        desk = assisted(wire.url, http)
        leaving = asyncio.create_task(desk.submit(SUBMISSION, "k"))
        await until(lambda: wire.answers)
        leaving.cancel()
        await asyncio.wait([leaving])
        opened = await desk.submit(SUBMISSION, "k")

    assert leaving.cancelled()
    assert isinstance(opened, RequestView)
    assert opened.requester == CLERK
    assert len((await assisted(ground.hub.base, http).outbox(HOUSING)).requests) == 1


async def test_calls_wait_for_a_slot(http: Http) -> None:
    """No more calls at once than `concurrency`; the long poll isn't among them."""

    async def script(asked: Asked) -> Said | Fault:
        if asked.path.endswith("/changes"):
            await asyncio.sleep(0.3)
            return Said(b'{"changes":[],"last":7}')
        await asyncio.sleep(0.02)
        return Said(b'{"requests":[],"next":null}')

    async with serving(script) as server:
        desk = assisted(server.url, http, concurrency=2)
        polling = asyncio.create_task(desk.changes(7, 0.3))
        polls = [polling, asyncio.create_task(desk.changes(7, 0.3))]
        await asyncio.gather(*(desk.inbox(CIVIL) for _ in range(10)))
        assert not polling.done()
        await asyncio.gather(*polls)

    assert server.most == 4


async def test_lives_on_a_bad_wire(ground: Ground, http: Http) -> None:
    """Five lives at once, four answers of ten lost or cut: every step is in each history once."""
    chance = random.Random(14)
    cuts = chance.choices([Cut.WHOLE, Cut.LOST, Cut.HALF], [6, 3, 1], k=5000)
    async with wire_to(ground.hub.base, *cuts) as wire:
        desk = assisted(wire.url, http)
        requests = await asyncio.gather(*(stubborn_life(desk, number) for number in range(5)))

    assert len(set(requests)) == 5
    whole = assisted(ground.hub.base, http)
    for request in requests:
        history = await whole.history(request, CIVIL)
        assert history is not None
        assert [each.event for each in history] == ["Issue", "Deliver", *STEPS.values()]
    assert {each.id for each in (await whole.outbox(HOUSING)).requests} == set(requests)


STEPS = {
    "claim": "Claim",
    "begin": "Begin",
    "make": "Make",
    "seal": "Seal",
    "send": "Send",
    "receipt": "ConfirmReceipt",
    "close": "Close",
}
ACTORS = {"seal": KEEPER, "send": KEEPER, "receipt": CLERK, "close": CLERK}


async def stubborn_life(desk: AssistedVerification, number: int) -> str:
    """A request's whole life, each write repeated under its key until it is told."""
    opened = await stubborn(lambda: desk.submit(SUBMISSION, f"open-{number}"))
    for step in STEPS:
        parts = (
            {"findings": {"verified": {"spouse": "无", "since": None}}} if step == "make" else {}
        )
        by, key = ACTORS.get(step, VERA), f"{step}-{number}"
        await stubborn(partial(desk.step, opened.id, step, by, parts, key))
    return opened.id


async def stubborn(write: Callable[[], Awaitable[RequestView | StepRejected]]) -> RequestView:
    """What a write gives in the end."""
    while True:
        try:
            told = await write()
        except (Unreachable, Garbled):
            continue
        assert isinstance(told, RequestView), told
        return told
