"""The file of an SQLite database: never made by the way, and known again by device and inode."""

from collections.abc import MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, PoolProxiedConnection, event
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

_OPENED = "certhub.opened_file"


class DatabaseGone(OSError):
    """The file that was opened is no longer at its path: what is written to it is lost."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file as a connection found it."""

    path: Path
    device: int
    inode: int


_NONE = OpenedFile(Path(), 0, 0)


@dataclass(frozen=True, slots=True)
class _Known:
    """A file in its place, and what was written to it last, if that isn't in it yet."""

    file: OpenedFile
    wal: OpenedFile | None


def file_of(url: URL) -> Path | None:
    """Where the database lies; `None` for one in memory and for SQLite's own `file:` names."""
    name = url.database
    if not name or name == ":memory:" or name.startswith("file:"):
        return None
    return Path(name).absolute()


def only_open(engine: Engine, file: Path) -> None:
    """Let connections open the file where there is one: SQLite itself would make an empty one."""

    def open_(
        _dialect: Dialect,
        entry: ConnectionPoolEntry,
        names: list[str],
        options: MutableMapping[str, Any],
    ) -> None:
        with suppress(FileNotFoundError):  # SQLite says so itself
            entry.info[_OPENED] = _found(file)
        names[0] = f"{file.as_uri()}?mode=rw"
        options["uri"] = True

    def make_sure(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        try:
            check_in_place(entry.info.get(_OPENED, _NONE))
        except DatabaseGone:
            connection.close()  # the pool would forget it open
            raise

    event.listen(engine, "do_connect", open_)
    event.listen(engine, "connect", make_sure)


def give_way(engine: AsyncEngine) -> None:
    """Let a connection whose file is lost be closed and made anew when it is next asked for.

    Without it, each of them fails once, or all have to be dropped, those that are in use included.
    No connection is made to another file beside the lost one's `-wal`: SQLite would mix the two.
    """
    known: _Known | None = None

    def look(_connection: DBAPIConnection, entry: ConnectionPoolEntry, _: object) -> None:
        nonlocal known
        opened: OpenedFile | None = entry.info.get(_OPENED)
        if opened is None:
            return
        try:
            check_in_place(opened)
        except DatabaseGone as gone:
            raise DisconnectionError(str(gone)) from None
        known = _Known(opened, _found_if_any(Path(f"{opened.path}-wal")))

    def refuse(*_: object) -> None:
        if known is None or known.wal is None or _found_if_any(known.wal.path) != known.wal:
            return
        if _found_if_any(known.file.path) not in (None, known.file):
            name = known.file.path.name
            raise DatabaseGone(
                f"replaced beside the old one's {name}-wal: put the old one back, or take {name}-wal"
                f" and {name}-shm away, too"
            )

    event.listen(engine.sync_engine, "checkout", look)
    event.listen(engine.sync_engine, "do_connect", refuse)


def opened_file(connection: Connection) -> OpenedFile | None:
    """The file that a connection has open; `None` where it has none."""
    found: OpenedFile | None = connection.info.get(_OPENED)
    return found


def file_opened_by(connection: PoolProxiedConnection) -> OpenedFile | None:
    """The same of a connection that is its driver's own."""
    found: OpenedFile | None = connection.info.get(_OPENED)
    return found


def check_in_place(opened: OpenedFile) -> None:
    """Raises `DatabaseGone` where the path names no file now, or another one."""
    try:
        found = opened.path.stat()
    except FileNotFoundError:
        raise DatabaseGone("deleted") from None
    if found.st_ino != opened.inode or found.st_dev != opened.device:
        raise DatabaseGone("replaced")


def _found_if_any(file: Path) -> OpenedFile | None:
    try:
        return _found(file)
    except FileNotFoundError:
        return None


def _found(file: Path) -> OpenedFile:
    found = file.stat()
    return OpenedFile(file, found.st_dev, found.st_ino)
