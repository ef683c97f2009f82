"""The door: no more requests inside than can be served in time, and no more of one caller than allowed."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import NoReturn

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from hub.declarations.words import ConfigurationError
from resolvers.errors import CallerError, Code
from resolvers.places import Places
from resolvers.room import Room

WAIT = 1
"""Seconds after which to come again, where the hub is full."""

_SHARE = "This key has half of the places inside, and others want some too."


class TurnedAway(Exception):
    """The request was not let in: its status, why, and after how many seconds to come again."""

    def __init__(self, status: int, code: Code, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much one key may do in a time, or all it wants."""

    item: RateLimitItem | None

    @classmethod
    def read(cls, text: str | None, setting: str) -> "Allowance":
        """An allowance such as `200/second`; anything else is a `ConfigurationError`."""
        if text is None:
            return cls(None)
        try:
            return cls(parse(text))
        except ValueError:
            raise ConfigurationError(
                f"environment: {setting} is {text!r}. Allowed: a number in a time, such as "
                "200/second, 5000/minute or 1000000/day"
            ) from None


def _never_late() -> float:
    return 0.0


class Door:
    """Lets requests in.

    `most` may be inside at once, and fewer while the loop is `late` (in seconds): who comes then would
    wait longer than a query may take. `requests` and `lookups` are what one key may ask in a
    time. `shed` is told the reason whenever somebody is turned away.
    """

    def __init__(
        self,
        most: int,
        requests: Allowance,
        lookups: Allowance,
        shed: Callable[[str], None],
        late: Callable[[], float] = _never_late,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places = Places(most, clock)
        self._room = Room(most, late, clock)
        self._requests = requests
        self._lookups = lookups
        self._shed = shed
        self._windows = FixedWindowRateLimiter(MemoryStorage())

    @property
    def inside(self) -> int:
        """How many requests are inside."""
        return self._places.inside

    def entered(self, key: str) -> "Entered":
        """Inside as long as this is open; raises `TurnedAway` where it is full, or full of this key.

        While other keys come too, one key has at most half of the places.
        """
        return Entered(self, key)

    def enter(self, key: str) -> None:
        """Take a place, which is to be given back with `leave`; raises as `entered`."""
        has_its_share = self._places.come(key)
        if self._places.full:
            self._turn_away("full")
        if has_its_share:
            self._shed("share")
            raise TurnedAway(429, Code.RATE_LIMITED, _SHARE, WAIT)
        if not self._room.holds(self.inside):
            self._turn_away("late")
        self._places.take(key)

    def leave(self, key: str) -> None:
        """Give a place back."""
        self._places.leave(key)

    def _turn_away(self, reason: str) -> NoReturn:
        self._shed(reason)
        raise TurnedAway(
            503, Code.OVERLOADED, "The hub has as many requests as it can serve.", WAIT
        )

    def request_of(self, key: str) -> None:
        """Count a request of a key; raises `TurnedAway` where it has had its share."""
        if self._requests.item is None:
            return
        wait = self._excess(self._requests.item, key, "request", 1)
        if wait is not None:
            self._shed("requests")
            raise TurnedAway(
                429,
                Code.RATE_LIMITED,
                f"This key may make {self._requests.item} requests.",
                wait,
            )

    def lookups_of(self, key: str, lookups: int) -> None:
        """Count lookups of a key; raises `CallerError` where it has had its share."""
        if self._lookups.item is None:
            return
        wait = self._excess(self._lookups.item, key, "lookup", lookups)
        if wait is not None:
            self._shed("lookups")
            raise CallerError(
                Code.RATE_LIMITED,
                f"This key may make {self._lookups.item} lookups.",
                f"Ask again in {wait} s, or have the hub's operator allow more.",
            )

    def _excess(self, item: RateLimitItem, key: str, what: str, count: int) -> int | None:
        """Seconds until the key may go on, where it has had its share; none where it may.

        Who is refused has used nothing of it up.
        """
        if self._windows.test(item, what, key, cost=count):
            self._windows.hit(item, what, key, cost=count)
            return None
        reset = self._windows.get_window_stats(item, what, key).reset_time
        return max(1, math.ceil(reset - time.time()))


class Entered:
    """A visit: the place is taken as it begins, and given back as it ends.

    A generator would do the same at three times the cost.
    """

    __slots__ = ("_door", "_key")

    def __init__(self, door: Door, key: str) -> None:
        self._door = door
        self._key = key

    def __enter__(self) -> None:
        self._door.enter(self._key)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._door.leave(self._key)
