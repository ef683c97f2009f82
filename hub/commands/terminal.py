"""Where the commands write: answers to stdout, everything else to stderr."""

import os
import sys
from typing import TextIO

from rich.console import Console

WIDE = 140
"""Columns where no terminal says how many it has."""


def out() -> Console:
    """For what was asked for."""
    return Console(highlight=False, width=_width(sys.stdout))


def aside() -> Console:
    """For progress, remarks and errors: never mixed into an answer that is piped on."""
    return Console(stderr=True, highlight=False, width=_width(sys.stderr))


def _width(stream: TextIO) -> int | None:
    return None if stream.isatty() or "COLUMNS" in os.environ else WIDE


def plain(console: Console, text: str = "") -> None:
    """A text as it stands: no markup, no wrapping, ready to be copied."""
    console.print(text, markup=False, soft_wrap=True)
