"""Line charts as SVG with readable axes and a name at the end of every line; no script, no font file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from math import floor, isfinite, log10

WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 92, 26, 38
_LEADING = 13.0
"""Pixels that names at the ends of lines keep from each other."""
_LETTERS = 14
"""Of a name, those that there is room for."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from `low` to `high`, and the values that are named on it."""

    title: str
    low: float
    high: float
    log: bool = False
    ticks: Sequence[tuple[float, str]] = ()

    def share(self, value: float) -> float:
        """Where a value lies, between 0 and 1."""
        if self.log:
            low, high, value = log10(self.low), log10(self.high), log10(max(value, self.low))
        else:
            low, high = self.low, self.high
        return min(max((value - low) / (high - low), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Line:
    """Points that belong together; `look` is its class in the style sheet."""

    name: str
    look: str
    points: Sequence[tuple[float, float]]
    told: str = ""  # shown where one points at it
    dots: bool = False  # each point is shown, and told with its figures


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the horizontal axis that is marked."""

    begins: float
    ends: float
    name: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One plot."""

    title: str
    x: Axis
    y: Axis
    lines: Sequence[Line]
    bands: Sequence[Band] = field(default=())

    def svg(self) -> str:
        """The picture, as wide as its place."""
        parts = [
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(self.title)}">',
            *(self._band(band) for band in self.bands),
            *self._grid(),
            *(part for line in self.lines for part in self._line(line)),
            *self._names(),
            "</svg>",
        ]
        return "\n".join(parts)

    def _at(self, point: tuple[float, float]) -> tuple[float, float]:
        across = LEFT + self.x.share(point[0]) * (WIDTH - LEFT - RIGHT)
        return across, HEIGHT - BOTTOM - self.y.share(point[1]) * (HEIGHT - TOP - BOTTOM)

    def _band(self, band: Band) -> str:
        left, _ = self._at((band.begins, self.y.low))
        right, _ = self._at((band.ends, self.y.low))
        return (
            f'<rect class="band" x="{left:.1f}" y="{TOP}" width="{right - left:.1f}" '
            f'height="{HEIGHT - TOP - BOTTOM}"/>'
            f'<text class="note" x="{left:.1f}" y="{TOP - 5}">{escape(band.name)}</text>'
        )

    def _grid(self) -> list[str]:
        right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        parts = [f'<text class="axis" x="0" y="12">{escape(self.y.title)}</text>']
        for value, told in self.y.ticks:
            _, y = self._at((self.x.low, value))
            parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{right}"/>')
            parts.append(f'<text class="tick y" x="{LEFT - 6}" y="{y + 4:.1f}">{told}</text>')
        for value, told in self.x.ticks:
            x, _ = self._at((value, self.y.low))
            parts.append(f'<path class="stroke" d="M{x:.1f} {bottom}v4"/>')
            parts.append(f'<text class="tick x" x="{x:.1f}" y="{bottom + 16}">{told}</text>')
        parts.append(f'<path class="stroke" d="M{LEFT} {bottom}H{right}"/>')
        middle, foot = (LEFT + right) / 2, HEIGHT - 5
        parts.append(
            f'<text class="axis x" x="{middle:.0f}" y="{foot}">{escape(self.x.title)}</text>'
        )
        return parts

    def _line(self, line: Line) -> list[str]:
        drawn = [self._at(point) for point in line.points]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in drawn)
        told = f"<title>{escape(line.told or line.name)}</title>"
        parts = [f'<path class="line {line.look}" d="M{path}">{told}</path>']
        if line.dots:
            for (x, y), figures in zip(drawn, line.points, strict=True):
                told = f"{line.name}: {number(figures[0])} → {number(figures[1])}"
                parts.append(
                    f'<circle class="dot {line.look}" cx="{x:.1f}" cy="{y:.1f}" r="3">'
                    f"<title>{escape(told)}</title></circle>"
                )
        return parts

    def _names(self) -> list[str]:
        """Each at the height where its line ends, moved as little as keeps them apart."""
        ends = [(self._at(line.points[-1]), line) for line in self.lines if line.points]
        ends.sort(key=lambda end: end[0][1])
        heights = _apart([y for (_, y), _ in ends])
        parts = []
        for ((x, y), line), height in zip(ends, heights, strict=True):
            if abs(height - y) > 3 or x < WIDTH - RIGHT - 4:
                parts.append(
                    f'<path class="lead" d="M{x + 3:.1f} {y:.1f}L{WIDTH - RIGHT + 6} {height:.1f}"/>'
                )
            name = line.name if len(line.name) <= _LETTERS else f"{line.name[: _LETTERS - 1]}…"
            parts.append(
                f'<text class="name {line.look}" x="{WIDTH - RIGHT + 8}" y="{height + 4:.1f}">'
                f"{escape(name)}</text>"
            )
        return parts


def linear(title: str, most: float) -> Axis:
    """From zero to a round value at or above the most."""
    step = _step(max(most, 1e-9))
    count = int(-(-most // step)) or 1
    ticks = [(step * place, number(step * place)) for place in range(count + 1)]
    return Axis(title, 0.0, step * count, ticks=ticks)


def logarithmic(title: str, values: Sequence[float]) -> Axis:
    """From a round value at or below the least to one at or above the most; all above zero."""
    kept = [value for value in values if value > 0 and isfinite(value)] or [1.0]
    low, high = _round_down(min(kept)), _round_up(max(kept))
    if low == high:
        high *= 10
    marks = [value for value in _marks(low, high) if low <= value <= high]
    return Axis(title, low, high, True, [(value, number(value)) for value in marks])


def number(value: float) -> str:
    """A figure as short as it can be told on an axis."""
    if value >= 1_000_000:
        return f"{value / 1_000_000:.3g}M"
    if value >= 10_000:
        return f"{value / 1000:.3g}k"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _step(most: float) -> float:
    """The distance of ticks, so that there are four to eight of them."""
    power: float = 10 ** floor(log10(most))
    return next(power * part for part in (0.2, 0.25, 0.5, 1, 2) if most / (power * part) <= 6)


def _round_down(value: float) -> float:
    power: float = 10 ** floor(log10(value) + 1e-9)
    return next(power * part for part in (5, 2, 1) if power * part <= value * 1.000001)


def _round_up(value: float) -> float:
    power: float = 10 ** floor(log10(value) - 1e-9)
    return next(power * part for part in (1, 2, 5, 10) if power * part >= value * 0.999999)


def _marks(low: float, high: float) -> list[float]:
    """Powers of ten; between few of them also two and five."""
    first, last = floor(log10(low) + 1e-9), floor(log10(high) + 1e-9)
    parts = (1, 2, 5) if log10(high / low) <= 2.5 else (1,)
    return [part * 10.0**power for power in range(first, last + 1) for part in parts]


def _apart(heights: Sequence[float]) -> list[float]:
    """Heights in order, at least a line's leading from each other, inside of the plot."""
    placed = list(heights)
    for upper, lower in pairwise(range(len(placed))):
        placed[lower] = max(placed[lower], placed[upper] + _LEADING)
    bottom = HEIGHT - 6.0
    for place in reversed(range(len(placed))):
        placed[place] = min(placed[place], bottom)
        bottom = placed[place] - _LEADING
    return placed
