"""The desk's registry is read anew when its files change; a broken one is refused."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from hub.declarations.words import ConfigurationError
from hub.desk.desk import Desk
from hub.desk.registry import Registry

LOOK_EVERY = 1.0
"""Seconds between two looks at the files."""

_log = structlog.get_logger()
_Stamp = tuple[int, int, int] | None


@asynccontextmanager
async def registry_reloading(
    desk: Desk, read: Callable[[], Registry], files: Sequence[Path]
) -> AsyncIterator[Callable[[], None]]:
    """While open, the desk goes by what `read` gives, again whenever a file changes.

    What it yields has it read at once, changed or not. Where `read` raises `ConfigurationError`,
    that is logged, and the desk goes by the old one.
    """
    reloads = _Reloads(desk, read, files)
    watching = asyncio.create_task(reloads.watch(), name="desk registry")
    try:
        yield reloads.ask
    finally:
        watching.cancel()
        await asyncio.wait([watching])


class _Reloads:
    """Reads the registry when asked to, or when a file isn't what it was."""

    def __init__(self, desk: Desk, read: Callable[[], Registry], files: Sequence[Path]) -> None:
        self._desk = desk
        self._read = read
        self._files = files
        self._seen: Sequence[_Stamp] = ()  # so that a change since the start is seen, too
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Read now, changed or not."""
        self._asked.set()

    async def watch(self) -> None:
        """Look at the files for ever."""
        while True:
            await self._look()
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._asked.wait()
            except TimeoutError:
                continue

    async def _look(self) -> None:
        # Before reading: what changes meanwhile is read again.
        stamps = await asyncio.to_thread(lambda: [_stamp(file) for file in self._files])
        if stamps == self._seen and not self._asked.is_set():
            return
        self._seen = stamps
        self._asked.clear()
        try:
            self._desk.registry = await asyncio.to_thread(self._read)
        except ConfigurationError as error:
            _log.error("desk_registry_refused", why=str(error), mend="the old one stays")
        else:
            _log.info("desk_registry_read", units=len(self._desk.registry.issues))


def _stamp(file: Path) -> _Stamp:
    """What changes when a file is written or replaced; `None` where it can't be looked at."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
