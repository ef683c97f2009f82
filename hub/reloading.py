"""Reload across processes: `certhub reload` signals the running hub and reads what became of it."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

import structlog

from hub.compose import Hub
from hub.declarations.live import ReloadReport

log = structlog.get_logger("certhub.reload")


class NotRunning(Exception):
    """There is no running hub to reload."""


def process_file(data: Path) -> Path:
    """Where a running hub leaves its process number."""
    return data / "hub.pid"


def report_file(data: Path) -> Path:
    """Where a running hub leaves the report of its last reload."""
    return data / "reload.json"


@contextmanager
def reloading_on_hangup(hub: Hub) -> Iterator[None]:
    """While open, SIGHUP makes the hub reload its declarations and leave a report."""
    loop, data = asyncio.get_running_loop(), hub.settings.data
    running: set[asyncio.Task[None]] = set()

    def start() -> None:
        task = loop.create_task(_reload(hub))
        running.add(task)
        task.add_done_callback(running.discard)

    data.mkdir(parents=True, exist_ok=True)
    process_file(data).write_text(str(os.getpid()), "ascii")
    loop.add_signal_handler(signal.SIGHUP, start)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        process_file(data).unlink(missing_ok=True)


async def _reload(hub: Hub) -> None:
    report = await hub.reload()
    if report.taken:
        log.info("reloaded", platforms=report.platforms, interfaces=report.interfaces)
    else:
        log.error("reload refused, the old set stays", why=report.refused)
    file = report_file(hub.settings.data)
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(report)), "utf-8")
    fresh.replace(file)


def ask_to_reload(data: Path, patience: float = 10.0) -> ReloadReport:
    """Signal the hub that runs on this data folder, and wait for its report.

    Raises `NotRunning` where none runs or none answers within `patience` seconds.
    """
    process = _process(data)
    file = report_file(data)
    file.unlink(missing_ok=True)
    try:
        os.kill(process, signal.SIGHUP)
    except ProcessLookupError:
        raise NotRunning(f"the hub (process {process}) has gone; start it: certhub serve") from None
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with suppress(FileNotFoundError):
            return _report(json.loads(file.read_text("utf-8")))
        time.sleep(0.05)
    raise NotRunning(f"the hub (process {process}) did not answer within {patience:g} s")


def _process(data: Path) -> int:
    try:
        return int(process_file(data).read_text("ascii"))
    except (FileNotFoundError, ValueError):
        raise NotRunning(
            f"no hub runs on the data folder {data}; start it: certhub serve, or set CERTHUB_DATA"
        ) from None


def _report(given: dict[str, list[str] | str | None]) -> ReloadReport:
    refused = given["refused"]
    changed = {
        name: tuple(given[name] or ()) for name in ("platforms", "interfaces", "restart_for")
    }
    return ReloadReport(None if refused is None else str(refused), **changed)
