"""Runs `certhub` as a person at a terminal does: real processes, their output, Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.plans import PLAN

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended; blanks at the ends of its lines are left out."""

    code: int
    out: str
    err: str


@dataclass(slots=True)
class Begun:
    """A command that goes on until Ctrl-C."""

    process: subprocess.Popen[bytes]
    folder: Path
    ended: Ended | None = field(default=None)

    @property
    def out(self) -> str:
        """What it has said so far."""
        return (self.folder / "out").read_text("utf-8")

    @property
    def err(self) -> str:
        """What it has said on stderr so far."""
        return (self.folder / "err").read_text("utf-8")

    def says(self, pattern: str) -> re.Match[str]:
        """Waits until stdout or stderr match."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            ended = self.process.poll() is not None
            if found := re.search(pattern, self.out) or re.search(pattern, self.err):
                return found
            assert not ended, f"ended with {self.process.returncode}:\n{self.out}\n{self.err}"
            time.sleep(0.02)
        raise AssertionError(f"never said {pattern!r}:\n{self.out}\n{self.err}")

    def interrupt(self) -> Ended:
        """Ctrl-C, and what came of it."""
        if self.ended is None:
            self.process.send_signal(signal.SIGINT)
            code = self.process.wait(PATIENCE)
            self.ended = Ended(code, self.out, self.err)
        return self.ended


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment without any setting of ours but those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CERTHUB_")}
    ours = {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "COLUMNS": "160"}
    return {**kept, **ours, **PLAN, **given}


def command(*words: str | Path) -> list[str]:
    """The words of a command line, as the console script has them."""
    return [sys.executable, "-m", "hub.cli", *map(str, words)]


def certhub(*words: str | Path, at: Path, given: Mapping[str, str] | None = None) -> Ended:
    """Runs a command in a folder until it ends."""
    done = subprocess.run(
        command(*words),
        cwd=at,
        env=environment(given or {}),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    return Ended(done.returncode, _text(done.stdout), _text(done.stderr))


@contextmanager
def running(
    *words: str | Path, at: Path, given: Mapping[str, str] | None = None
) -> Iterator[Begun]:
    """A command that goes on as long as this is open; Ctrl-C ends it."""
    at.mkdir(parents=True, exist_ok=True)
    with (at / "out").open("wb") as out, (at / "err").open("wb") as err:
        process = subprocess.Popen(
            command(*words), cwd=at, env=environment(given or {}), stdout=out, stderr=err
        )
        begun = Begun(process, at)
        try:
            yield begun
            begun.interrupt()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def _text(output: bytes) -> str:
    return "\n".join(line.rstrip() for line in output.decode("utf-8").splitlines())


def sourced(file: Path) -> dict[str, str]:
    """The variables that a file of `export NAME=value` sets in a shell."""
    shown = subprocess.run(
        ["bash", "-c", 'env -i bash -c ". \\"$1\\"; env" - "$1"', "-", str(file)],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    pairs = (line.partition("=") for line in shown.splitlines())
    return {name: value for name, _, value in pairs if name.startswith("CERTHUB_")}
