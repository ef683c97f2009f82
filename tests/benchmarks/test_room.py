"""The measuring room's own reckoning: scenarios, wishes, records, and the timeline of an outage."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.catalogue import ITEMS
from benchmarks.certhub import body, certhub, read
from benchmarks.contenders import Asked, Form, Places, Way
from benchmarks.crowd import Answered
from benchmarks.floors import direct, floor
from benchmarks.ground import Ground, Records
from benchmarks.launching import Server
from benchmarks.requests import Request, WrongAnswer, posted
from benchmarks.results import to_json
from benchmarks.rounds import cases_of
from benchmarks.scenarios import (
    DIRECT_TOO,
    FLOOR_TOO,
    PEERS_TOO,
    SCENARIOS,
    UNRECORDED_TOO,
    USUAL,
)
from benchmarks.timeline import HEALTHY, NEEDING, told
from benchmarks.wanted import wanted_of
from tests.benchmarks.made import run

PLACES = Places("http://127.0.0.1:2", "http://127.0.0.1:3", "http://127.0.0.1:4", Path())
ASKED = Asked("330200196111178001", "张三", "province", {"name": "张三"})


@pytest.mark.parametrize(
    ("scenario", "least"),
    [
        ("one-batch-0", 1.0),
        ("list-batch-0", 0.01),
        ("half-batch-20", 0.02),
        ("list-of-10-batch-0-alone", 0.1),
        ("list-of-10000-batch-0-alone", 0.01),
        ("one-gateway-0", 1.0),
        ("half-gateway-tail", 1.5),
        ("city-gateway-0", None),
        ("hot-gateway-0", None),
    ],
)
def test_the_least_calls_are_known(scenario: str, least: float | None) -> None:
    """For one lookup: batches of a hundred, one more where some fall through; a call each elsewhere."""
    assert SCENARIOS[scenario].least_calls() == least


def test_the_room_knows_every_shape_way_latency_and_load() -> None:
    """Nine shapes: four both ways, five one way; three latencies, three loads; and two curves."""
    assert len(SCENARIOS) == (4 * 2 + 5) * 3 * 3 + 4 + 4


def test_the_usual_run_is_of_the_usual_scenarios(tmp_path: Path) -> None:
    """Named ones and all are what is said; whoever else is measured is measured in usual ones."""
    old = tmp_path / "old.json"
    old.write_bytes(to_json(run()))

    usual = wanted_of([])
    named = wanted_of(["--scenario", "one-batch-0", "one-batch-0", "--compare", str(old)])

    assert [one.name for one in usual.scenarios] == list(dict.fromkeys(USUAL))
    assert {*PEERS_TOO, *FLOOR_TOO, *DIRECT_TOO, *UNRECORDED_TOO} <= {*USUAL}
    assert [one.name for one in named.scenarios] == ["one-batch-0"]
    assert len(wanted_of(["--all"]).scenarios) == len(SCENARIOS)
    assert (usual.outage, named.outage) == (10.0, 0.0)
    assert (usual.old, named.old) == (None, run())


def test_everybody_is_measured_where_he_can_be_compared() -> None:
    """The hub in all; the floors where they do the same; a peer in no shape that it has no form for."""
    hub = certhub(Ground({}, "key"))
    floors = floor(PLACES, {"access_key": "a", "secret": "b"}), direct(Way.BATCH)
    list_only = replace(floors[0], name="peer", forms=frozenset({Form.LIST}))
    servers = [Server(one, "http://127.0.0.1:1", 1) for one in (hub, *floors, list_only)]
    names = ("one-batch-0", "list-of-1000-batch-0-alone", "list-batch-0", "hot-gateway-0")

    cases = cases_of(servers, [SCENARIOS[name] for name in names])

    assert [case.name for case in cases] == [
        "certhub one-batch-0",
        "floor one-batch-0",
        "direct one-batch-0",
        "certhub list-batch-0",
        "floor list-batch-0",
        "direct list-batch-0",
        "peer list-batch-0",
        "certhub hot-gateway-0",
        "certhub list-of-1000-batch-0-alone",
        "floor list-of-1000-batch-0-alone",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--scenario", "two-batch-0"],
        ["--rounds", "0"],
        ["--seconds", "0"],
        ["--outage", "0.5"],
        ["--compare", "/nowhere/old.json"],
        ["--all", "--scenario", "one-batch-0"],
    ],
)
def test_a_wrong_wish_ends_at_once(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is put up; it says which."""
    with pytest.raises(SystemExit):
        wanted_of(wrong)

    assert wrong[0] in capsys.readouterr().err


