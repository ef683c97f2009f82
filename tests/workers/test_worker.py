"""A worker as its keeper knows it: when it is asked, and when it is no longer waited for."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hub.workers.letters import line_of
from hub.workers.worker import ANSWERED, Worker, WorkerLost, WorkerSilent

SAY = "import json, sys\ndef say(**letter): print(json.dumps(letter), flush=True)\n"
ENDS = SAY + "say(ready=True)"
SLOW_TO_BEGIN = (
    SAY
    + """
import pathlib, select, time
while not pathlib.Path("begin").exists(): time.sleep(0.01)
early = bool(select.select([sys.stdin], [], [], 0)[0])
say(ready=True)
say(number=json.loads(sys.stdin.readline())["number"], early=early)
"""
)
SILENT_AT_FIRST = (
    SAY
    + """
say(ready=True)
for line in sys.stdin:
    number = json.loads(line)["number"]
    if number > 1: say(number=number)
"""
)


@asynccontextmanager
async def begun(code: str, at: Path) -> AsyncIterator[tuple[Worker, Process]]:
    """A worker that does in a folder what the code says, and its process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdin=PIPE, stdout=PIPE, cwd=at
    )
    worker = Worker(process)
    try:
        yield worker, process
    finally:
        await worker.end(0)


async def test_a_worker_that_ended_is_not_waited_for(tmp_path: Path) -> None:
    """Nobody will answer: that is said at once, not after the time an answer may take."""
    async with begun(ENDS, tmp_path) as (worker, _):
        assert await worker.ended() == 0

        async with asyncio.timeout(ANSWERED / 2):
            with pytest.raises(WorkerLost, match="has ended"):
                await worker.ask("figures")

        assert not worker.serves


async def test_a_worker_that_begins_is_asked_when_it_serves(tmp_path: Path) -> None:
    """The time it has for an answer is not spent on its beginning."""
    async with begun(SLOW_TO_BEGIN, tmp_path) as (worker, _):
        asking = asyncio.create_task(worker.ask("reload"))
        await asyncio.sleep(0)
        assert not worker.serves
        (tmp_path / "begin").touch()

        assert await asking == {"number": 1, "early": False}


async def test_a_worker_that_never_serves_holds_up_no_reload(tmp_path: Path) -> None:
    """It may have read what is no longer so: it is ended, and its keeper begins another."""
    async with begun(SLOW_TO_BEGIN, tmp_path) as (worker, _):
        with pytest.raises(WorkerLost, match="does not begin"):
            await worker.ask("reload", begun=0.05)

        assert await worker.ended() == -signal.SIGKILL


async def test_a_worker_that_serves_and_says_nothing_is_told_of(tmp_path: Path) -> None:
    """It may have done what it was asked: that is another thing than to have ended."""
    async with begun(SILENT_AT_FIRST, tmp_path) as (worker, _):
        await worker.ready()

        with pytest.raises(WorkerSilent, match=r"said nothing within 0\.05 s"):
            await worker.ask("reload", answered=0.05)

        assert worker.serves


async def test_an_answer_that_comes_as_the_asker_leaves_is_dropped(tmp_path: Path) -> None:
    """The worker is heard on: the next letter is answered."""
    async with begun(SILENT_AT_FIRST, tmp_path) as (worker, process):
        await worker.ready()
        asking = asyncio.create_task(worker.ask("figures"))
        await asyncio.sleep(0.01)
        assert process.stdout is not None
        process.stdout.feed_data(line_of({"number": 1}))
        asking.cancel()

        assert await worker.ask("figures") == {"number": 2}
