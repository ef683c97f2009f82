"""The route of a lookup follows row, unit and region."""

import tracemalloc

from hub.catalogue.rows import CatalogueRow, Measure, UnitKind
from hub.evidence import HolderKind, Subject, Tier
from hub.routing.route import RouteBook, tiers_of
from tests.routing.scripted import Scripted, platform

PERSON = Subject(HolderKind.PERSON, "330203199001015678")
OTHER = Subject(HolderKind.PERSON, "330103199001015678")
FIRM = Subject(HolderKind.ORGANISATION, "91330212MA2AAAAA1X")


def row(*measures: Measure) -> CatalogueRow:
    return CatalogueRow(1, "u", "i", "card", "x", measures, frozenset())


def test_the_law_orders_tiers_for_government_whatever_the_row_says() -> None:
    """For a government unit the provincial platform comes first even where the row lists it last."""
    both = row(Measure.VERIFICATION, Measure.SHARING)

    assert tiers_of(both, UnitKind.GOVERNMENT) == tuple(Tier)


def test_the_row_orders_tiers_for_others() -> None:
    """For a bank the row's order of measures is the order of the route (Articles 3 and 21)."""
    both = row(Measure.VERIFICATION, Measure.SHARING)

    assert tiers_of(both, UnitKind.BANK) == (Tier.SUPPLEMENTARY, Tier.PROVINCIAL, Tier.MUNICIPAL)


def test_measures_without_a_platform_open_no_tier() -> None:
    """Face, app and commitment are not lookups."""
    none = row(Measure.FACE, Measure.APP_LICENCE, Measure.COMMITMENT)

    assert tiers_of(none, UnitKind.GOVERNMENT) == ()


def test_the_route_lists_serving_platforms_best_first() -> None:
    """Only platforms that serve the type stand on the route, in the order of the tiers."""
    platforms = [
        platform("city", Tier.MUNICIPAL, "card"),
        platform("province", Tier.PROVINCIAL, "card", "licence"),
        platform("desk", Tier.SUPPLEMENTARY, "licence"),
    ]
    book = RouteBook(platforms, {one.name: Scripted() for one in platforms})

    assert [one.name for one in book.routes("card", tuple(Tier)).of(PERSON)] == ["province", "city"]
    assert [one.name for one in book.routes("licence", (Tier.SUPPLEMENTARY,)).of(PERSON)] == [
        "desk"
    ]
    assert book.routes("unknown", tuple(Tier)).of(PERSON) == ()


def test_a_platform_is_asked_only_for_its_regions() -> None:
    """The division stands first in a resident id, and third to eighth in a credit code."""
    here = platform("here", Tier.MUNICIPAL, "card", regions=("3302",))
    there = platform("there", Tier.MUNICIPAL, "card", regions=("3301", "11"))
    book = RouteBook([there, here], {"here": Scripted(), "there": Scripted()})

    routes = book.routes("card", (Tier.MUNICIPAL,))

    assert [[one.name for one in routes.of(about)] for about in (PERSON, FIRM, PERSON, OTHER)] == [
        ["here"],
        ["here"],
        ["here"],
        ["there"],
    ]


def test_regions_that_somebody_makes_up_take_no_memory() -> None:
    """Of ten thousand regions no more are remembered than there can be, and routes stay right."""
    here = platform("here", Tier.MUNICIPAL, "card", regions=("3302",))
    routes = RouteBook([here], {"here": Scripted()}).routes("card", (Tier.MUNICIPAL,))
    tracemalloc.start()

    for number in range(10_000):
        routes.of(Subject(HolderKind.PERSON, f"{number:06d}199001015678"))

    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 1_000_000
    assert [one.name for one in routes.of(PERSON)] == ["here"]
