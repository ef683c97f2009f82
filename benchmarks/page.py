"""A run as one self-contained HTML page: nothing is loaded, nothing is run, it can be mailed and printed."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from benchmarks.page_charts import Chart
from benchmarks.page_plots import concurrency, cost, distributions, timeline
from benchmarks.page_tables import everything, kept, pairs, promises, rankings
from benchmarks.results import Results

_STYLE = (Path(__file__).parent / "page.css").read_text("utf-8")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(results: Results) -> str:
    """The whole page."""
    sections = (
        _head(results),
        _section("Promises", _PROMISES, promises(results)),
        _section("Side by side", _RATES, _grid(rankings(results))),
        _plots("Throughput, cost", _CURVES, [*concurrency(results), *cost(results)]),
        _plots("Latency", _LATENCY, distributions(results)),
        _plots("Through an outage", _OUTAGE, timeline(results.outage) if results.outage else []),
        _section("Every figure", _FIGURES, everything(results)),
        _section("Who was measured", "", pairs(results.contenders)),
        _section(
            "Who was not, or not throughout", "", pairs(results.skipped) if results.skipped else ""
        ),
        _section("The machine", "", pairs(results.machine)),
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>certhub benchmarks, {escape(results.began)}</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(sections)}</body></html>\n"
    )


_PROMISES = (
    "Each is a figure of this one run; mostly ratios, so that the machine matters little. The bar "
    "begins at the bound and grows to the right where the promise is kept; an eighth and eight "
    "times the bound are its ends."
)
_RATES = (
    "Lookups in a second on one core. The hub does the full line: identity, admission, record on "
    "disk, trail. All others do the bare lookup at the same platforms, and their answers were "
    "compared with its answers, field by field."
)
_CURVES = (
    "One lookup in a request, and more and more callers; one caller, and more and more lookups in "
    "a request. CPU time is of the server, scaled by a calibration loop beside it."
)
_LATENCY = (
    "Each curve is the middle of the rounds: how long the fastest half of all requests took, nine "
    "tenths, and so on to the slowest that there were requests enough to tell of. In open loops, "
    "requests come at their moments whatever became of those before, and count from when they "
    "were due."
)
_OUTAGE = (
    "The platform that half of the lookups begin at takes every call and answers none, then heals. "
    "Requests belong to the moment when they were due."
)
_FIGURES = (
    "Medians of the rounds; an open loop has its rate where others have their callers. CPU, norm "
    "(CPU scaled by the calibration loop) and calls to platforms are for one lookup, busy is the "
    "share of time that the server worked, others what other processes had of its core meanwhile: "
    "where that is more than a few percent, measure again."
)


def _head(results: Results) -> str:
    shared = " <strong>One core for everything: nothing here is comparable.</strong>"
    summary = " · ".join(filter(None, (kept(results), results.began)))
    command = f"<p><code>{escape(results.command)}</code></p>" if results.command else ""
    return (
        f"<h1>certhub: what a lookup costs</h1>"
        f'<p class="soft">{escape(summary)} · {results.rounds} rounds in turn, '
        f"{results.seconds:g} s a window.{shared if results.shared_core else ''}</p>{command}"
    )


def _plots(title: str, told: str, charts: Sequence[Chart]) -> str:
    figures = (f"<figure><h3>{escape(one.title)}</h3>{one.svg()}</figure>" for one in charts)
    return _section(title, told, _grid("".join(figures)))


def _section(title: str, told: str, body: str) -> str:
    """Nothing where there is nothing to show."""
    words = f'<p class="soft">{escape(told)}</p>' if told else ""
    return f"<section><h2>{escape(title)}</h2>{words}{body}</section>" if body else ""


def _grid(figures: str) -> str:
    return f'<div class="plots">{figures}</div>' if figures else ""
