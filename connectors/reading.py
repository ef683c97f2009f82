"""Values as platforms write them, read by the kind of the field."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from connectors.contract import Value, ValueKind
from connectors.decoding import Json
from connectors.envelopes import is_null

CHINA = ZoneInfo("Asia/Shanghai")  # by name, not +8: summer time held from 1986 to 1991

_SEXES: Mapping[Value, tuple[str, ...]] = {
    "male": ("1", "男", "男性", "m", "male"),
    "female": ("2", "女", "女性", "f", "female"),
    "unknown": ("0", "9", "未知", "未说明", "unknown"),
}
_BOOLEANS: Mapping[Value, tuple[str, ...]] = {
    True: ("1", "true", "是", "有", "y", "yes"),
    False: ("0", "false", "否", "无", "n", "no"),
}
_NONE = frozenset({"无", "-", "--", "—", "——", "/"})
_NO_DATE = _NONE | frozenset({"长期", "长期有效", "永久", "永久有效"})
_ZEROS = re.compile(r"[0\-/:. ]+", re.ASCII)
SENTINELS = frozenset(
    {
        date(1, 1, 1),
        date(1000, 1, 1),
        date(1899, 12, 31),
        date(2099, 12, 31),
        date(9999, 9, 9),
        date(9999, 12, 31),
    }
)
_TIME = r"(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)?"
_SEPARATORS = (("-", "-", ""), ("/", "/", ""), (r"\.", r"\.", ""), ("年", "月", "日"))
_COMPACT = re.compile(r"(\d{4})(\d\d)(?:(\d\d)(?:(\d\d)(\d\d)(\d\d))?)?", re.ASCII)
_DAYS = (
    _COMPACT,
    *(
        re.compile(rf"(\d{{4}}){year}(\d{{1,2}}){month}(\d{{1,2}}){day}{_TIME}", re.ASCII)
        for year, month, day in _SEPARATORS
    ),
)
# Nine or ten digits may be seconds as well: a wrong day would be worse than none.
_EPOCH_MS = re.compile(r"-\d{1,8}|-?\d{11,13}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,30})?(?:\.\d{1,30})?", re.ASCII)


class Unreadable(ValueError):
    """A value that can't be read; its text never holds the value."""


def read_value(value: Json, kind: ValueKind) -> Value | None:
    """The value, or `None` where the platform left it open; `Unreadable` where it is neither."""
    return None if is_null(value) else _READERS[kind](value)


def read_text(value: Json) -> str:
    """Text without the blanks around it; a number is written out."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if value == value // 1 else str(value)
    raise Unreadable("neither text nor number")


def read_moment(value: Json) -> datetime | None:
    """A moment in China's time; `None` for a sentinel that means open or none."""
    text = read_text(value)
    if is_null(text) or text in _NO_DATE or _ZEROS.fullmatch(text):
        return None
    moment = _moment(text)
    return None if moment.date() in SENTINELS else moment


def _moment(text: str) -> datetime:
    try:
        if _EPOCH_MS.fullmatch(text):
            return datetime.fromtimestamp(int(text) / 1000, CHINA)
        if parts := next(filter(None, (day.fullmatch(text) for day in _DAYS)), None):
            year, month, day, hour, minute, second = (int(part or 0) for part in parts.groups())
            return datetime(year, month, day or _only_in(text), hour, minute, second, tzinfo=CHINA)
    except ValueError:
        pass
    raise Unreadable("not a date in a known format")


def _only_in(text: str) -> int:
    """The first of the month, for yyyyMM alone; elsewhere a day 0 is no day."""
    return 1 if len(text) == len("yyyyMM") else 0


def _date(value: Json) -> date | None:
    moment = read_moment(value)
    return moment.date() if moment else None


def _identifier(value: Json) -> str:
    return read_text(value).upper()


def _decimal(value: Json) -> Decimal | None:
    text = read_text(value)
    if text in _NONE:
        return None
    if isinstance(value, bool) or not any(map(str.isdecimal, text)):
        raise Unreadable("not a number")
    if isinstance(value, str) and not _DECIMAL.fullmatch(text):
        raise Unreadable("not a number")
    return Decimal(text.replace(",", ""))


def _integer(value: Json) -> int | None:
    number = _decimal(value)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise Unreadable("not a whole number")
    return int(number)


def _texts(value: Json) -> tuple[str, ...] | None:
    items = value if isinstance(value, list) else [value]
    return tuple(read_text(item) for item in items if not is_null(item)) or None


def _one_of(words: Mapping[Value, tuple[str, ...]]) -> Callable[[Json], Value]:
    meanings = {word: meaning for meaning, spelt in words.items() for word in spelt}

    def read(value: Json) -> Value:
        try:
            return meanings[read_text(value).lower()]
        except KeyError:
            raise Unreadable("not one of its known words") from None

    return read


_READERS: Mapping[ValueKind, Callable[[Json], Value | None]] = {
    ValueKind.TEXT: read_text,
    ValueKind.IDENTIFIER: _identifier,
    ValueKind.SEX: _one_of(_SEXES),
    ValueKind.DATE: _date,
    ValueKind.DECIMAL: _decimal,
    ValueKind.INTEGER: _integer,
    ValueKind.BOOLEAN: _one_of(_BOOLEANS),
    ValueKind.TEXTS: _texts,
}
