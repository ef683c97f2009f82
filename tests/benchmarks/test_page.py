"""The page of a run, made up by hand: whole HTML, nothing from elsewhere, and the run's own figures."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from math import log10
from xml.etree import ElementTree

import pytest

from benchmarks.page import page
from benchmarks.page_charts import Axis, Chart, Line, linear, logarithmic, number
from benchmarks.page_plots import in_words
from benchmarks.results import (
    Measurement,
    Moment,
    OutageTold,
    Results,
    ScenarioTold,
    Window,
    percentiles,
)


class Whole(HTMLParser):
    """Counts elements and keeps all attributes; an end that closes another element is an error."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(text: str) -> Whole:
    """The page, parsed to its end."""
    parser = Whole()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser


def window(rate: float, *, norm_us: float = 10.0, slowest: int = 100) -> Window:
    """A window of a thousand requests that took 1 to `slowest` ms."""
    return Window(
        seconds=1.0,
        requests=1000,
        lookups=1000,
        lookups_per_second=rate,
        cpu_us=12.5,
        norm_us=norm_us,
        busy=0.9,
        others=0.02,
        platforms_busy=0.3,
        driver_busy=0.2,
        calls=0.125,
        resident_mb=88.0,
        turned_away=0,
        latencies_ms=percentiles([float(ms) for ms in range(1, slowest + 1)]),
    )


def told(name: str, shape: str, load: str, lookups: int, callers: int) -> ScenarioTold:
    """A scenario over batch platforms without latency."""
    return ScenarioTold(name, shape, "batch", "0", load, lookups, callers)


ONE = told("one-batch-0", "one", "crowd", 1, 64)
FEW = told("one-by-4-batch-0", "one-by-4", "crowd", 1, 4)
LIST = told("list-batch-0-alone", "list", "alone", 100, 1)
LARGE = told("list-of-10000-batch-0-alone", "list-of-10000", "alone", 10_000, 1)
OUTAGE = OutageTold(
    scenario="one-gateway-0",
    seconds=4.0,
    fell=1.0,
    healed=3.0,
    offered=10.0,
    needing=(
        Moment(1.0, 20, 20, 0, 2.0, 5.0),
        Moment(3.0, 20, 0, 20, None, None),
    ),
    healthy=(Moment(1.0, 20, 20, 0, 2.0, 4.0), Moment(3.0, 20, 20, 0, 2.0, 6.0)),
)
RUN = Results(
    began="2026-11-23T18:00:00Z",
    machine={"processor": "a & b"},
    shared_core=False,
    rounds=3,
    seconds=1.5,
    contenders={"certhub": "certhub, the full line", "mercurius": "Mercurius <16>"},
    skipped={"hive": "node said <script>alert(1)</script>"},
    measurements=(
        Measurement("certhub", ONE, tuple(window(rate) for rate in (14_000, 15_000, 16_000))),
        Measurement("mercurius", ONE, (window(10_000, slowest=300),)),
        Measurement("certhub", FEW, (window(5_000),)),
        Measurement("certhub", LIST, (window(90_000, norm_us=20.0),)),
        Measurement("certhub", LARGE, (window(91_000, norm_us=21.0),)),
    ),
    outage=OUTAGE,
    ratios={"one_vs_mercurius": 1.5, "list_vs_hive": None, "rss_mb": 300.0},
    reasons={"list_vs_hive": "hive was not measured"},
    command="python -m benchmarks --peers",
)


def drawings(text: str) -> dict[str, ElementTree.Element]:
    """The plots, by title; each is whole XML of its own."""
    found = [
        ElementTree.fromstring(one) for one in re.findall(r"<svg viewBox.*?</svg>", text, re.S)
    ]
    return {one.attrib["aria-label"]: one for one in found if "aria-label" in one.attrib}


def titles(drawing: ElementTree.Element) -> list[str]:
    """What a plot tells where one points at it."""
    return [title.text or "" for title in drawing.iter("title")]


