"""`python -m benchmarks.servers.pinned CORE COMMAND…`: becomes that command, on that core, ended with its parent."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Take the core, then become the command; whoever has gone meanwhile ends it at once."""
    core, *command = sys.argv[1:]
    os.sched_setaffinity(0, {int(core)})
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    os.execvp(command[0], command)  # no shell: the words are the room's own


if __name__ == "__main__":
    main()
