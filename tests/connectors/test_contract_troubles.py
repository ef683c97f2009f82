"""What every dialect makes of a platform's trouble, told once for all of them."""

import asyncio
import time
from dataclasses import replace

import pytest

from connectors.contract import (
    ConnectorError,
    Crowded,
    Garbled,
    Inquiry,
    NotHeld,
    Refused,
    TimedOut,
    Unreachable,
    WrongHolder,
)
from connectors.http import Http
from tests.connectors.contract_world import LAN_HELD, MEI_HELD, Told, World, opened, row
from tests.connectors.people import BO, LAN, MEI, inquiry, resident_id
from tests.connectors.scripted_server import (
    Fault,
    Said,
    nobody_listening,
    until,
)
from tests.connectors.speakers import (
    ONE_BY_ONE,
    Refusal,
    Speaker,
    connected,
)

TROUBLES: list[tuple[str, Told, type[ConnectorError], str]] = [
    ("reset", Fault.RESET, Unreachable, "no connection, or it was reset"),
    ("refused", Refusal(), Refused, ""),
    ("500", Said(b"{}", 500), Refused, "HTTP status 500"),
    ("503 of a proxy", Said(b"<html>", 503), Refused, "HTTP status 503"),
    ("redirect", Said(b"", 302, {"Location": "/x"}), Refused, "HTTP status 302"),
    ("garbage", Said(b"\x00\xff\xfe<"), Garbled, ""),
    ("empty body", Said(b""), Garbled, ""),
    ("truncated", Fault.TRUNCATED, Garbled, "was cut off"),
    ("oversize", Said(b" " * 20_001), Garbled, "larger than 20000 bytes"),
    ("somebody else", row("梅一", LAN), WrongHolder, "about somebody else"),
    ("somebody else, masked", row("梅*", "3401**********123X"), WrongHolder, "somebody else"),
    ("no known field", {"ZJHM": "", "OTHER": "x"}, Garbled, "none of the declared fields"),
    ("unreadable field", row("梅一", BO, "soon"), Garbled, "CSRQ: not a date in a known format"),
]


@pytest.mark.parametrize(
    ("told", "kind", "text"), [t[1:] for t in TROUBLES], ids=[t[0] for t in TROUBLES]
)
async def test_trouble(
    speaker: Speaker, http: Http, told: Told, kind: type[ConnectorError], text: str
) -> None:
    """One inquiry's trouble is its own: the others get their answers, in order."""
    async with opened(speaker, http, max_bytes=20_000) as world:
        world.platform.told[BO] = told

        before, failure, after = await world.ask(MEI, BO, LAN)

    assert (before, after) == (MEI_HELD, LAN_HELD)
    assert type(failure) is kind
    assert text in str(failure)
    assert str(failure).startswith("city/id_card: ")
    # aiohttp asks once more by GET where a kept connection was reset: it may have been stale.
    assert {one for (one,) in world.platform.lookups} == {MEI, BO, LAN}


@pytest.mark.parametrize("told", [t[1] for t in TROUBLES], ids=[t[0] for t in TROUBLES])
async def test_trouble_names_nobody(speaker: Speaker, http: Http, told: Told) -> None:
    """Neither a failure nor anything it remembers names a person or a secret."""
    async with opened(speaker, http, max_bytes=20_000) as world:
        world.platform.told[BO] = told

        (failure,) = await world.ask(BO)

    seen: BaseException | None = failure if isinstance(failure, ConnectorError) else None
    assert seen
    while seen:
        for private in (BO, MEI, LAN, "梅一", "soon", "Topsecret", "cardId"):
            assert private not in f"{seen!s} {seen!r}"
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


async def test_hang(speaker: Speaker, http: Http) -> None:
    """A call that hangs ends at the interface's timeout and harms no other."""
    async with opened(speaker, http) as world:
        world.interface = replace(world.interface, timeout=0.3)
        world.platform.told[BO] = Fault.HANG
        await world.ask(MEI)
        start = time.monotonic()

        before, failure, after = await world.ask(MEI, BO, LAN)

    assert 0.25 < time.monotonic() - start < 3
    assert (before, after) == (MEI_HELD, LAN_HELD)
    assert type(failure) is TimedOut
    assert str(failure).startswith("city/id_card: no whole answer within 0.3 s")


async def test_nobody_listens(speaker: Speaker, http: Http) -> None:
    """A refused connection is unreachable, for every inquiry."""
    async with nobody_listening() as url:
        connector = connected(speaker, url, http)

        answers = await connector.fetch(speaker.interface, [inquiry(MEI), inquiry(LAN)])

    assert [type(answer) for answer in answers] == [Unreachable, Unreachable]
    assert str(answers[0]).startswith("city/id_card: no connection")


async def test_no_such_host(speaker: Speaker, http: Http) -> None:
    """A name that does not resolve is unreachable."""
    connector = connected(speaker, "http://no-such-host.invalid", http)

    (answer,) = await connector.fetch(speaker.interface, [inquiry(MEI)])

    assert type(answer) is Unreachable
    assert "name does not resolve" in str(answer)


