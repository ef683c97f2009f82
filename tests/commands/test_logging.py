"""What the commands log."""

import asyncio
import gc
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from hub.commands.logging import log_to_stderr


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Both logs as they were before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_an_exception_is_logged_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a library's exception the log has kind and place, not the text: it may name somebody."""
    log_to_stderr()
    try:
        raise ValueError("33020019611117800X")
    except ValueError:
        logging.getLogger("library").exception("it failed")

    said = capsys.readouterr().err
    assert "it failed" in said
    assert "by=library" in said
    assert "kind=ValueError" in said
    assert "at=test_logging.py:" in said
    assert "33020019611117800X" not in said


def test_a_task_nobody_looked_at_is_logged_without_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """asyncio prints the task with its exception after the first line: kind and place stay."""
    log_to_stderr()

    async def fails() -> None:
        raise ValueError("33020019611117800X")

    async def leaves_it() -> None:
        task = asyncio.create_task(fails())
        await asyncio.wait([task])
        del task
        gc.collect()

    asyncio.run(leaves_it())

    said = capsys.readouterr().err
    assert "Task exception was never retrieved" in said
    assert "kind=ValueError" in said
    assert "at=test_logging.py:" in said
    assert "33020019611117800X" not in said


def test_a_callback_that_fails_is_logged_without_its_arguments(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """asyncio quotes a callback's arguments on the first line."""
    log_to_stderr()

    async def calls() -> None:
        asyncio.get_running_loop().call_soon(int, "33020019611117800X")
        await asyncio.sleep(0)

    asyncio.run(calls())

    said = capsys.readouterr().err
    assert "Exception in callback" in said
    assert "kind=ValueError" in said
    assert "33020019611117800X" not in said


def test_what_a_library_says_in_passing_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Below a warning only our own events are logged."""
    log_to_stderr()

    logging.getLogger("library").info("hello")
    structlog.get_logger("certhub").info("our own event", rows=3)

    said = capsys.readouterr().err
    assert "hello" not in said
    assert "our own event" in said
    assert "rows=3" in said


def test_a_quiet_command_logs_warnings_only(capsys: pytest.CaptureFixture[str]) -> None:
    """With a higher level our own lesser events are left out as well."""
    log_to_stderr(logging.WARNING)

    structlog.get_logger("certhub").info("our own event")

    assert capsys.readouterr() == ("", "")


def test_a_log_that_takes_no_line_ends_nothing() -> None:
    """On a full disk our own events, a library's and a callback's failure are lost, and work goes on."""
    works = """
import asyncio, logging, structlog
from hub.commands.logging import log_to_stderr

async def works():
    structlog.get_logger("certhub").error("x" * 100_000)
    logging.getLogger("library").error("y" * 100_000)
    asyncio.get_running_loop().call_soon(int, "no number")
    await asyncio.sleep(0.01)
    print("went on", flush=True)

log_to_stderr()
asyncio.run(works())
"""
    with Path("/dev/full").open("w") as full:
        # Its end is an error: Python itself can't tell what is left in stderr.
        words = [sys.executable, "-c", works]
        done = subprocess.run(words, check=False, stdout=subprocess.PIPE, stderr=full, timeout=30)

    assert done.stdout == b"went on\n"
