"""The ratios of a run, on figures made by hand."""

from dataclasses import replace
from itertools import product

import pytest

from benchmarks.ratios import RATIOS, reckoned
from benchmarks.report import markdown, promises
from benchmarks.results import Results
from benchmarks.scenarios import SCENARIOS, USUAL
from tests.benchmarks.made import measured, run, window

NAMES = [
    "list_vs_mercurius",
    "alias_vs_mercurius",
    "list_vs_apollo",
    "list_vs_hive",
    "list_vs_naive",
    "one_vs_mercurius",
    "one_vs_hive",
    "one_vs_bare",
    "list_vs_floor",
    "added_ms_one",
    "added_ms_100",
    "tail",
    "cost_growth",
    "calls_over_least",
    "rss_mb",
    "record_cost",
]


def ratio(results: Results, name: str) -> float | None:
    """One of them."""
    return reckoned(results)[0][name]


def reason(results: Results, name: str) -> str:
    """Why one of them is not there."""
    return reckoned(results)[1][name]


def test_every_name_is_there_though_nothing_was_measured() -> None:
    """Each has no value, and a reason."""
    values, reasons = reckoned(run())

    assert list(values) == NAMES
    assert set(values.values()) == {None}
    assert list(reasons) == NAMES


@pytest.mark.parametrize(
    ("name", "scenario", "other"),
    [
        ("list_vs_mercurius", "list-batch-0", "mercurius"),
        ("alias_vs_mercurius", "aliases-batch-0", "mercurius"),
        ("list_vs_apollo", "list-batch-0", "apollo"),
        ("list_vs_hive", "list-batch-0", "hive"),
        ("list_vs_naive", "list-batch-0", "naive"),
        ("one_vs_mercurius", "one-batch-0", "mercurius"),
        ("one_vs_hive", "one-batch-0", "hive"),
        ("one_vs_bare", "one-gateway-0", "bare"),
        ("list_vs_floor", "list-batch-0", "floor"),
    ],
)
def test_speed_is_compared_round_by_round(name: str, scenario: str, other: str) -> None:
    """The machine was half as fast in the second round: 3, 3 and 9 make 3, not 2000 by 1000."""
    ours = measured("certhub", scenario, *map(window, (3000.0, 1500.0, 9000.0)))
    theirs = measured(other, scenario, *map(window, (1000.0, 500.0, 1000.0)))

    assert ratio(run(ours, theirs), name) == 3.0


@pytest.mark.parametrize(
    ("name", "scenario"),
    [("added_ms_one", "one-batch-20-alone"), ("added_ms_100", "list-batch-20-alone")],
)
def test_what_the_hub_adds_is_the_middle_answers_difference(name: str, scenario: str) -> None:
    """22 ms through the hub and 20.5 ms without it make 1.5."""
    through = measured("certhub", scenario, window(took_ms=[21.0, 22.0, 90.0]))
    without = measured("direct", scenario, window(took_ms=[20.0, 20.5, 20.6]))

    assert ratio(run(through, without), name) == 1.5


def test_the_tail_is_p99_by_p50_of_the_open_loop() -> None:
    """Of a hundred answers the 99th took 50 ms, the 50th 20 ms."""
    took = [20.0] * 98 + [50.0, 80.0]

    assert ratio(run(measured("certhub", "one-batch-20-open", window(took_ms=took))), "tail") == 2.5


def test_a_tail_of_which_some_were_turned_away_is_none() -> None:
    """Whom the door kept out waited for nothing: p99 would say too little."""
    turned = measured("certhub", "one-batch-20-open", window(turned_away=2), window(turned_away=1))

    assert reason(run(turned), "tail") == "3 requests of the open loop were turned away"


def test_growth_is_of_scaled_cost() -> None:
    """11 µs at 10,000 lookups by 10 µs at 100."""
    large = measured("certhub", "list-of-10000-batch-0-alone", window(norm_us=11.0))
    small = measured("certhub", "list-batch-0-alone", window(norm_us=10.0))

    assert ratio(run(large, small), "cost_growth") == 1.1


