"""Values in the wild, each read by its kind."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from connectors.contract import Value, ValueKind
from connectors.decoding import Json
from connectors.reading import CHINA, Unreadable, read_moment, read_value

SENTINELS = ("1899-12-31", "1000-01-01", "9999-09-09", "2099-12-31", "9999-12-31", "0001-01-01")

DATED_OR_COUNTED = (ValueKind.DATE, ValueKind.DECIMAL, ValueKind.INTEGER)

READ: list[tuple[ValueKind, Json, Value | None]] = [
    (ValueKind.TEXT, " 梅一 ", "梅一"),
    (ValueKind.TEXT, 7, "7"),
    (ValueKind.TEXT, 7.0, "7"),
    (ValueKind.TEXT, 7.5, "7.5"),
    (ValueKind.TEXT, True, "true"),
    (ValueKind.TEXT, False, "false"),
    (ValueKind.TEXT, "\\N", None),
    (ValueKind.TEXT, "null", None),
    (ValueKind.TEXT, "  ", None),
    (ValueKind.TEXT, None, None),
    (ValueKind.IDENTIFIER, "33029919700101001x", "33029919700101001X"),
    (ValueKind.IDENTIFIER, "330299************", "330299************"),
    (ValueKind.IDENTIFIER, 330299197001010018, "330299197001010018"),
    (ValueKind.SEX, "1", "male"),
    (ValueKind.SEX, 2, "female"),
    (ValueKind.SEX, "男", "male"),
    (ValueKind.SEX, "女性", "female"),
    (ValueKind.SEX, "9", "unknown"),
    (ValueKind.SEX, "", None),
    (ValueKind.DECIMAL, "1,234,567.80", Decimal("1234567.80")),
    (ValueKind.DECIMAL, "-0.5", Decimal("-0.5")),
    (ValueKind.DECIMAL, ".5", Decimal("0.5")),
    (ValueKind.DECIMAL, "1234567.80", Decimal("1234567.80")),
    (ValueKind.DECIMAL, 0.1, Decimal("0.1")),
    (ValueKind.DECIMAL, 1e16, Decimal(10**16)),
    (ValueKind.INTEGER, "12", 12),
    (ValueKind.INTEGER, "1,200.00", 1200),
    (ValueKind.INTEGER, 12.0, 12),
    (ValueKind.BOOLEAN, "是", True),
    (ValueKind.BOOLEAN, 0, False),
    (ValueKind.BOOLEAN, True, True),
    (ValueKind.BOOLEAN, "N", False),
    (ValueKind.TEXTS, "一号", ("一号",)),
    (ValueKind.TEXTS, ["一号", None, 2], ("一号", "2")),
    (ValueKind.TEXTS, ["\\N"], None),
    (ValueKind.DATE, "20200229", date(2020, 2, 29)),
    (ValueKind.DATE, "2020-02-29", date(2020, 2, 29)),
    (ValueKind.DATE, "2020-2-9", date(2020, 2, 9)),
    (ValueKind.DATE, "2020-02-29 23:59:59", date(2020, 2, 29)),
    (ValueKind.DATE, "2020-02-29 23:59:59.0", date(2020, 2, 29)),
    (ValueKind.DATE, "2020-02-29T23:59", date(2020, 2, 29)),
    (ValueKind.DATE, "20200229235959", date(2020, 2, 29)),
    (ValueKind.DATE, "202002", date(2020, 2, 1)),
    (ValueKind.DATE, "2024/02/03", date(2024, 2, 3)),
    (ValueKind.DATE, "2024/2/3 10:11:12", date(2024, 2, 3)),
    (ValueKind.DATE, "2024.02.03", date(2024, 2, 3)),
    (ValueKind.DATE, "2024年2月3日", date(2024, 2, 3)),
    (ValueKind.DATE, "2024年02月03日 10:11:12", date(2024, 2, 3)),
    (ValueKind.DATE, 20200229, date(2020, 2, 29)),
    (ValueKind.DATE, 1582905600000, date(2020, 2, 29)),
    (ValueKind.DATE, "1582905600000", date(2020, 2, 29)),
    (ValueKind.DATE, 1582905600000.0, date(2020, 2, 29)),
    (ValueKind.DATE, -86_400_000, date(1969, 12, 31)),
    (ValueKind.DATE, 0, None),
    (ValueKind.DATE, "00000000", None),
    (ValueKind.DATE, "0000-00-00 00:00:00", None),
    *((kind, none, None) for kind in DATED_OR_COUNTED for none in ("无", "-", "--", "/", " — ")),
    (ValueKind.DATE, "长期", None),
    (ValueKind.DATE, "\\N", None),
    *((ValueKind.DATE, day, None) for day in SENTINELS),
    *((ValueKind.DATE, day.replace("-", ""), None) for day in SENTINELS),
    *((ValueKind.DATE, f"{day} 00:00:00.0", None) for day in SENTINELS),
]


@pytest.mark.parametrize(("kind", "value", "read"), READ)
def test_read(kind: ValueKind, value: Json, read: Value | None) -> None:
    """Each way of writing has one reading."""
    found = read_value(value, kind)

    assert (type(found), found) == (type(read), read)


UNREADABLE: list[tuple[ValueKind, Json]] = [
    (ValueKind.TEXT, {"a": 1}),
    (ValueKind.TEXT, []),
    (ValueKind.IDENTIFIER, ["330299197001010018"]),
    (ValueKind.SEX, "3"),
    (ValueKind.BOOLEAN, "maybe"),
    (ValueKind.DECIMAL, "12,34"),
    (ValueKind.DECIMAL, "1e9"),
    (ValueKind.DECIMAL, "."),
    (ValueKind.DECIMAL, "NaN"),
    (ValueKind.DECIMAL, "万元"),
    (ValueKind.DECIMAL, True),
    (ValueKind.DECIMAL, "1" * 31),
    (ValueKind.INTEGER, "12.5"),
    (ValueKind.INTEGER, float("inf")),
    (ValueKind.INTEGER, float("nan")),
    (ValueKind.DATE, "20200230"),
    (ValueKind.DATE, "20200100"),
    (ValueKind.DATE, "2020-01-00"),
    (ValueKind.DATE, "202013"),
    (ValueKind.DATE, "2020-02-29 25:00:00"),
    (ValueKind.DATE, "2020"),
    (ValueKind.DATE, "soon"),
    (ValueKind.DATE, "２０２００２２９"),
    (ValueKind.DATE, "2020-02-29T00:00:00Z"),
    (ValueKind.DATE, 10**14),
    (ValueKind.DATE, 1706918400),
    (ValueKind.DATE, "1706918400"),
    (ValueKind.DATE, "999999999"),
    (ValueKind.DATE, -1_000_000_000),
    (ValueKind.DATE, "2024-02/03"),
    (ValueKind.DATE, "2024/02-03"),
    (ValueKind.DATE, "2024年2月30日"),
    (ValueKind.DATE, "2024年2月3"),
]


@pytest.mark.parametrize(("kind", "value"), UNREADABLE)
def test_unreadable(kind: ValueKind, value: Json) -> None:
    """What can't be read is said to be so, and never repeated."""
    with pytest.raises(Unreadable) as raised:
        read_value(value, kind)

    assert str(value) not in str(raised.value) or value == "."
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_summer_time() -> None:
    """Midnight of a birthday in the summer time of 1988 is that day, not the day before."""
    midnight = datetime(1988, 7, 1, tzinfo=CHINA)

    assert midnight.astimezone(UTC).hour == 15
    assert read_value(int(midnight.timestamp() * 1000), ValueKind.DATE) == date(1988, 7, 1)


