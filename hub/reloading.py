"""Reload across processes: `certhub reload` signals the running hub and reads what became of it."""

import asyncio
import json
import os
import signal
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import structlog

from hub.declarations.live import ReloadReport
from hub.holding import holder, holding
from hub.settings import Settings

KEPT = 16
"""Reports that are kept, so that each of several who ask at once finds its own."""

PATIENCE = 35.0
"""Seconds that who asks waits: longer than a worker takes to begin, and then may take to answer."""

log = structlog.get_logger("certhub.reload")


class NotReloaded(Exception):
    """No hub took the request to reload, or none answered it; the text says what to do."""


def report_file(data: Path) -> Path:
    """Where a running hub leaves the reports of its last reloads, oldest first."""
    return data / "reload.json"


class Reloads(Protocol):
    """What runs on a data folder and can be told to read it again."""

    @property
    def settings(self) -> Settings:
        """Where the folder is."""
        ...

    async def reload(self) -> ReloadReport:
        """Take in what changed."""
        ...


@asynccontextmanager
async def reloading_on_hangup(hub: Reloads) -> AsyncIterator[None]:
    """While open, SIGHUP makes the hub reload its declarations and leave a report.

    Holds the data folder, too: where another hub runs on it, `ConfigurationError` is raised.
    """
    loop, data = asyncio.get_running_loop(), hub.settings.data
    reloads = _Reloads(hub)
    # Before the process number can be read: a hangup nobody listens to ends the process.
    loop.add_signal_handler(signal.SIGHUP, reloads.ask)
    try:
        with holding(data):
            report_file(data).unlink(missing_ok=True)
            yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        # Not cancelled: a query cut off while its database closes may never end.
        await reloads.done()


class _Reloads:
    """Reloads one after the other, and keeps what became of them."""

    def __init__(self, hub: Reloads) -> None:
        self._hub = hub
        self._asked = False
        self._running: asyncio.Task[None] | None = None
        self._reports: deque[Mapping[str, object]] = deque(maxlen=KEPT)

    def ask(self) -> None:
        """Reload now, or once more after the reload that runs: one more serves all who ask."""
        self._asked = True
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run(), name="reload")

    async def done(self) -> None:
        """Wait for the reload that runs; no other begins."""
        self._asked = False
        if self._running is not None:
            await asyncio.wait([self._running])

    async def _run(self) -> None:
        while self._asked:
            self._asked = False
            await self._reload()

    async def _reload(self) -> None:
        begun = time.monotonic_ns()
        report = await self._hub.reload()
        _log(report)
        self._reports.append({"begun": begun, **asdict(report)})
        self._write()

    def _write(self) -> None:
        file = report_file(self._hub.settings.data)
        fresh = file.with_suffix(".new")
        try:
            fresh.write_text(json.dumps(list(self._reports)), "utf-8")
            fresh.replace(file)
        except OSError as error:
            log.error("reload report not written", kind=type(error).__name__, file=str(file))


def _log(report: ReloadReport) -> None:
    if report.edition_refused is not None:
        log.error("catalogue refused, the old edition stays", why=report.edition_refused)
    if report.taken:
        log.info("reloaded", platforms=report.platforms, interfaces=report.interfaces)
    else:
        log.error("reload refused, the old set stays", why=report.refused)


def ask_to_reload(data: Path, patience: float = PATIENCE) -> ReloadReport:
    """Signal the hub that runs on this data folder, and wait for its report.

    Raises `NotReloaded` where none runs or none answers within `patience` seconds.
    """
    process = _process(data)
    # The clock of the machine, the same for every process: ours is a reload begun from now on.
    asked = time.monotonic_ns()
    _signal(process)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        for report in _reports(data):
            if report["begun"] >= asked:
                return _report(report)
        time.sleep(0.05)
    raise NotReloaded(
        f"the hub (process {process}) did not answer within {patience:g} s; its log says why"
    )


def _process(data: Path) -> int:
    try:
        process = holder(data)
    except PermissionError:
        raise NotReloaded(
            f"the data folder {data} may not be read; run this as the user that the hub runs as"
        ) from None
    if process is None:
        raise NotReloaded(
            f"no hub runs on the data folder {data}; start it: certhub serve, or set CERTHUB_DATA"
        )
    return process


def _signal(process: int) -> None:
    try:
        os.kill(process, signal.SIGHUP)
    except PermissionError:
        raise NotReloaded(
            f"the hub (process {process}) is another user's; run this as the user that it runs as"
        ) from None
    except ProcessLookupError:
        raise NotReloaded(
            f"the hub (process {process}) is not seen from here; run this on the machine, or in "
            "the container, that it runs in"
        ) from None


def _reports(data: Path) -> list[dict[str, Any]]:
    with suppress(FileNotFoundError):
        found: list[dict[str, Any]] = json.loads(report_file(data).read_text("utf-8"))
        return found
    return []


def _report(given: dict[str, Any]) -> ReloadReport:
    names = {name: tuple(given[name]) for name in ("platforms", "interfaces", "restart_for")}
    return ReloadReport(
        given["refused"],
        **names,
        edition=given["edition"],
        edition_refused=given["edition_refused"],
    )
