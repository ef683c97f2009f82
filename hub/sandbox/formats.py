"""How values look on the wire, each interface in its own way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from connectors.contract import Value, ValueKind
from hub.sandbox.draw import draw, pick
from hub.sandbox.values import is_month

Wire = str | int | float | bool | None
Writer = Callable[[Value | None], Wire]


class DateForm(StrEnum):
    """The ways dates are written; months are always yyyyMM."""

    COMPACT = "yyyyMMdd"
    DASHED = "yyyy-MM-dd"
    CLOCK = "yyyy-MM-dd HH:mm:ss"
    FRACTION = "yyyy-MM-dd HH:mm:ss.0"
    LONG = "yyyyMMddHHmmss"
    EPOCH = "epoch ms"


SENTINELS = (date(1899, 12, 31), date(1000, 1, 1), date(9999, 9, 9), date(2099, 12, 31))
"""Dates that mean there is none."""

_SEXES = (("男", "女", "未说明"), ("1", "2", "9"))
_TRUTHS = (("1", "0"), ("是", "否"))
_NOT_SECONDS = 10**10  # milliseconds of fewer digits could be seconds: such days are written out
_CHINA = ZoneInfo("Asia/Shanghai")  # had summer time, so midnight is not always 16:00 UTC


@dataclass(frozen=True, slots=True)
class Manner:
    """How one interface writes: drawn once from its name."""

    dates: DateForm
    nothing: str | None  # how an open field looks
    no_date: date
    numbers_as_text: bool
    sexes: tuple[str, str, str]
    truths: tuple[str, str]


def manner_of(platform: str, interface: str, *, text_only: bool = False) -> Manner:
    """The manner of an interface; `text_only` for XML, which knows neither numbers nor null."""
    words = platform, interface
    forms = [form for form in DateForm if not (text_only and form is DateForm.EPOCH)]
    return Manner(
        dates=pick(forms, "dates", *words),
        nothing="" if text_only else pick(("", None, "\\N"), "nothing", *words),
        no_date=pick(SENTINELS, "no date", *words),
        numbers_as_text=text_only or draw("numbers", *words) % 2 == 0,
        sexes=pick(_SEXES, "sexes", *words),
        truths=pick(_TRUTHS, "truths", *words),
    )


def writer(manner: Manner, field: str, kind: ValueKind) -> Writer:
    """What writes the values of one field."""
    match kind:
        case ValueKind.DATE:
            return _month if is_month(field) else lambda day: written_day(manner, day)
        case ValueKind.SEX:
            sexes = dict(zip(("male", "female", "unknown"), manner.sexes, strict=True))
            return lambda sex: sexes[str(sex)]
        case ValueKind.BOOLEAN:
            return lambda truth: manner.truths[0 if truth else 1]
        case ValueKind.DECIMAL | ValueKind.INTEGER:
            return _number_text if manner.numbers_as_text else _number
        case _:
            return lambda text: manner.nothing if text is None else str(text)


def written_day(manner: Manner, day: object) -> Wire:
    """A day in the manner's form; no day is a sentinel."""
    if not isinstance(day, date):
        return None if manner.dates is DateForm.EPOCH else written_day(manner, manner.no_date)
    dashed = day.isoformat()
    match manner.dates:
        case DateForm.COMPACT:
            return dashed.replace("-", "")
        case DateForm.DASHED:
            return dashed
        case DateForm.CLOCK | DateForm.FRACTION:
            return f"{dashed} 00:00:00" + (".0" if manner.dates is DateForm.FRACTION else "")
        case DateForm.LONG:
            return dashed.replace("-", "") + "000000"
        case DateForm.EPOCH:
            moment = int(datetime(day.year, day.month, day.day, tzinfo=_CHINA).timestamp() * 1000)
            return moment if abs(moment) >= _NOT_SECONDS else dashed


def _month(day: object) -> Wire:
    return day.isoformat()[:7].replace("-", "") if isinstance(day, date) else ""


def _number_text(number: object) -> Wire:
    return str(number)


def _number(number: object) -> Wire:
    if isinstance(number, Decimal):
        return float(number)
    return number if isinstance(number, int) else None