def test_moments_of_one_day_differ() -> None:
    """The hour tells which of two rows of one day is newer."""
    early, late = read_moment("2020-01-01 09:00:00"), read_moment("20200101100000")

    assert early and late and early < late


FORMATS = ("%Y%m%d", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.0", "%Y%m%d%H%M%S")
days = some.datetimes(min_value=datetime(1001, 1, 1), max_value=datetime(9998, 12, 31)).filter(
    lambda moment: moment.date().isoformat() not in SENTINELS
)


@given(days, some.sampled_from(FORMATS))
def test_any_day_in_any_format(moment: datetime, written: str) -> None:
    """Any day is read back from any of the formats."""
    assert read_value(moment.strftime(written), ValueKind.DATE) == moment.date()


@given(some.dates(min_value=date(1912, 1, 1), max_value=date(2098, 12, 31)))
def test_any_day_as_milliseconds(day: date) -> None:
    """Any day is read back from the milliseconds of its midnight in China, but for early 1970."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=CHINA)
    milliseconds = int(midnight.timestamp() * 1000)

    if abs(milliseconds) >= 10_000_000_000:
        assert read_value(milliseconds, ValueKind.DATE) == day


values: some.SearchStrategy[Json] = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=5,
)


@given(values, some.sampled_from(ValueKind))
def test_anything_is_read_or_unreadable(value: Json, kind: ValueKind) -> None:
    """Whatever a platform writes, nothing but `Unreadable` is raised."""
    try:
        read_value(value, kind)
    except Unreadable as error:
        assert error.args  # either way is right: this is about what is not raised
