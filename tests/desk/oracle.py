"""Deadlines worked out a second way: whole milliseconds over a table copied from the notices.

The table is kept by hand from the State Council's notices (国务院办公厅关于部分节假日安排的通知)
for 2024 (国办发明电〔2023〕7号), 2025 (〔2024〕12号) and 2026 (〔2025〕7号); no library is asked.
"""

from bisect import bisect_left
from datetime import date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
EPOCH = datetime(1970, 1, 1, tzinfo=BEIJING)
DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(366 + 365 + 365)]

# First and last day off of every holiday, as announced.
HOLIDAYS = {
    "2024 New Year": ("2024-01-01", "2024-01-01"),
    "2024 Spring Festival": ("2024-02-10", "2024-02-17"),
    "2024 Qingming": ("2024-04-04", "2024-04-06"),
    "2024 Labour Day": ("2024-05-01", "2024-05-05"),
    "2024 Dragon Boat": ("2024-06-10", "2024-06-10"),
    "2024 Mid-Autumn": ("2024-09-15", "2024-09-17"),
    "2024 National Day": ("2024-10-01", "2024-10-07"),
    "2025 New Year": ("2025-01-01", "2025-01-01"),
    "2025 Spring Festival": ("2025-01-28", "2025-02-04"),
    "2025 Qingming": ("2025-04-04", "2025-04-06"),
    "2025 Labour Day": ("2025-05-01", "2025-05-05"),
    "2025 Dragon Boat": ("2025-05-31", "2025-06-02"),
    "2025 National Day and Mid-Autumn": ("2025-10-01", "2025-10-08"),
    "2026 New Year": ("2026-01-01", "2026-01-03"),
    "2026 Spring Festival": ("2026-02-15", "2026-02-23"),
    "2026 Qingming": ("2026-04-04", "2026-04-06"),
    "2026 Labour Day": ("2026-05-01", "2026-05-05"),
    "2026 Dragon Boat": ("2026-06-19", "2026-06-21"),
    "2026 Mid-Autumn": ("2026-09-25", "2026-09-27"),
    "2026 National Day": ("2026-10-01", "2026-10-07"),
}

# Saturdays and Sundays that are worked (调休上班).
MAKE_UP_DAYS = (
    "2024-02-04",
    "2024-02-18",
    "2024-04-07",
    "2024-04-28",
    "2024-05-11",
    "2024-09-14",
    "2024-09-29",
    "2024-10-12",
    "2025-01-26",
    "2025-02-08",
    "2025-04-27",
    "2025-09-28",
    "2025-10-11",
    "2026-01-04",
    "2026-02-14",
    "2026-02-28",
    "2026-05-09",
    "2026-09-20",
    "2026-10-10",
)


def _worked() -> list[str]:
    """Every working day as text, in order; December 2023 had nothing but weekends off."""
    worked = []
    for number in range(-31, len(DAYS)):
        day = DAYS[0] + timedelta(days=number)
        text = day.isoformat()
        holiday = any(first <= text <= last for first, last in HOLIDAYS.values())
        if text in MAKE_UP_DAYS or (day.isoweekday() <= 5 and not holiday):
            worked.append(text)
    return worked


WORKED = _worked()


def is_worked(day: date) -> bool:
    """Whether a day of 2024-2026 is worked."""
    return day.isoformat() in WORKED


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 began in Beijing."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def office_closes_before(promised: date) -> int:
    """When offices close (17:30) on the last working day before a promised one, in milliseconds."""
    last = WORKED[bisect_left(WORKED, promised.isoformat()) - 1]
    return milliseconds(datetime.fromisoformat(f"{last}T17:30:00+08:00"))


def deadline(received: int, immediate: bool, promised: date | None) -> int:
    """The deadline of Article 14 in milliseconds."""
    if immediate:
        return received + 1_800_000
    candidates = [received + 86_400_000]
    if promised is not None:
        candidates.append(office_closes_before(promised))
    return min(candidates)
