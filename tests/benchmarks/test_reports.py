"""What the reports of outage and soak make of what was seen, on figures made by hand."""

import asyncio
from dataclasses import replace

import pytest

from benchmarks.crowd import Answered, Crowd
from benchmarks.mixture import Mixed
from benchmarks.outage_report import HEALTHY, NEEDING, Outage, verdicts_of
from benchmarks.outage_report import Seen as Look
from benchmarks.readings import Reading
from benchmarks.soak_report import Seen, Soak
from benchmarks.soak_report import verdicts_of as soak_verdicts_of

CALM = Reading(100.0, 30, 10, 7, 0, 0, {}, {}, {}, 0)


def look(at: float, answered: int, resident_mb: float = 100.0) -> Look:
    """The hub at a moment, busy all the time, after so many answers of the province."""
    reading = replace(CALM, resident_mb=resident_mb, answered={"province": answered})
    return Look(at, reading, answered, worked=at, core=at)


def outage(healthy_ms: float = 100.0, during_mb: float = 100.0) -> Outage:
    """Calm for 10 s, ten seconds of outage, 10 s of calm; 40 answers of the province a second."""
    looks, answered = [], 0
    for quarter in range(120):
        at = quarter / 4
        answered += 0 if 10 <= at < 23 else 10
        looks.append(look(at, answered, during_mb if 15 <= at < 20 else 100.0))
    answers = [
        Answered(kind, due / 10, due / 10 + ms / 1000, {"Found": 1})
        for due in range(300)
        for kind, ms in ((HEALTHY, healthy_ms if 100 <= due < 200 else 100.0), (NEEDING, 100.0))
    ]
    return Outage(2, 0.0, 10.0, 20.0, 30.0, 1.0, looks, answers)


def test_an_outage_that_nobody_noticed_keeps_every_promise() -> None:
    """The province answers three seconds after healing, and as much as before a second later."""
    run = outage()

    assert run.asked_again_after() == 3.0
    assert run.back_after() == 3.75
    assert [one.rate(HEALTHY) for one in run.phases] == [10.0, 10.0, 10.0]
    assert all(one.kept for one in verdicts_of(run))


@pytest.mark.parametrize(
    ("noticed", "promise"),
    [
        (outage(healthy_ms=3301.0), "p99 during the outage"),
        (outage(during_mb=110.0), "memory grows during the outage"),
    ],
)
def test_what_was_noticed_is_told(noticed: Outage, promise: str) -> None:
    """Just the one promise is broken."""
    assert [one.promise for one in verdicts_of(noticed) if not one.kept] == [promise]


def test_a_platform_that_is_never_asked_again_is_told() -> None:
    """Without an answer after healing both returns are never."""
    run = outage()
    silent = replace(run, seen=[one for one in run.seen if one.at < 22])

    assert (silent.asked_again_after(), silent.back_after()) == (float("inf"), float("inf"))


def soak(last_mb: float = 100.0, after: Reading = CALM, records: int = 3) -> Soak:
    """Eight looks; the last quarter holds `last_mb`."""
    looks = [Seen(at, replace(CALM, resident_mb=last_mb if at >= 6 else 100.0)) for at in range(8)]
    answers = [Answered("mixed", 1.0, 1.1, {"Found": 2, "NotHeld": 1})]
    return Soak(7, 10.0, 8.0, 0.0, 8.0, 1.0, {}, CALM, after, records, looks, [], answers)


@pytest.mark.parametrize(
    ("run", "broken"),
    [
        (soak(), []),
        (soak(last_mb=107.0), ["memory grows, second quarter to last"]),
        (soak(after=replace(CALM, tasks=11)), ["tasks more at rest"]),
        (soak(after=replace(CALM, sockets=14)), ["sockets more at rest"]),
        (soak(after=replace(CALM, descriptors=34)), ["descriptors more at rest"]),
        (soak(after=replace(CALM, in_flight=1)), ["questions in flight at rest"]),
        (soak(records=2), ["every answer on record"]),
        (soak(records=4), ["every answer on record"]),
    ],
)
def test_whatever_grows_in_a_soak_is_told(run: Soak, broken: list[str]) -> None:
    """Just what grew, and nothing where nothing did."""
    assert [one.promise for one in soak_verdicts_of(run) if not one.kept] == broken


async def test_a_kept_connection_that_was_closed_is_no_lost_answer() -> None:
    """The server closes after each answer; the second request comes over a new connection."""
    body = b'{"__typename":"Found"}'

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body)
        writer.write(head + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        crowd = Crowd(f"http://{host}:{port}", "key")
        for _ in range(2):
            await crowd.ask("one", Mixed(b"{}", 1), 0.0)
        crowd.leave()

    assert [(one.outcomes, one.trouble) for one in crowd.answers] == [({"Found": 1}, None)] * 2
