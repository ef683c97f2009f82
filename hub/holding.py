"""One hub per data folder: `hub.pid` holds its process number and is locked as long as it lives."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from hub.declarations.words import ConfigurationError

TRIES = 3
"""Who asks for the holder has the lock, too, for an instant; so a hub that starts tries again."""


def process_file(data: Path) -> Path:
    """Where a running hub leaves its process number."""
    return data / "hub.pid"


@contextmanager
def holding(data: Path) -> Iterator[None]:
    """While open no other hub runs on this folder; one that does raises `ConfigurationError`."""
    file = process_file(data)
    try:
        data.mkdir(parents=True, exist_ok=True)
        held = file.open("a+", encoding="ascii")
    except OSError as error:
        raise ConfigurationError(
            f"{file} can't be written ({type(error).__name__}): the hub keeps its process number "
            "there. Let this user write to the folder, or set CERTHUB_DATA."
        ) from None
    with held:
        _lock(held, data)
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        try:
            yield
        finally:
            held.truncate(
                0
            )  # the file stays: who deletes a locked file makes room for a second hub


def holder(data: Path) -> int | None:
    """The process of the hub that runs on this folder; a number left behind by a crash is none."""
    try:
        file = process_file(data).open(encoding="ascii")
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            number = file.read()
            return int(number) if number else None
    return None


def _lock(held: TextIO, data: Path) -> None:
    for _ in range(TRIES):
        try:
            return fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
    held.seek(0)
    raise ConfigurationError(
        f"a hub runs on the data folder {data} already (process {held.read() or 'starting'}). End "
        "it first, or give this one a data folder of its own with --data; several replicas have "
        "one each, and share CERTHUB_DATABASE (PostgreSQL) and CERTHUB_SECRET."
    )