async def test_no_trust(speaker: Speaker, http: Http) -> None:
    """A server that speaks no TLS where TLS is declared is unreachable."""
    async with opened(speaker, http) as world:
        url = world.server.url.replace("http:", "https:")

        (answer,) = await connected(speaker, url, http).fetch(speaker.interface, [inquiry(MEI)])

    assert type(answer) is Unreachable
    assert "no trusted TLS connection" in str(answer)


async def test_concurrency(speaker: Speaker, http: Http) -> None:
    """No more calls are in flight than the endpoint allows, and all are answered."""
    async with opened(speaker, http, concurrency=3) as world:
        answers = await world.ask(*(resident_id(serial) for serial in range(10, 40)))

    assert answers == [NotHeld()] * 30
    assert len(world.platform.lookups) == 30
    assert world.server.most <= 3


async def test_a_queue_is_no_trouble(speaker: Speaker, http: Http) -> None:
    """Waiting for a slot does not count against the call's timeout: a queue is nobody's fault."""
    async with opened(speaker, http, concurrency=2) as world:
        await world.ask(MEI)
        world.platform.takes = 0.1
        world.interface = replace(world.interface, timeout=0.3)

        answers = await world.ask(*(resident_id(serial) for serial in range(10, 20)))

    assert answers == [NotHeld()] * 10


@pytest.mark.parametrize("speaker", ONE_BY_ONE, ids=lambda speaker: speaker.dialect)
async def test_who_asks_little_is_not_behind_who_asks_much(speaker: Speaker, http: Http) -> None:
    """One lookup takes the next free slot, however many another asker still has before it."""
    async with opened(speaker, http, concurrency=2) as world:
        await world.ask(MEI)
        world.platform.takes = 0.1
        much = [inquiry(resident_id(serial)) for serial in range(10, 40)]
        large = asyncio.create_task(world.connector.fetch(world.interface, much, 0.7))
        await until(lambda: world.server.now == 2)

        assert await world.ask(LAN) == [LAN_HELD]

        assert not large.done()
        assert len(world.platform.lookups) <= 7
        answers = await large

    assert {type(answer) for answer in answers} == {NotHeld, Crowded}


async def test_patience(speaker: Speaker, http: Http) -> None:
    """Patience is for the turn: a call that has begun has its timeout, the next was not asked."""
    async with opened(speaker, http, concurrency=1) as world:
        world.platform.told[BO] = Fault.HANG
        world.interface = replace(world.interface, timeout=0.6)
        inquiries = [inquiry(one) for one in (MEI, BO, LAN)]
        told: list[int] = []

        before, hung, waiting = await world.connector.fetch(
            world.interface, inquiries, 0.4, lambda place, _: told.append(place)
        )

    assert before == MEI_HELD
    assert (type(hung), type(waiting)) == (TimedOut, Crowded)
    assert str(hung).startswith("city/id_card: no whole answer within 0.6 s; ")
    assert str(waiting).startswith("city/id_card: no free slot in time; ")
    assert world.platform.lookups == [[MEI], [BO]]
    assert sorted(told) == [0, 1, 2]


async def test_who_would_come_too_late_is_told_at_once(speaker: Speaker, http: Http) -> None:
    """Where calls take a second and one is under way, a moment isn't worth waiting for."""
    async with opened(speaker, http, concurrency=1) as world:
        world.platform.takes = 1.0
        await world.ask(MEI)
        await world.ask(MEI)
        under_way = asyncio.create_task(world.ask(BO))
        await until(lambda: world.server.now == 1)
        start = time.monotonic()

        (crowded,) = await world.connector.fetch(world.interface, [inquiry(LAN)], 0.15)
        late = time.monotonic() - start
        await under_way

    assert type(crowded) is Crowded
    assert late < 0.12


async def test_a_slot_is_free_again_after_the_timeout(speaker: Speaker, http: Http) -> None:
    """Behind a call that hangs others wait for no longer than its timeout."""
    async with opened(speaker, http, concurrency=1) as world:
        await world.ask(MEI)
        world.platform.told[BO] = Fault.HANG
        short = replace(world.interface, timeout=0.2)
        hanging = asyncio.create_task(world.connector.fetch(short, [inquiry(BO)]))
        await until(lambda: world.server.now)

        assert await world.ask(LAN) == [LAN_HELD]
        (hung,) = await hanging

    assert type(hung) is TimedOut
    assert "no whole answer within 0.2 s" in str(hung)


async def test_cancelled(world: World) -> None:
    """A fetch that is cancelled gives its slots back."""
    world.platform.told[BO] = Fault.HANG
    fetch = asyncio.create_task(world.ask(BO))
    await until(lambda: world.platform.lookups)

    fetch.cancel()
    await asyncio.wait([fetch])

    assert fetch.cancelled()
    assert await world.ask(MEI) == [MEI_HELD]


async def test_bug_flies(world: World) -> None:
    """A bug is no platform's failure: it flies."""
    with pytest.raises((KeyError, ExceptionGroup)) as raised:
        await world.connector.fetch(world.interface, [Inquiry({"subject.name": "x"})])

    bugs = getattr(raised.value, "exceptions", [raised.value])
    assert [repr(bug) for bug in bugs] == ["KeyError('subject.id')"]
