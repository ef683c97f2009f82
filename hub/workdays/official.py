"""The working days of a deployment: those of the calendar, with the official notices it has."""

from hub.settings import Settings
from hub.workdays.calendar import WorkingDays, working_days
from hub.workdays.notices import read_notices


def calendar_of(settings: Settings) -> WorkingDays:
    """The working days, with the official notices in the data folder."""
    notices = settings.data / "holidays"
    return working_days(read_notices(notices) if notices.is_dir() else ())
