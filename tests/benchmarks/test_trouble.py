"""The soak and the outage run end to end for a few seconds; no timing is asserted."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks.drawing import Curve, Panel, Plot
from benchmarks.mixture import DOSSIER, Mixed
from benchmarks.readings import reading_of
from benchmarks.verdicts import at_most
from benchmarks.weather import FAULTS, weather

pytestmark = pytest.mark.slow

METRICS = """\
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 1.048576e+08
# TYPE process_open_fds gauge
process_open_fds 31.0
# TYPE certhub_tasks gauge
certhub_tasks 7.0
# TYPE certhub_in_flight gauge
certhub_in_flight{interface="a",source="province"} 2.0
certhub_in_flight{interface="b",source="province"} 3.0
# TYPE certhub_breaker_state gauge
certhub_breaker_state{interface="a",source="province"} 0.0
certhub_breaker_state{interface="b",source="province"} 2.0
# TYPE certhub_lookups counter
certhub_lookups_total{outcome="Found"} 5.0
# TYPE certhub_replies counter
certhub_replies_total{said="held",source="province"} 4.0
certhub_replies_total{said="not_held",source="province"} 1.0
certhub_replies_total{said="timed_out",source="province"} 6.0
# TYPE certhub_shed counter
certhub_shed_total{reason="full"} 9.0
"""


def run(module: str, *arguments: str) -> tuple[int, str]:
    """The exit code of a short run, and what it told."""
    command = (sys.executable, "-m", module, *arguments)
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def test_a_soak_puts_every_answer_on_record_and_draws_itself(tmp_path: Path) -> None:
    """Every lookup has an outcome and a record whatever the weather; the code says what was kept."""
    json_file, svg = tmp_path / "soak.json", tmp_path / "soak.svg"
    code, told = run(
        "benchmarks.soak",
        *("--minutes", "0.06", "--warm", "1", "--rest", "0.5"),
        *("--json", str(json_file), "--svg", str(svg)),
    )

    soak: dict[str, Any] = json.loads(json_file.read_text("utf-8"))
    kept = {one["promise"]: one["kept"] for one in soak["verdicts"]}
    assert kept["every answer on record"], told
    assert kept["lookups without an outcome"], told
    assert kept["requests broken off"], told
    assert code == (0 if all(kept.values()) else 1)
    assert soak["records"] >= 1
    assert len(soak["seen"]) >= 3
    assert {one["fault"] for one in soak["spells"]} <= set(FAULTS)
    drawn = ElementTree.fromstring(svg.read_text("utf-8"))
    assert len(drawn.findall("{http://www.w3.org/2000/svg}path")) == 16  # 5 axes, 11 curves


def test_an_outage_is_told_before_during_and_after(tmp_path: Path) -> None:
    """The hanging platform makes answers unavailable or slow, and no request is left without one."""
    file = tmp_path / "outage.json"
    code, told = run(
        "benchmarks.outage", "--seconds", "3", "--calm", "2", "--callers", "8", "--json", str(file)
    )

    outage: dict[str, Any] = json.loads(file.read_text("utf-8"))
    assert code == 0, told
    assert list(outage["phases"]) == ["before", "during", "after"]
    assert "Found" in outage["phases"]["before"]["lookups by outcome"]
    assert "Unavailable" in outage["phases"]["during"]["lookups by outcome"]
    assert "without an outcome" not in str(outage["phases"])
    assert len(outage["verdicts"]) == 6


def test_the_weather_is_drawn_by_its_seed_and_its_second_half_repeats_the_first() -> None:
    """Quarters two and four have the same weather, each spell ends before the next, all end calm."""
    platforms = ["a", "b"]
    spells = weather(platforms, 600, 7)
    first = [one for one in spells if one.begins < 300]
    second = [one for one in spells if one.begins >= 300]

    assert spells == weather(platforms, 600, 7)
    assert spells != weather(platforms, 600, 8)
    assert [one.fault for one in second] == [one.fault for one in first]
    assert [one.begins for one in second] == pytest.approx([one.begins + 300 for one in first])
    for name in platforms:
        own = [one for one in spells if one.platform == name]
        assert all(one.ends < two.begins for one, two in pairwise(own))
        assert own[-1].ends < 600


def test_a_reading_sums_what_the_metrics_tell() -> None:
    """Only held and not held are answers; a breaker that is open or on trial rests."""
    reading = reading_of(METRICS, 12)

    assert (reading.resident_mb, reading.descriptors, reading.sockets) == (100.0, 31, 12)
    assert (reading.tasks, reading.in_flight, reading.resting, reading.shed) == (7, 5, 1, 9)
    assert reading.lookups == {"Found": 5}
    assert (reading.answered, reading.replies) == ({"province": 5}, {"province": 11})


def test_a_lookup_that_got_no_outcome_is_told() -> None:
    """Three asked, two outcomes: one is missing."""
    answer = b'{"__typename":"Found"},{"__typename":"Unavailable"},{"__typename":"Other"}'

    assert Mixed(b"", 3).outcomes(answer) == {
        "Found": 1,
        "Unavailable": 1,
        "without an outcome": 1,
    }


def test_a_bound_is_kept_up_to_itself() -> None:
    """At most means at most; what was not measured is not kept."""
    assert at_most("x", 3.0, 3.0, "s").kept
    assert not at_most("x", 3.1, 3.0, "s").kept
    assert not at_most("x", float("nan"), 3.0, "s").kept


def test_a_curve_has_a_gap_where_nothing_was_measured() -> None:
    """A value that is missing lifts the pen; names are written as text, never as markup."""
    curve = Curve("a<b", [1.0, float("nan"), 2.0, 3.0])

    svg = Plot("p", [0, 1, 2, 3], [Panel("t", [curve])]).svg()

    (path,) = [one for one in ElementTree.fromstring(svg).iter() if one.get("class") == "a"]
    assert path.get("d", "").count("M") == 2
    assert path.get("d", "").count("L") == 1
    assert "a&lt;b" in svg


def test_the_dossier_is_of_twelve_different_certificates() -> None:
    """Twelve lookups, no type twice."""
    assert len(set(DOSSIER)) == 12