def test_the_page_is_whole_and_nothing_in_it_comes_from_elsewhere() -> None:
    """No script, no link, no address; its own policy forbids the browser to load anything."""
    whole = read(page(RUN))

    tags = {tag for tag, _, _ in whole.attributes}
    names = {name for _, name, _ in whole.attributes}
    policy = [value for tag, name, value in whole.attributes if "default-src" in value]
    assert not tags & {"script", "link", "img", "iframe", "object", "a", "use", "image"}
    assert not names & {"src", "href", "srcset", "style", "onclick", "onload", "xlink:href"}
    assert policy == [
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    ]
    assert not re.search(r"https?:|url\(|@import", page(RUN))


def test_what_was_given_is_shown_and_never_run() -> None:
    """Reasons, titles and the machine are text, whatever is in them."""
    text = page(RUN)

    assert "<script" not in text
    assert "node said &lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "Mercurius &lt;16&gt;" in text
    assert "a &amp; b" in text


def test_the_head_tells_how_many_promises_are_kept_and_what_made_the_run() -> None:
    """A ratio that could not be told counts neither way, and says why."""
    words = " ".join(read(page(RUN)).text)

    assert (
        "1 of 2 promises kept · 2026-11-23T18:00:00Z · 3 rounds in turn, 1.5 s a window." in words
    )
    assert "python -m benchmarks --peers" in words
    assert "1.5 ✓" in words
    assert "300 ✗" in words
    assert "hive was not measured" in words
    assert "One core for everything" not in words


def test_a_shared_core_is_said_at_the_top() -> None:
    """Figures of one core for everything are no figures."""
    assert "One core for everything: nothing here is comparable." in page(
        replace(RUN, shared_core=True)
    )


def test_throughput_is_drawn_against_callers() -> None:
    """The middle of the rounds; a server with one point has no line there."""
    drawing = drawings(page(RUN))["Throughput against concurrency"]

    assert titles(drawing) == ["certhub", "certhub: 4 → 5,000", "certhub: 64 → 15k"]


def test_cost_is_drawn_against_lookups_in_a_request() -> None:
    """By norm µs, up to the largest request."""
    drawing = drawings(page(RUN))["Cost against size"]

    assert titles(drawing) == ["certhub", "certhub: 100 → 20", "certhub: 10k → 21"]


def test_latency_is_drawn_for_each_scenario_and_everybody_in_it() -> None:
    """A curve for each server; those of the other two sections have none here."""
    plots = drawings(page(RUN))

    assert titles(plots["one lookup · batch call · 0 ms · 64 callers"]) == [
        "certhub: p50 50.00 ms, p90 90.00 ms, p99 99.00 ms",
        "mercurius: p50 150.00 ms, p90 270.00 ms, p99 297.00 ms",
    ]
    assert titles(plots["100 in a list · batch call · 0 ms · one caller"]) == [
        "certhub: p50 50.00 ms, p90 90.00 ms, p99 99.00 ms"
    ]
    assert not [title for title in plots if "10,000" in title]


def test_a_curve_ends_where_requests_are_too_few_to_tell() -> None:
    """Of a thousand requests the last percentile is 99.9: three equal steps from the left edge."""
    plots = drawings(page(RUN))
    curve = plots["one lookup · batch call · 0 ms · 64 callers"].find(
        "path[@class='line of-certhub']"
    )

    assert curve is not None
    last = float(curve.attrib["d"].rpartition("L")[2].split()[0])
    assert last == 388.0  # the right edge


def test_the_outage_is_drawn_with_the_time_in_which_the_platform_hung() -> None:
    """Two latencies and what became of those who needed it; a moment without any is left out."""
    plots = drawings(page(RUN))
    needing = plots["Lookups that begin at the platform that hangs"]
    band = needing.find("rect[@class='band']")

    assert band is not None
    assert (band.attrib["x"], band.attrib["width"]) == ("136.0", "168.0")
    assert titles(needing) == ["p99", "p50"]
    assert titles(plots["What became of those that begin there"]) == ["found", "unavailable"]


