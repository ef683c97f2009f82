"""The case that the demonstration asks for, and the clerks who ask."""

from collections.abc import Mapping

from hub.catalogue.demonstration import HOUSING, METER, WATER, WINDOW

UNIT, ITEM = WINDOW.code, HOUSING.code
OPERATORS = ("op-001", "op-002")
CASE = "2026-000117"
PURPOSE: Mapping[str, str] = {"item": ITEM, "case": CASE, "operator": OPERATORS[0]}
NOT_REQUIRED = "academic_degree"
"""A certificate type that the item does not require."""
WATER_UNIT = WATER.code
WATER_OPERATORS = ("op-101",)
WATER_PURPOSE: Mapping[str, str] = {
    "item": METER.code,
    "case": "2026-000342",
    "operator": WATER_OPERATORS[0],
}
"""Another unit's case, about the same person."""
