"""One worker process as its keeper knows it: told what to do by letters, and heard."""

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from typing import Self

from hub.workers.letters import LONGEST, Letter, line_of, next_letter

MODULE = "hub.commands.worker"
BEGUN = 20.0
"""Seconds a worker that is asked something has to begin to serve, if it does not yet."""
ANSWERED = 10.0
"""Seconds a worker that serves has to answer a letter."""


class WorkerLost(Exception):
    """The worker has ended, or does not answer."""


class WorkerSilent(WorkerLost):
    """The worker serves, and has not said whether it did what it was asked."""


class Worker:
    """A process that serves on the keeper's socket until it is told to end."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._asked = 0
        self._answers: dict[int, asyncio.Future[Letter]] = {}
        self._ready = asyncio.get_running_loop().create_future()
        self._hearing = asyncio.create_task(self._hear(), name="worker")

    @classmethod
    async def begun(cls, terms: Letter, listener: socket.socket) -> Self:
        """A worker that has been told its terms, and has the socket that all listen on."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            MODULE,
            stdin=PIPE,
            stdout=PIPE,
            pass_fds=[listener.fileno()],
            limit=LONGEST,
        )
        worker = cls(process)
        worker._write({**terms, "listener": listener.fileno()})
        return worker

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    async def ready(self) -> None:
        """Return when it serves; raises `WorkerLost` where it ended before."""
        await asyncio.shield(self._ready)

    @property
    def serves(self) -> bool:
        """Whether it has begun to serve, and has not ended."""
        return self._ready.done() and not self._hearing.done()

    async def ask(self, what: str, begun: float = BEGUN, answered: float = ANSWERED) -> Letter:
        """Its answer to a letter, once it serves; raises `WorkerLost` where none comes.

        One that does not serve within `begun` seconds is killed: another begins in its place. One
        that serves and does not answer within `answered` seconds is `WorkerSilent`.
        """
        await self._served(begun)
        if self._hearing.done():
            raise WorkerLost(f"worker {self.pid} has ended")
        self._asked += 1
        number = self._asked
        answer: asyncio.Future[Letter] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        self._write({"do": what, "number": number})
        try:
            async with asyncio.timeout(answered):
                return await answer
        except TimeoutError:
            raise WorkerSilent(
                f"worker {self.pid} said nothing within {answered:g} s: it may serve by the old "
                "set or by the new one; certhub reload asks again"
            ) from None
        finally:
            del self._answers[number]

    async def _served(self, within: float) -> None:
        try:
            async with asyncio.timeout(within):
                await self.ready()
        except TimeoutError:
            self._kill()
            raise WorkerLost(f"worker {self.pid} does not begin to serve") from None

    async def ended(self) -> int:
        """The code it ended with."""
        await asyncio.shield(self._hearing)
        return await self._process.wait()

    async def end(self, within: float) -> None:
        """Tell it to end; one that does not within so many seconds is killed."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(within):
                await self.ended()
        except TimeoutError:
            self._kill()
            await self.ended()

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()

    def _write(self, letter: Letter) -> None:
        assert self._process.stdin is not None, "opened as a pipe"
        self._process.stdin.write(line_of(letter))

    async def _hear(self) -> None:
        assert self._process.stdout is not None, "opened as a pipe"
        while letter := await next_letter(self._process.stdout):
            if letter.get("ready"):
                self._ready.set_result(None)
            else:
                self._hand_on(letter)
        self._lose(f"worker {self.pid} has ended")

    def _hand_on(self, answer: Letter) -> None:
        waiting = self._answers.get(answer["number"])
        if waiting is not None and not waiting.done():  # who asked may be about to leave
            waiting.set_result(answer)

    def _lose(self, why: str) -> None:
        waiting: Sequence[asyncio.Future[Letter] | asyncio.Future[None]]
        waiting = [self._ready, *self._answers.values()]
        for one in waiting:
            if not one.done():
                one.set_exception(WorkerLost(why))
                one.exception()  # seen by whoever waits; no loss where nobody does