def test_every_figure_is_in_the_table() -> None:
    """The middle of the rounds, and the least and the most of them."""
    words = read(page(RUN)).text

    place = words.index("14,000 – 16,000")
    row = words[place - 12 : place + 1]
    assert row == [
        *("one-batch-0", "certhub", "64", "15,000", "50.00", "99.00", "12.5", "10.0"),
        *("90%", "2%", "0.125", "88", "14,000 – 16,000"),
    ]


def test_the_table_tells_what_an_open_loop_offered_and_who_was_turned_away() -> None:
    """The rate stands where a closed loop has its callers."""
    busy = replace(window(900), offered=1200.0, turned_away=7)
    opened = replace(ONE, name="one-batch-0-open", load="open", rate=0.7)
    run = replace(RUN, measurements=(Measurement("certhub", opened, (busy,)),))

    assert "1,200/s, 7 turned away" in read(page(run)).text


def test_a_run_of_nothing_is_a_page_without_plots() -> None:
    """Sections without content are left out."""
    nothing = replace(RUN, measurements=(), outage=None, ratios={}, skipped={}, machine={})
    whole = read(page(nothing))

    assert drawings(page(nothing)) == {}
    assert [one for one in whole.text if one in {"Latency", "Promises", "Who was measured"}] == [
        "Who was measured"
    ]


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.25, "0.25"), (12.5, "12.5"), (999, "999"), (2500, "2,500"), (15_000, "15k"), (2e6, "2M")],
)
def test_figures_on_axes_are_short(value: float, told: str) -> None:
    """Three digits, thousands and millions."""
    assert number(value) == told


def test_a_linear_axis_begins_at_zero_and_ends_at_a_round_value() -> None:
    """Ticks are even, and the most lies below the last."""
    axis = linear("lookups/s", 15_000)

    assert [told for _, told in axis.ticks] == [
        *("0", "2,500", "5,000", "7,500", "10k", "12.5k", "15k")
    ]
    assert (axis.share(0), axis.share(7500), axis.share(15_000)) == (0.0, 0.5, 1.0)


def test_a_logarithmic_axis_ends_at_round_values() -> None:
    """Few decades have ticks at two and five, many have none; values outside stay at the edge."""
    few, many = logarithmic("ms", [3, 80]), logarithmic("ms", [0.4, 9000])

    assert [told for _, told in few.ticks] == ["2", "5", "10", "20", "50", "100"]
    assert [told for _, told in many.ticks] == ["1", "10", "100", "1,000", "10k"]
    assert few.share(20) == pytest.approx(log10(10) / log10(50))
    assert (few.share(0), few.share(1000)) == (0.0, 1.0)


def test_names_at_the_ends_of_lines_never_overlap() -> None:
    """Eleven lines that end at one point: their names stand apart, all inside of the plot."""
    lines = [Line(f"server {place}", "of-other", [(0, 1), (1, 5)]) for place in range(11)]
    chart = Chart("crowded", Axis("x", 0, 1), linear("ms", 5), lines)
    names = ElementTree.fromstring(chart.svg()).findall("text[@class='name of-other']")

    heights = [float(name.attrib["y"]) for name in names]
    assert len(heights) == 11
    assert min(lower - upper for upper, lower in pairwise(heights)) >= 12.9
    assert min(heights) > 0
    assert max(heights) <= 300


def test_scenarios_are_told_in_words() -> None:
    """An open loop by its share of capacity, a tail as what it is."""
    open_loop = ScenarioTold("x", "one", "gateway", "tail", "open", 1, 64, 0.7)

    assert in_words(open_loop) == (
        "one lookup · sharing gateway · heavy-tailed latency · open loop at 70% of capacity"
    )
