"""How a command logs: one line per event on stderr, for a person to read."""

import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog
from structlog.typing import Processor

from hub.places import place_of


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send our events to stderr, and the libraries' warnings after them.

    What an exception says is left out, as it may hold what a caller gave: kind and place stay.
    """
    structlog.configure(
        processors=_processors(colours=sys.stderr.isatty()),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Unfailing(sys.stderr))),
    )
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)


def _processors(*, colours: bool) -> list[Processor]:
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
        structlog.dev.ConsoleRenderer(colors=colours, pad_event_to=0),
    ]


class _Unfailing:
    """A stream on which a line that nobody takes, as on a full disk, is lost and ends nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


class _Libraries(logging.Handler):
    """Takes what libraries log into our own log."""

    def emit(self, record: logging.LogRecord) -> None:
        fields = {"by": record.name, **_where(record)}
        structlog.get_logger("certhub.libraries").log(record.levelno, _said(record), **fields)


def _said(record: logging.LogRecord) -> str:
    """The first line, without what it quotes: asyncio prints tasks, exceptions and arguments."""
    line = record.getMessage().partition("\n")[0]
    return line.partition("(")[0].partition("<")[0].rstrip() if record.name == "asyncio" else line


def _where(record: logging.LogRecord) -> dict[str, str]:
    if not record.exc_info or record.exc_info[0] is None:
        return {}
    kind, _, trace = record.exc_info
    return {"kind": kind.__name__, "at": place_of(trace)}
