"""The hub as `certhub serve` runs it, on a free port; tells its URL on stdout."""

import logging
import os

from hub.commands.logging import log_to_stderr
from hub.commands.running import LONGEST_END, address, face_open, listening, run, stopped_by_signal
from hub.settings import Settings, read_settings


def main() -> None:
    """Serve until SIGTERM, as the environment says."""
    log_to_stderr(logging.WARNING)
    run(_serve(read_settings(os.environ)))


async def _serve(settings: Settings) -> None:
    with stopped_by_signal(LONGEST_END) as stopped, listening("127.0.0.1", 0) as listener:
        async with face_open(settings, listener):
            print(address(listener), flush=True)
            await stopped.wait()


if __name__ == "__main__":
    main()
