"""Maintenance windows (维护窗口) of a platform: once, or every day or week at the same hours."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from hub.china import CHINA

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAILY = "day"
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Once:
    """From one moment until another, both with a zone."""

    begins: datetime
    ends: datetime

    def __post_init__(self) -> None:
        if self.begins.tzinfo is None or self.ends.tzinfo is None:
            raise ValueError("a moment needs its zone, such as 2026-12-01T01:00:00+08:00")
        if self.ends <= self.begins:
            raise ValueError("a window ends after it begins")

    def until(self, now: datetime) -> datetime | None:
        """When the window ends that is open now, if it is."""
        return self.ends if self.begins <= now < self.ends else None


@dataclass(frozen=True, slots=True)
class Recurring:
    """Every day, or one day of each week, from one hour until another, in China's time.

    One that ends before the hour at which it begins ends on the next day.
    """

    every: str
    begins: time
    ends: time

    def __post_init__(self) -> None:
        if self.every not in (DAILY, *WEEKDAYS):
            raise ValueError(f"every: {DAILY}, {', '.join(WEEKDAYS)}")
        if self.begins == self.ends:
            raise ValueError("a window ends at another hour than it begins")

    def until(self, now: datetime) -> datetime | None:
        """When the window ends that is open now, if it is."""
        here = now.astimezone(CHINA)
        for begun in (here.date(), here.date() - _ONE_DAY):
            begins = datetime.combine(begun, self.begins, CHINA)
            overnight = self.ends <= self.begins
            ends = datetime.combine(begun + _ONE_DAY * overnight, self.ends, CHINA)
            if self._on(begins) and begins <= here < ends:
                return ends
        return None

    def _on(self, begins: datetime) -> bool:
        return self.every in (DAILY, WEEKDAYS[begins.weekday()])


Window = Once | Recurring


def resting_until(windows: tuple[Window, ...], now: datetime) -> datetime | None:
    """When the last of the windows ends that are open now; none where it is in service."""
    return max((ends for one in windows if (ends := one.until(now))), default=None)
