"""The load driver: what it counts, what it times, and that a wrong answer ends it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count, cycle
from random import Random

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks.load import closed_loop, fetched, lines, open_loop
from benchmarks.requests import Request, WrongAnswer, posted

MARK = b'"held"'


@asynccontextmanager
async def answering(
    body: bytes, *, seconds: float = 0.0, status: int = 200, stalled: float = 0.0, full: int = 0
) -> AsyncIterator[str]:
    """A server that says this in pieces after so long.

    Its first answer of all is stalled longer; for the first few requests it is full.
    """
    number = count()

    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        if (place := next(number)) < full:
            return web.Response(status=503)
        await asyncio.sleep(stalled if place == 0 and stalled else seconds)
        response = web.StreamResponse(status=status)
        response.enable_chunked_encoding()
        await response.prepare(request)
        for piece in (body[:5], body[5:]):
            await response.write(piece)
            await asyncio.sleep(0)
        await response.write_eof()
        return response

    application = web.Application()
    application.router.add_post("/graphql", answer)
    async with TestServer(application) as server:
        yield str(server.make_url(""))


def supply(url: str, lookups: int = 2) -> Iterator[Request]:
    """The same request over and over."""
    return cycle([Request(posted(url, "/graphql", {}, b"{}"), lookups, (MARK,))])


async def test_a_closed_loop_waits_for_each_answer() -> None:
    """Three lines at 20 ms an answer, in pieces: about 5 each in 100 ms, none faster than 20 ms."""
    async with answering(b'["held","held"]', seconds=0.02) as url, lines(url, 3) as connected:
        driven = await closed_loop(connected, supply(url), 0.1)

    assert driven.requests == len(driven.latencies_ms)
    assert driven.lookups == 2 * driven.requests
    assert 3 <= driven.requests <= 15
    assert min(driven.latencies_ms) >= 19
    assert driven.seconds >= 0.1


async def test_an_open_loop_counts_the_time_that_requests_wait() -> None:
    """One line, the first answer after 200 ms: who was due meanwhile is late, though sent later."""
    async with answering(b'["held","held"]', stalled=0.2) as url, lines(url, 1) as connected:
        driven = await open_loop(connected, supply(url), 100.0, 0.3, Random(2026))

    assert driven.requests > 15
    assert sum(ms > 50 for ms in driven.latencies_ms) > 10
    assert driven.lookups == 2 * driven.requests


@pytest.mark.parametrize("loop", ["closed", "open"])
async def test_a_lookup_that_is_missing_ends_the_window(loop: str) -> None:
    """Figures of wrong answers are no figures."""
    async with answering(b'["held","none"]') as url, lines(url, 2) as connected:
        with pytest.raises(WrongAnswer, match="1 of 2 lookups were found"):
            if loop == "closed":
                await closed_loop(connected, supply(url), 30)
            else:
                await open_loop(connected, supply(url), 100.0, 30, Random(2026))


async def test_lookups_that_may_go_unanswered_are_counted() -> None:
    """One of a hundred in each answer; but one of two would make the figures mean nothing."""
    async with (
        answering(b'["held"' + b',"held"' * 98 + b"]") as url,
        lines(url, 1) as connected,
    ):
        lenient = cycle([replace(next(supply(url)), lookups=100, lenient=True)])
        driven = await closed_loop(connected, lenient, 0.1)
        worse = cycle([replace(next(supply(url)), lookups=198, lenient=True)])
        with pytest.raises(WrongAnswer, match="lookups were not answered"):
            await closed_loop(connected, worse, 0.1)

    assert driven.unanswered == driven.requests
    assert driven.lookups == 100 * driven.requests


async def test_a_status_other_than_200_is_no_answer() -> None:
    """It is told."""
    async with answering(b'["held","held"]', status=500) as url, lines(url, 1) as (line,):
        with pytest.raises(WrongAnswer, match="HTTP 500"):
            await fetched(line, next(supply(url)))


async def test_who_is_turned_away_is_counted_and_comes_again() -> None:
    """The server has no room for the first two; both callers rest, come again, and are answered."""
    async with (
        answering(b'["held","held"]', seconds=0.02, full=2) as url,
        lines(url, 2) as connected,
    ):
        driven = await closed_loop(connected, supply(url), 0.2)

    assert driven.turned_away == 2
    assert driven.requests >= 2
    assert max(driven.latencies_ms) < 200


async def test_a_single_request_that_is_turned_away_comes_again() -> None:
    """The answer is that of the third time."""
    async with answering(b'["held"]', full=2) as url, lines(url, 1) as (line,):
        assert await fetched(line, next(supply(url))) == b'["held"]'


async def test_a_server_that_leaves_is_told() -> None:
    """Whoever waits for it gets no answer."""

    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(leave, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        url = f"http://{host}:{port}"
        async with lines(url, 1) as connected:
            with pytest.raises(WrongAnswer, match="closed the connection"):
                await closed_loop(connected, supply(url), 30)


async def test_an_answer_that_comes_as_the_run_is_stopped_is_dropped() -> None:
    """It comes between the stop and the task's end: nobody waits any more, and nothing is raised."""
    async with answering(b'["held"]', seconds=5) as url, lines(url, 1) as (line,):
        asking = asyncio.create_task(fetched(line, next(supply(url))))
        await asyncio.sleep(0)
        asking.cancel()
        line.data_received(b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n["held"]')

        with pytest.raises(asyncio.CancelledError):
            await asking
