"""The benchmarks run end to end, count rightly, and leave nothing running; no timing is asserted."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic, sleep

import pytest

from benchmarks.report import percentile
from benchmarks.requests import Request, WrongAnswer

pytestmark = pytest.mark.slow

COMMAND = (sys.executable, "-m", "benchmarks", "--rounds", "1", "--seconds")


def run(folder: Path, *scenarios: str) -> dict[str, dict[str, list[dict[str, object]]]]:
    """The raw figures of a short run, by scenario."""
    file = folder / "figures.json"
    command = [*COMMAND, "0.3", "--json", str(file), "--scenario", *scenarios]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    figures: dict[str, dict[str, list[dict[str, object]]]] = json.loads(file.read_text("utf-8"))[
        "scenarios"
    ]
    return figures


def children_of(pid: int) -> list[int]:
    """The platforms, the hub, and multiprocessing's own tracker of resources."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text("ascii").split()]


def has_begun(folder: Path) -> bool:
    """Whether a hub that keeps its database below the folder has recorded a lookup."""
    for file in folder.glob("*/data/certhub.db"):
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(file)) as database:
            return bool(database.execute("SELECT count(*) FROM disclosures").fetchone()[0])
    return False


def wait_until(true: Callable[[], bool]) -> None:
    deadline = monotonic() + 60
    while not true():
        assert monotonic() < deadline, "it did not come about within a minute"
        sleep(0.05)


def test_a_run_counts_lookups_calls_and_records(tmp_path: Path) -> None:
    """Half fall through: a batch platform takes 2 calls for 100 lookups; every lookup is on record."""
    figures = run(tmp_path, "half-batch-0", "half-gateway-0")

    assert list(figures) == ["half-batch-0", "half-gateway-0"]
    for window in (windows[0] for each in figures.values() for windows in each.values()):
        assert window["lookups"] == window["records"] == 100 * int(str(window["answers"]))
    assert figures["half-batch-0"]["alone"][0]["calls"] == 0.02
    assert figures["half-gateway-0"]["crowd"][0]["calls"] == 1.5
    assert figures["half-gateway-0"]["crowd"][0]["callers"] == 4


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

    assert len(children) == 3
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))
    if number is not signal.SIGKILL:
        assert told == "benchmarks: stopped; nothing is left running.\n"
        assert list(tmp_path.iterdir()) == []


def test_an_answer_that_lacks_a_lookup_ends_the_run() -> None:
    """Figures of wrong answers are no figures."""
    request = Request(b"", ("province", "municipality"))

    with pytest.raises(WrongAnswer, match="1 of 2 lookups were found"):
        request.glance(b'{"data":{"outcomes":[{"__typename":"Found"},{"__typename":"NotHeld"}]}}')


def test_percentiles_are_values_that_were_measured() -> None:
    """The nearest rank: p50 of four is the second, p99 the last."""
    assert [percentile([4, 1, 3, 2], share) for share in (0.5, 0.99, 1.0)] == [2, 4, 4]
