"""The processes under measurement: each on its core, each ended by its own id, whatever happens."""

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any

from benchmarks.machine import pin
from hub.commands.logging import log_to_stderr
from hub.commands.running import LONGEST_END, address, face_open, listening, run, stopped_by_signal
from hub.sandbox.sandbox import Sandbox, SandboxOptions, run_sandbox
from hub.settings import Settings, read_settings

PATIENCE = 30.0
"""Seconds that a process gets to be ready, and again to end."""

Tell = Callable[[object], None]


class NotStarted(Exception):
    """A process ended, or said nothing, before it was ready."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process that is ready, and what it said when it was."""

    pid: int
    said: Any  # a URL, or URLs by name


@contextmanager
def started(name: str, core: int, work: Callable[..., None], *given: object) -> Iterator[Child]:
    """Run `work(tell, *given)` in a process on the core; ready when it has told something."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, core, work, given), name=name)
    process.start()
    theirs.close()
    try:
        assert process.pid is not None, "a started process has an id"
        yield Child(process.pid, _first_word(ours, name))
    finally:
        _end(process)
        ours.close()


def _first_word(pipe: Connection, name: str) -> object:
    try:
        if pipe.poll(PATIENCE):
            return pipe.recv()
    except EOFError:
        raise NotStarted(f"{name} did not start; what it wrote above says why") from None
    raise NotStarted(f"{name} was not ready within {PATIENCE:g} s; is the machine busy?")


def _end(process: BaseProcess) -> None:
    process.terminate()
    process.join(PATIENCE)
    if process.is_alive():
        process.kill()
        process.join()


def _work(pipe: Connection, core: int, work: Callable[..., None], given: tuple[object]) -> None:
    os.setsid()  # Ctrl-C is for the benchmark, which then ends this process in order
    pin(core)
    Thread(target=_end_with_parent, args=(pipe,), daemon=True).start()
    work(partial(_tell, pipe), *given)


def _tell(pipe: Connection, word: object) -> None:
    with suppress(BrokenPipeError):  # nobody waits any more: this process is about to end, too
        pipe.send(word)


def _end_with_parent(pipe: Connection) -> None:
    try:
        pipe.recv()  # nothing is ever sent: this ends when the other side is gone
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)


def serve_platforms(tell: Tell, platforms: Path) -> None:
    """The sandbox platforms on free ports; tells their URLs by name."""

    def ready(sandbox: Sandbox) -> None:
        tell(dict(sandbox.urls))

    run_sandbox(SandboxOptions(ports=None, platforms=platforms), ready)


def serve_hub(tell: Tell, environ: Mapping[str, str]) -> None:
    """The hub as `certhub serve` runs it, on a free port; tells its URL."""
    log_to_stderr(logging.WARNING)
    run(_hub(tell, read_settings(environ)))


async def _hub(tell: Tell, settings: Settings) -> None:
    with stopped_by_signal(LONGEST_END) as stopped, listening("127.0.0.1", 0) as listener:
        async with face_open(settings, listener):
            await asyncio.to_thread(tell, address(listener))
            await stopped.wait()