def test_records_are_counted_as_they_come(tmp_path: Path) -> None:
    """A row holds the lookups of one call; those that were counted are not read again."""
    file = tmp_path / "certhub.db"
    records = Records(file)
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE disclosure_batches (id TEXT PRIMARY KEY, count INTEGER)")
        empty = records()
        database.execute("INSERT INTO disclosure_batches VALUES ('b', 100), ('a', 1)")
        database.commit()
        first = records()
        database.execute("INSERT INTO disclosure_batches VALUES ('c', 12)")
        database.execute("UPDATE disclosure_batches SET count = 7 WHERE id = 'a'")
        database.commit()

        assert (empty, first, records()) == (0, 101, 113)


def test_an_answer_must_have_every_lookup_with_the_values_of_its_source() -> None:
    """Missing, another's, or from elsewhere: its figures would mean nothing."""
    request = Request(b"", 1, (b'"name":"',), (ASKED,))
    right = {"name": "张三", "source": "province"}

    request.check(b'{"name":""}', lambda _: [right])
    for answer, values, why in (
        (b"{}", [right], "0 of 1 lookups were found"),
        (b'{"name":""}', [], "0 certificates came for 1 lookups"),
        (b'{"name":""}', [{**right, "name": "李四"}], "the field name"),
        (b'{"name":""}', [{**right, "source": "municipality"}], "another source"),
    ):
        with pytest.raises(WrongAnswer, match=why):
            request.check(answer, lambda _, values=values: values)  # type: ignore[misc]  # the default binds this one


def test_the_hub_is_asked_in_each_form() -> None:
    """One, a list and aliases; the item is that of the way."""
    one, two = body(Form.ONE, Way.BATCH, [ASKED]), body(Form.LIST, Way.GATEWAY, [ASKED] * 2)
    aliases = body(Form.ALIASES, Way.GATEWAY, [replace(ASKED)] * 3)

    assert ITEMS[Way.BATCH].encode() in one
    assert ITEMS[Way.GATEWAY].encode() in two
    assert [text.count(ASKED.resident_id.encode()) for text in (one, two, aliases)] == [1, 2, 3]
    assert b"l2: certificate" in aliases


def test_the_hubs_answers_are_read_with_their_sources() -> None:
    """A list and aliases alike."""
    found = b'{"__typename":"Found","source":{"name":"province"},"certificate":{"name":"x"}}'
    listed, aliased = b'{"data":{"outcomes":[%b]}}' % found, b'{"data":{"l0":%b}}' % found

    assert read(listed) == read(aliased) == [{"name": "x", "source": "province"}]


def test_a_post_is_written_whole() -> None:
    """Path of the URL before the path, every header, and the length of the body."""
    wire = posted("http://127.0.0.1:80/base/", "/graphql", {"X-A": "b"}, b"{}")

    assert wire == (
        b"POST /base/graphql HTTP/1.1\r\nHost: 127.0.0.1:80\r\nContent-Type: application/json\r\n"
        b"X-A: b\r\nContent-Length: 2\r\n\r\n{}"
    )


def test_an_outage_is_told_by_the_moment_in_which_requests_were_due() -> None:
    """Quarters of a second; those that need the gateway apart, and moments without requests empty."""
    answers = [
        Answered(NEEDING, 10.1, 10.2, {"Found": 1}),
        Answered(NEEDING, 10.2, 13.2, {"Unavailable": 1}),
        Answered(HEALTHY, 10.3, 10.301, {"Found": 1}),
        Answered(HEALTHY, 10.3, 10.4, {}, "HTTP 503"),
    ]

    through = told(answers, began=10.0, seconds=0.5, fell=0.1, healed=0.3)

    first, second = through.needing
    assert (first.requests, first.found, first.unavailable) == (2, 1, 1)
    assert first.p50_ms == pytest.approx(100)
    assert first.p99_ms == pytest.approx(3000)
    assert (second.requests, second.p50_ms, second.p99_ms) == (0, None, None)
    assert [one.unavailable for one in through.healthy] == [0, 1]
    assert [one.at for one in through.healthy] == [0.125, 0.375]
