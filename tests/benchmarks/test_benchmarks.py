"""The benchmarks run end to end, count rightly, and leave nothing running; no timing is asserted."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import pytest

from benchmarks.ground import Records
from benchmarks.results import Results, read_results

pytestmark = pytest.mark.slow

COMMAND = (sys.executable, "-m", "benchmarks", "--rounds", "1", "--seconds")


def run(folder: Path, *scenarios: str) -> Results:
    """A short run of these."""
    file = folder / "figures.json"
    command = [*COMMAND, "0.3", "--json", str(file), "--scenario", *scenarios]
    done = subprocess.run(command, check=False, capture_output=True, timeout=240, text=True)
    assert done.returncode == 0, done.stderr
    return read_results(file)


def children_of(pid: int) -> list[int]:
    """Platforms, hub, hub without records, two floors, and multiprocessing's own tracker."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text("ascii").split()]


def has_begun(folder: Path) -> bool:
    """Whether a hub that keeps its database below the folder has recorded a lookup."""
    for file in folder.glob("*/data/certhub.db"):
        with suppress(sqlite3.OperationalError):
            return Records(file)() > 0
    return False


def wait_until(true: Callable[[], bool]) -> None:
    deadline = monotonic() + 60
    while not true():
        assert monotonic() < deadline, "it did not come about within a minute"
        sleep(0.05)


def test_a_run_measures_everybody_and_counts_their_calls(tmp_path: Path) -> None:
    """Half fall through: a batch platform takes 2 calls for 100 lookups; ratios that can be are told."""
    results = run(tmp_path, "half-batch-0-alone", "one-gateway-0", "city-gateway-tail")

    who = [(one.scenario.name, one.contender) for one in results.measurements]
    assert who == [
        ("half-batch-0-alone", "certhub"),
        ("one-gateway-0", "certhub"),
        ("one-gateway-0", "bare"),
        ("one-gateway-0", "direct"),
        ("city-gateway-tail", "certhub"),
    ]
    half, one = results.measurements[0].windows[0], results.measurements[1].windows[0]
    assert (half.lookups, half.calls) == (100 * half.requests, 0.02)
    assert (one.lookups, one.calls) == (one.requests, 1.0)
    assert results.ratios["calls_over_least"] == 1.0
    assert results.ratios["one_vs_bare"] is not None
    assert results.ratios["list_vs_hive"] is None
    assert results.skipped == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_stopped_leaves_nothing_running(
    number: signal.Signals, tmp_path: Path
) -> None:
    """Ctrl-C, SIGTERM and even SIGKILL end the hub and the platforms too."""
    command = [*COMMAND, "60", "--scenario", "one-batch-0"]
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ) as stopped:
        wait_until(lambda: has_begun(tmp_path))
        children = children_of(stopped.pid)

        os.kill(stopped.pid, number)
        _, told = stopped.communicate(timeout=60)

    assert len(children) == 6
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))
    if number is not signal.SIGKILL:
        assert told.strip() == "benchmarks: stopped; nothing is left running."
        assert list(tmp_path.iterdir()) == []
