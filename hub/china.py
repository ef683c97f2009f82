"""China's one time zone."""

from datetime import UTC, date, datetime, time, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
_DAY = timedelta(days=1)


def date_in_china(moment: datetime) -> date:
    """The date it is in China at a moment."""
    return moment.astimezone(CHINA).date()


class TodayInChina:
    """The date it is in China, reckoned once a day."""

    __slots__ = ("_began", "_date")

    def __init__(self) -> None:
        self._began = datetime.min.replace(tzinfo=UTC)
        self._date = date.min

    def of(self, moment: datetime) -> date:
        """The same as `date_in_china`; of one day, it is the very same object."""
        if not self._began <= moment < self._began + _DAY:
            self._date = date_in_china(moment)
            self._began = datetime.combine(self._date, time(), CHINA).astimezone(UTC)
        return self._date
