"""The catalogue in memory answers by unit, item and certificate, and finds words."""

from dataclasses import replace

import pytest

from hub.catalogue.rows import ServiceItem
from tests.catalogue.sample import CONTENT, METER, RENT, RENT_OF_WATER, a_catalogue, a_row


def test_rows_are_found_by_unit_item_and_certificate() -> None:
    """The same item of another unit is another entry."""
    catalogue = a_catalogue()

    assert catalogue.row("U-1", "许可-1", "degree") == CONTENT.rows[1]
    assert catalogue.row("U-2", "许可-1", "degree") is None
    assert [row.number for row in catalogue.rows_of("U-1", "许可-1")] == [1, 2, 3, 4, 8]
    assert catalogue.rows_of("U-2", "许可-1") == ()


def test_units_and_items_are_found_by_their_codes() -> None:
    """An item by itself may be handled by several units."""
    catalogue = a_catalogue()

    assert catalogue.units_of("许可-1") == ("U-1", "U-2")
    assert catalogue.units_of("许可-9") == ()
    assert catalogue.items["U-1", "许可-1"] is RENT
    assert catalogue.units["U-2"].name_zh == "示例自来水公司"


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("degree", [2]),
        ("DEGREE 公租房", [2]),
        ("u-2", [5, 6, 7]),
        ("用水 公安机关 verified", [6]),
        ("海曙示例区 licence", [3]),
        ("没有", []),
        ("  ", [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_a_search_finds_the_rows_that_hold_every_word(words: str, numbers: list[int]) -> None:
    """Codes and names of unit, item, sector and certificate count; case does not."""
    assert [row.number for row in a_catalogue().search(words)] == numbers


@pytest.mark.parametrize(
    ("words", "items"),
    [("公租房", [RENT, RENT_OF_WATER]), ("供水", [METER]), ("供水 公租房", []), ("u-1", [RENT])],
)
def test_a_search_finds_items(words: str, items: list[ServiceItem]) -> None:
    """By code or name of item, sector or unit."""
    assert a_catalogue().search_items(words) == tuple(items)


def test_a_row_of_an_unknown_item_is_refused() -> None:
    """An edition is consistent or it is none."""
    with pytest.raises(ValueError, match=r"row 5 names unit U-2, item 服务-2: unknown"):
        a_catalogue(replace(CONTENT, items=CONTENT.items[:2]))


def test_an_item_of_an_unknown_unit_is_refused() -> None:
    """An edition is consistent or it is none."""
    with pytest.raises(ValueError, match=r"item 许可-1 names unit U-2: unknown"):
        a_catalogue(replace(CONTENT, units=CONTENT.units[:1]))


def test_the_same_row_twice_is_refused() -> None:
    """One row per unit, item and certificate."""
    with pytest.raises(ValueError, match="rows 1 and 9 are the same"):
        a_catalogue(replace(CONTENT, rows=(*CONTENT.rows, a_row(9))))
