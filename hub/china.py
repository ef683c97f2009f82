"""China's one time zone."""

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


def date_in_china(moment: datetime) -> date:
    """The date it is in China at a moment."""
    return moment.astimezone(CHINA).date()
