"""A run as JSON, its medians, and what changed between two."""

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from benchmarks.comparing import changes, ratio_changes, verdict
from benchmarks.results import Moment, OtherResults, OutageTold, from_json, read_results, to_json
from tests.benchmarks.made import measured, run, window


def test_a_run_is_read_as_it_was_written() -> None:
    """All of it: windows, outage with empty moments, ratios that are not there."""
    moments = (Moment(0.25, 3, 2, 1, 1.5, 9.0), Moment(0.75, 0, 0, 0, None, None))
    results = replace(
        run(measured("certhub", "one-batch-20-open", window(), window()), hive="no npm"),
        outage=OutageTold("one", 1.0, 0.2, 0.6, 400.0, moments, moments),
        ratios={"tail": 1.5, "list_vs_hive": None},
        reasons={"list_vs_hive": "no npm"},
    )

    assert from_json(to_json(results)) == results
    assert orjson.loads(to_json(results))["ratios"] == {"tail": 1.5, "list_vs_hive": None}


def test_what_is_no_run_is_told(tmp_path: Path) -> None:
    """Another document, another format, no file: the message names the file and what to give."""
    other, newer = tmp_path / "other.json", tmp_path / "newer.json"
    other.write_text('{"scenarios": {}}', "utf-8")
    newer.write_bytes(to_json(replace(run(), format=99)))

    for file, why in ((other, "no run"), (newer, "format 99"), (tmp_path / "none", "No such file")):
        with pytest.raises(OtherResults, match=rf"{file.name}: .*{why}.*give a file that --json"):
            read_results(file)


def test_medians_and_spread_are_of_rounds() -> None:
    """Of three rounds the middle one, and the least and the most."""
    one = measured("certhub", "list-batch-0", window(3.0), window(1.0), window(2.0))

    assert one.middle(lambda each: each.lookups_per_second) == 2.0
    assert one.spread(lambda each: each.lookups_per_second) == (1.0, 3.0)


def test_percentiles_of_a_window_are_values_that_were_measured() -> None:
    """The nearest rank: p50 of four is the second, p99 the last."""
    four = window(took_ms=[4.0, 1.0, 3.0, 2.0])

    assert [four.ms(share) for share in (0.5, 0.75, 0.99, 1.0)] == [2.0, 3.0, 4.0, 4.0]


def test_a_change_is_told_where_the_rounds_lie_apart() -> None:
    """By scaled cost: every round beyond every old one, by more than a twentieth."""
    old = measured("certhub", "list-batch-0", window(norm_us=10.0), window(norm_us=12.0))
    better = measured("certhub", "list-batch-0", window(norm_us=8.0), window(norm_us=9.0))
    worse = measured("certhub", "list-batch-0", window(norm_us=13.0), window(norm_us=14.0))
    overlapping = measured("certhub", "list-batch-0", window(norm_us=8.0), window(norm_us=11.0))

    assert [verdict(old, new) for new in (better, worse, overlapping, old)] == [
        "better",
        "worse",
        "same",
        "same",
    ]


def test_two_runs_are_compared_where_both_measured() -> None:
    """Figures then and now with their change; a scenario that is new is no change."""
    old = replace(run(measured("certhub", "list-batch-0", window(1000.0))), ratios={"tail": 1.0})
    new = replace(
        run(
            measured("certhub", "list-batch-0", window(1500.0, took_ms=[1.0])),
            measured("certhub", "one-batch-0", window()),
        ),
        ratios={"tail": 1.5, "rss_mb": 99.0},
    )

    assert changes(old, new)[1:] == [
        (
            "list-batch-0",
            "certhub",
            "1,000 → 1,500 (+50%)",
            "10.0 → 10.0 (+0%)",
            "2.00 → 1.00 (-50%)",
            "3.00 → 1.00 (-67%)",
            "same",
        )
    ]
    assert ratio_changes(old, new)[1:] == [("tail", "1.000", "1.500"), ("rss_mb", "–", "99.000")]
