"""Where an exception came from: file and line, never what it says, which may name somebody."""

from pathlib import PurePath
from types import TracebackType


def place_of(trace: TracebackType | None) -> str:
    """`file.py:line` of the innermost frame; empty where nothing was raised yet."""
    place = ""
    while trace is not None:
        place = f"{PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
