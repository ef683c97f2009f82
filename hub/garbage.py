"""What begins and ends quickly: no garbage is looked for where there is none."""

import atexit
import gc
from importlib import import_module
from types import ModuleType


def lasting(name: str) -> ModuleType:
    """A module by its name; what was made until it is imported is taken to live as long as the process.

    Looking for garbage among 260,000 objects, none of which is any, took a tenth of a start.
    """
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.enable()
        gc.freeze()


def left_as_it_stands() -> None:
    """At its end the process does not look for garbage either: all its memory goes back at once."""
    atexit.register(gc.freeze)
