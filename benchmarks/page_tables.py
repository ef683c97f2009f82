"""The tables of a run's page: promises, every figure, who was measured, and on what."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from math import log
from statistics import median

from benchmarks.page_plots import by_scenario, in_words, look
from benchmarks.ratios import DIRECT, HUB, RATIOS, Ratio
from benchmarks.results import Measurement, Results, Window

_FARTHEST = 8.0
"""Of a promise's bar: so many times better or worse than its bound reaches the edge."""
_BAR, _BAR_HEIGHT = 200, 16

_FIGURES: Sequence[tuple[str, Callable[[Window], float], str]] = (
    ("lookups/s", lambda one: one.lookups_per_second, ",.0f"),
    ("p50 ms", lambda one: one.ms(0.5), ",.2f"),
    ("p99 ms", lambda one: one.ms(0.99), ",.2f"),
    ("CPU µs", lambda one: one.cpu_us, ",.1f"),
    ("norm µs", lambda one: one.norm_us, ",.1f"),
    ("busy", lambda one: one.busy, ".0%"),
    ("others", lambda one: one.others, ".0%"),
    ("calls", lambda one: one.calls, ".3f"),
    ("MB", lambda one: one.resident_mb, ",.0f"),
)


def kept(results: Results) -> str:
    """How many promises are kept, of those that could be told."""
    told = [(ratio, results.ratios.get(ratio.name)) for ratio in RATIOS]
    known = [(ratio, value) for ratio, value in told if value is not None]
    count = sum(ratio.reached(value) for ratio, value in known)
    return f"{count} of {len(known)} promises kept" if known else ""


def promises(results: Results) -> str:
    """What was promised, what was measured, and how far they are apart."""
    rows = [_promise(ratio, results) for ratio in RATIOS if ratio.name in results.ratios]
    heads = _heads(
        ("promise", "words"), ("measured", ""), ("bound", ""), ("against its bound", "middle")
    )
    return f'<div class="promises">{_table(heads, rows)}</div>' if rows else ""


def _promise(ratio: Ratio, results: Results) -> str:
    value = results.ratios[ratio.name]
    told = f"{escape(ratio.what)}<br><code>{escape(ratio.name)}</code>"
    if value is None:
        why = escape(results.reasons.get(ratio.name, "not measured"))
        return _row(
            _words(told), _cell("–"), _cell(ratio.target), f'<td class="words soft">{why}</td>'
        )
    reached = ratio.reached(value)
    figure = f'<td class="{"kept" if reached else "missed"}">{_short(value)} {"✓" if reached else "✗"}</td>'
    return _row(
        _words(told), figure, _cell(ratio.target), _bar(_margin(ratio, value), reached=reached)
    )


def _margin(ratio: Ratio, value: float) -> float:
    """How many times better than the bound; below 1 it is missed."""
    better = value / ratio.bound if ratio.at_least else ratio.bound / max(value, 1e-9)
    return min(max(better, 1 / _FARTHEST), _FARTHEST)


def _bar(margin: float, *, reached: bool) -> str:
    """From the bound in the middle to the right where it is kept, else to the left."""
    middle = _BAR / 2
    length = log(margin) / log(_FARTHEST) * middle
    left, width = middle + min(length, 0), max(abs(length), 1.0)
    return (
        f'<td class="bar"><svg viewBox="0 0 {_BAR} {_BAR_HEIGHT}" preserveAspectRatio="none" '
        f'role="img" aria-label="{margin:.2f} times better than the bound">'
        f'<rect class="{"ok" if reached else "no"}" x="{left:.1f}" y="4" width="{width:.1f}" height="8"/>'
        f'<path d="M{middle:.0f} 0V{_BAR_HEIGHT}"/></svg></td>'
    )


def rankings(results: Results) -> str:
    """Lookups in a second side by side, for scenarios in which several were measured at once."""
    crowds = (
        [one for one in measured if one.contender != DIRECT]
        for measured in by_scenario(results).values()
        if measured[0].scenario.load == "crowd"
        and not measured[0].scenario.shape.startswith("one-by")
    )
    return "\n".join(_ranking(measured) for measured in crowds if len(measured) > 1)


def _ranking(measured: Sequence[Measurement]) -> str:
    ordered = sorted(measured, key=_rate, reverse=True)
    most = _rate(ordered[0])
    rows = (
        f'<tr class="{"ours" if one.contender == HUB else ""}">{_words(escape(one.contender))}'
        f"{_cell(f'{_rate(one):,.0f}')}"
        f'<td class="bar {look(one.contender)}"><svg viewBox="0 0 {_BAR} {_BAR_HEIGHT}" '
        f'preserveAspectRatio="none" aria-hidden="true"><rect x="0" y="3" '
        f'width="{_rate(one) / max(most, 1e-9) * _BAR:.1f}" height="10"/></svg></td></tr>'
        for one in ordered
    )
    title = escape(in_words(measured[0].scenario))
    return f'<figure class="ranking"><h3>{title}</h3>{_table("", rows)}</figure>'


def _rate(one: Measurement) -> float:
    return one.middle(lambda window: window.lookups_per_second)


def everything(results: Results) -> str:
    """Every scenario, everybody in it: the middle of the rounds, and the spread of the rates."""
    heads = _heads(
        ("scenario", "words"),
        ("server", "words"),
        ("callers", ""),
        *((title, "") for title, _, _ in _FIGURES),
        ("lookups/s, least – most", ""),
    )
    scenarios = by_scenario(results).values()
    rows = (_figures(one, first=one is each[0]) for each in scenarios for one in each)
    return f'<div class="figures">{_table(heads, rows)}</div>'


def _figures(one: Measurement, *, first: bool) -> str:
    """A row; the scenario is named in the first of its rows."""
    told = (_cell(format(one.middle(figure), shape)) for _, figure, shape in _FIGURES)
    least, most = one.spread(lambda window: window.lookups_per_second)
    name = one.scenario.name if first else ""
    kinds = f"{'ours' if one.contender == HUB else ''} {'begins' if first else ''}".strip()
    cells = (
        f"<td>{escape(name)}</td>",
        _words(escape(one.contender)),
        _cell(_askers(one)),
        *told,
        _cell(f"{least:,.0f} – {most:,.0f}"),
    )
    return f'<tr class="{kinds}">{"".join(cells)}</tr>'


def _askers(one: Measurement) -> str:
    """Callers of a closed loop, the rate of an open one; and how many requests were turned away."""
    offered = [window.offered for window in one.windows if window.offered is not None]
    told = f"{median(offered):,.0f}/s" if offered else str(one.scenario.callers)
    turned_away = sum(window.turned_away for window in one.windows)
    return f"{told}, {turned_away:,} turned away" if turned_away else told


def pairs(told: Mapping[str, str]) -> str:
    """Names and what belongs to them."""
    parts = (f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in told.items())
    return f"<dl>{''.join(parts)}</dl>"


def _table(heads: str, rows: Iterable[str]) -> str:
    head = f"<thead>{heads}</thead>" if heads else ""
    return f'<div class="scroll"><table>{head}<tbody>{"".join(rows)}</tbody></table></div>'


def _heads(*columns: tuple[str, str]) -> str:
    return _row(*(f'<th class="{kind}">{escape(title)}</th>' for title, kind in columns))


def _row(*cells: str) -> str:
    return f"<tr>{''.join(cells)}</tr>"


def _cell(text: str) -> str:
    return f"<td>{escape(text)}</td>"


def _words(markup: str) -> str:
    return f'<td class="words">{markup}</td>'


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
