"""Contenders as processes: each on its core, ready when it has told its URL, ended with the run."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from benchmarks.contenders import Contender
from benchmarks.processes import PATIENCE, NotStarted

_LOOK = 0.05
_SHOWN = 2000
"""Characters of what a process wrote that are shown where it did not start."""


@dataclass(frozen=True, slots=True)
class Server:
    """A contender that is up."""

    contender: Contender
    url: str
    pid: int
    wrote: Path | None = None  # what it writes to stderr

    def last_words(self) -> str:
        """The end of what it wrote, for whoever has to find out what went wrong."""
        text = self.wrote.read_text("utf-8", errors="replace") if self.wrote else ""
        return f"; it wrote: {text[-_SHOWN:].strip()}" if text.strip() else ""


@contextmanager
def launched(contender: Contender, core: int, folder: Path) -> Iterator[Server]:
    """Start it; raises `NotStarted` with its last words where it ends or says nothing."""
    said, wrote = folder / f"{contender.name}.out", folder / f"{contender.name}.err"
    pinned = (sys.executable, "-m", "benchmarks.servers.pinned", str(core))
    with said.open("wb") as out, wrote.open("wb") as err:
        process = subprocess.Popen(
            (*pinned, *contender.command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=contender.folder,
            env={**os.environ, **_found_from_anywhere(), **contender.environ},
            start_new_session=True,  # Ctrl-C is for the run, which then ends this in order
        )
    try:
        url = _url(contender.name, process, said, wrote)
        yield Server(contender, url, process.pid, wrote)
    finally:
        _end(process)


def _found_from_anywhere() -> dict[str, str]:
    here = str(Path(__file__).parent.parent)
    return {"PYTHONPATH": os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))}


def _url(name: str, process: subprocess.Popen[bytes], said: Path, wrote: Path) -> str:
    until = monotonic() + PATIENCE
    while monotonic() < until:
        line, newline, _ = said.read_text("utf-8").partition("\n")
        if newline:
            return line.strip()
        if process.poll() is not None:
            raise NotStarted(f"{name} did not start: {wrote.read_text('utf-8')[-_SHOWN:]}")
        sleep(_LOOK)
    raise NotStarted(f"{name} was not ready within {PATIENCE:g} s; is the machine busy?")


def _end(process: subprocess.Popen[bytes]) -> None:
    """It and what it started: all are in the session that was made for it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
