"""Letters between a worker and its keeper: one JSON object a line."""

from asyncio import StreamReader
from collections.abc import Mapping
from typing import Any

import orjson

LONGEST = 16_000_000
"""Bytes of a line; the figures of all workers are the longest."""

Letter = dict[str, Any]


def line_of(letter: Mapping[str, object]) -> bytes:
    """The letter as one line."""
    return orjson.dumps(letter) + b"\n"


async def next_letter(reader: StreamReader) -> Letter | None:
    """The next letter; none where the other side has ended, however abruptly."""
    try:
        line = await reader.readline()
    except ConnectionError:
        return None
    if not line.endswith(b"\n"):
        return None
    letter: Letter = orjson.loads(line)
    return letter
