"""What befalls a call: the dials as they stand, and the dice."""

import asyncio
import time
from dataclasses import replace
from enum import StrEnum
from random import Random

from hub.sandbox.dials import Dials


class Fault(StrEnum):
    """What goes wrong with one call that was let in."""

    ERROR = "error"
    CODE = "code"
    GARBAGE = "garbage"
    QUOTA = "quota"


class Weather:
    """The dials of one platform in force; they may be turned at any time."""

    def __init__(self, *words: str) -> None:
        self._dials = Dials()
        self._dice = Random("\x1f".join(words))

    @property
    def dials(self) -> Dials:
        """The dials; `quota` shows the calls left."""
        return self._dials

    def turn(self, dials: Dials) -> None:
        """Set all dials at once."""
        self._dials = dials

    def now(self) -> float:
        """The platform's own clock, in seconds since 1970."""
        return time.time() + self._dials.clock_skew

    async def pass_time(self) -> None:
        """Wait as long as this call is to take; a hanging call waits until its caller leaves."""
        dials = self._dials
        if self._falls(dials.hang_rate):
            await asyncio.Event().wait()
        if dials.latency.ms > 0 or dials.latency.to_ms > 0:
            await asyncio.sleep(dials.latency.seconds(self._dice))

    def fault(self) -> Fault | None:
        """What goes wrong with a call, if anything does; the quota is spent by one."""
        dials = self._dials
        if not self._spend():
            return Fault.QUOTA
        if self._falls(dials.error_rate):
            return Fault.ERROR
        if self._falls(dials.code_rate):
            return Fault.CODE
        return Fault.GARBAGE if self._falls(dials.garbage_rate) else None

    def mistakes_person(self) -> bool:
        """Whether this subject is mistaken for another."""
        return self._falls(self._dials.wrong_person_rate)

    def _spend(self) -> bool:
        quota = self._dials.quota
        if quota is None:
            return True
        if quota == 0:
            return False
        self._dials = replace(self._dials, quota=quota - 1)
        return True

    def _falls(self, rate: float) -> bool:
        return rate > 0 and self._dice.random() < rate
