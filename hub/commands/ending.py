"""The last resort of a process that was told to end: a database that went silent holds it up for ever."""

import os
import threading

from hub.commands.terminal import aside, plain

_HEARD = 1.0
"""Seconds that the word it ends with may take."""


def end_within(seconds: float) -> None:
    """End this process after so many seconds as it stands, unless it has ended by then.

    As after kill -9 nothing is lost: what was handed over had been recorded before.
    """
    # A thread: the loop may be held up, or closed already and waiting for what never ends.
    waiting = threading.Timer(seconds, _end, [seconds])
    waiting.daemon = True
    waiting.start()


def _end(seconds: float) -> None:
    # A thread, too: who reads stderr may have gone, or read no more.
    saying = threading.Thread(target=_say, args=[seconds], daemon=True)
    saying.start()
    saying.join(_HEARD)
    os._exit(1)


def _say(seconds: float) -> None:
    plain(
        aside(),
        f"certhub: not everything had ended {seconds:g} s after it was told to; it is cut off. "
        "Nothing is lost. certhub doctor says whether the database answers.",
    )
