"""Contenders as processes: ready when they have told their URL, ended with the run, and told why not."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic, sleep

import orjson
import pytest

from benchmarks.contenders import Asked, Contender, Form, Way
from benchmarks.launching import launched
from benchmarks.machine import family, family_cpu_seconds, family_mb
from benchmarks.processes import NotStarted

UP = "print('http://127.0.0.1:1', flush=True); import time; time.sleep(60)"
WITH_A_CHILD = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); {UP}"


def contender(script: str) -> Contender:
    """A server that is this script."""

    def body(_: Form, __: Way, ___: Sequence[Asked]) -> bytes:
        return b""

    def read(answer: bytes) -> Sequence[Mapping[str, object]]:
        return list(orjson.loads(answer))

    return Contender("script", "a script", (sys.executable, "-c", script), body, read)


def test_a_server_is_ready_when_it_tells_its_url_and_ends_with_the_run(tmp_path: Path) -> None:
    """On its core, with what it starts counted as its own; afterwards none of them is left."""
    core = min(os.sched_getaffinity(0))

    with launched(contender(WITH_A_CHILD), core, tmp_path) as server:
        pids = family(server.pid)
        used, held = family_cpu_seconds(server.pid), family_mb(server.pid)
        cores = [os.sched_getaffinity(pid) for pid in pids]

    assert server.url == "http://127.0.0.1:1"
    assert len(pids) == 2
    assert cores == [{core}, {core}]
    assert used > 0
    assert held > 5
    until = monotonic() + 10
    while any(_runs(pid) for pid in pids):
        assert monotonic() < until, "something is left running"
        sleep(0.05)


def _runs(pid: int) -> bool:
    """Whether it does anything yet: where nobody reaps an orphan it stays as a name only."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text("utf-8")
    except FileNotFoundError:
        return False


def test_a_server_that_does_not_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    """What it wrote to stderr is what whoever measures has to read."""
    script = contender("import sys; sys.exit('no room for me')")

    with (
        pytest.raises(NotStarted, match="script did not start: no room for me"),
        launched(script, min(os.sched_getaffinity(0)), tmp_path),
    ):
        pass
