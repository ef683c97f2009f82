"""The hub without its records, which nobody else can have: what do they cost?"""

import logging
import os

from hub.commands.logging import log_to_stderr
from hub.commands.running import (
    LONGEST_END,
    address,
    grace,
    listening,
    run,
    served,
    stopped_by_signal,
)
from hub.settings import Settings, read_settings
from resolvers.app import make_app


class Nothing:
    """Keeps nothing of what is disclosed."""

    def __init__(self, *_: object) -> None:
        """It needs no trail and no names."""

    async def keep(self, *_: object) -> None:
        """Return at once."""


def main() -> None:
    """Serve until SIGTERM, as the environment says."""
    log_to_stderr(logging.WARNING)
    run(_serve(read_settings(os.environ)))


async def _serve(settings: Settings) -> None:
    app = make_app(settings, records=Nothing)
    with stopped_by_signal(LONGEST_END) as stopped, listening("127.0.0.1", 0) as listener:
        async with app.router.lifespan_context(app), served(app, listener, grace(settings)):
            print(address(listener), flush=True)
            await stopped.wait()


if __name__ == "__main__":
    main()
