"""The clock of a platform's server, as its answers tell it."""

import time
from collections.abc import Callable

_NOTICEABLE = 2.0  # seconds; the Date header has whole seconds, and the way takes time too
_CREDIBLE = 100 * 365 * 86_400.0  # seconds; no server is a century off


class ServerClock:
    """Our clock plus the learned offset of the server's."""

    def __init__(self, ours: Callable[[], float] = time.time) -> None:
        self._ours = ours
        self.offset = 0.0  # seconds; positive where the server is ahead

    def now(self) -> float:
        """The server's time in epoch seconds."""
        return self._ours() + self.offset

    def now_ms(self) -> str:
        """The server's time as the 13 digits of a `requestTime`."""
        return str(int(self.now() * 1000))

    def learn(self, server_time: float | None) -> bool:
        """Take over the server's time; true where that moved the clock noticeably."""
        if server_time is None or not _NOTICEABLE <= abs(server_time - self.now()) < _CREDIBLE:
            return False
        self.offset = server_time - self._ours()
        return True
