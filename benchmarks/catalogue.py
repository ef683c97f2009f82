"""The catalogue of the measuring room: an item for each way of asking, and those of the city's mixture."""

from collections.abc import Mapping
from dataclasses import replace

from benchmarks.contenders import CERTIFICATE, Way
from benchmarks.ground import UNIT
from benchmarks.mixture import mixed_catalogue
from benchmarks.people import BUSINESS
from hub.catalogue.rows import CatalogueContent, CatalogueRow, Measure, ServiceItem
from hub.declarations.words import CertificateType

ITEMS = {Way.BATCH: "许可-00001-000", Way.GATEWAY: "许可-00002-000"}
FALLING_ON = "许可-00005-000"
"""An item whose certificates are asked of the sharing platforms, and then of verification."""
_ROWS = (
    (ITEMS[Way.BATCH], CERTIFICATE, (Measure.VERIFICATION,)),
    (ITEMS[Way.GATEWAY], CERTIFICATE, (Measure.SHARING,)),
    (ITEMS[Way.GATEWAY], BUSINESS, (Measure.SHARING,)),
    (FALLING_ON, CERTIFICATE, (Measure.SHARING, Measure.VERIFICATION)),
)


def whole_catalogue(
    types: Mapping[str, CertificateType], shared: frozenset[str]
) -> CatalogueContent:
    """All items; of the city's certificates those that are not shared are verified."""
    city = mixed_catalogue(types, shared)
    items = dict.fromkeys(item for item, _, _ in _ROWS)
    own = tuple(ServiceItem(item, f"示例事项{item}", "户籍", UNIT, True, None) for item in items)
    first = len(city.rows) + 1
    rows = tuple(
        CatalogueRow(number, UNIT, item, name, "示例机关", measures, frozenset(types[name].fields))
        for number, (item, name, measures) in enumerate(_ROWS, start=first)
    )
    return replace(city, items=(*city.items, *own), rows=(*city.rows, *rows))