def test_calls_are_held_against_what_the_batches_allow() -> None:
    """A list of 100 needs one call, half of it falling through two; one call too many is told."""
    exact = measured("certhub", "list-batch-0", window(calls=0.01))
    fallen = measured("certhub", "half-batch-0-alone", window(calls=0.02))
    wasted = measured("certhub", "half-gateway-0-alone", window(calls=1.5), window(calls=1.8))
    shared = measured("certhub", "same-gateway-20", window(calls=0.1))

    assert ratio(run(exact, fallen, shared), "calls_over_least") == 1.0
    assert ratio(run(exact, fallen, wasted), "calls_over_least") == 1.2
    assert "foretold" in reason(run(shared), "calls_over_least")


def test_memory_is_that_of_the_first_round_and_records_cost_a_share() -> None:
    """120 MB in the first round, before the large requests; 800 by 1000 lookups/s is a fifth."""
    memory = measured(
        "certhub", "one-batch-0", *(window(resident_mb=each) for each in (120.0, 121.0, 119.0))
    )
    recorded = measured("certhub", "list-batch-0", window(800.0))
    unrecorded = measured("certhub-unrecorded", "list-batch-0", window(1000.0))

    values, _ = reckoned(run(memory, recorded, unrecorded))

    assert (values["rss_mb"], values["record_cost"]) == (120.0, 0.2)


def test_a_peer_that_could_not_be_had_is_told_with_its_reason() -> None:
    """Why it was skipped; that it is run with --peers; or that the scenario was not measured."""
    ours = measured("certhub", "list-batch-0", window())

    assert reason(run(ours, hive="npm has no network"), "list_vs_hive") == "npm has no network"
    assert reason(run(ours), "list_vs_apollo") == "apollo was not run; it is with --peers"
    assert reason(run(ours), "list_vs_floor") == "floor was not measured in list-batch-0"


def test_the_table_of_promises_says_what_is_reached() -> None:
    """At least and at most both count at their very bound; what is missing is neither.

    Speeds are told by CPU time, too: 12 µs by 10 µs.
    """
    ratios = {"list_vs_mercurius": 1.0, "tail": 2.0, "rss_mb": 150.1, "list_vs_floor": 0.599}
    scenario = "list-batch-0"
    results = run(
        measured("certhub", scenario, window(norm_us=10.0)),
        measured("mercurius", scenario, window(norm_us=12.0)),
        measured("floor", scenario, window(norm_us=5.0)),
    )
    lines = {line[0]: line[2:] for line in promises(replace(results, ratios=ratios))}

    assert lines["list_vs_mercurius"] == ("≥ 1", "1.000", "1.200", "yes")
    assert lines["tail"] == ("≤ 2", "2.000", "", "yes")
    assert lines["rss_mb"] == ("≤ 150", "150.100", "", "no")
    assert lines["list_vs_floor"] == ("≥ 0.6", "0.599", "0.500", "no")
    assert lines["list_vs_hive"] == ("≥ 7", "– (not measured)", "", "–")


def test_the_usual_run_measures_all_that_the_ratios_need() -> None:
    """With every contender in the usual scenarios no ratio is without a value."""
    contenders = [
        "certhub",
        "certhub-unrecorded",
        "floor",
        "bare",
        "direct",
        "mercurius",
        "apollo",
        "hive",
        "naive",
    ]
    usual = dict.fromkeys(USUAL)
    results = run(*(measured(who, what, window()) for who, what in product(contenders, usual)))

    assert reckoned(results)[1] == {}
    assert [one.name for one in RATIOS] == NAMES
    assert set(usual) <= SCENARIOS.keys()


def test_a_page_has_every_server_and_what_was_left_out() -> None:
    """Machine, promises, figures by scenario and server, and why a peer is missing."""
    rows = measured("certhub", "list-batch-0", window(1000.0), window(3000.0), window(2000.0))
    page = markdown(run(rows, hive="npm has no network"))

    assert "| list-batch-0 | certhub | 8 | 2,000 | 1,000 – 3,000 | 2.00 | 3.00 |" in page
    assert "- hive: npm has no network" in page
    assert "Machine: cores: 2." in page
