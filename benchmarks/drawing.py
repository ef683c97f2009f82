"""A plot as one self-contained SVG: panels above each other over one axis of time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from math import isfinite

WIDTH, HEIGHT, LEFT, RIGHT, GAP = 960, 110, 70, 170, 34
COLOURS = ("#1b6ca8", "#c8553d", "#3a7d44", "#8a5a9e", "#b8860b", "#555555")
_STYLE = "text{font:11px sans-serif;fill:#333}.t{font-weight:bold}.a{fill:none;stroke-width:1.3}"


@dataclass(frozen=True, slots=True)
class Curve:
    """Named values, one for each moment."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves on one scale, which begins at zero unless it says where."""

    title: str
    curves: Sequence[Curve]
    least: float = 0.0

    @property
    def most(self) -> float:
        """The top of the scale."""
        values = [value for curve in self.curves for value in curve.values if isfinite(value)]
        return max([*values, self.least + 1e-9]) * 1.05


@dataclass(frozen=True, slots=True)
class Band:
    """A time that is marked across all panels, such as a fault."""

    begins: float
    ends: float
    row: int
    told: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything that is drawn; moments in seconds."""

    title: str
    moments: Sequence[float]
    panels: Sequence[Panel]
    bands: Sequence[Band] = ()
    rows: Sequence[str] = field(default=())

    def svg(self) -> str:
        """The picture."""
        top = 40 + 14 * len(self.rows)
        height = top + len(self.panels) * (HEIGHT + GAP) + 10
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" role="img"><style>{_STYLE}</style>',
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
            _text(LEFT, 20, self.title, "t"),
            *self._bands(),
        ]
        for number, panel in enumerate(self.panels):
            parts += self._panel(panel, top + number * (HEIGHT + GAP) + 16)
        return "\n".join([*parts, "</svg>"]) + "\n"

    def _x(self, moment: float) -> float:
        first, last = self.moments[0], self.moments[-1]
        return LEFT + (moment - first) / max(last - first, 1e-9) * (WIDTH - LEFT - RIGHT)

    def _bands(self) -> list[str]:
        parts = []
        for row, name in enumerate(self.rows):
            parts.append(_text(WIDTH - RIGHT + 8, 41 + 14 * row, name))
        for band in self.bands:
            x, width = self._x(band.begins), self._x(band.ends) - self._x(band.begins)
            y, colour = 32 + 14 * band.row, COLOURS[band.row % len(COLOURS)]
            parts.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="11" fill="{colour}" '
                f'opacity=".55"><title>{escape(band.told)}</title></rect>'
            )
        return parts

    def _panel(self, panel: Panel, top: float) -> list[str]:
        bottom = top + HEIGHT
        parts = [
            _text(LEFT, top - 5, panel.title, "t"),
            f'<path d="M{LEFT} {top}V{bottom}H{WIDTH - RIGHT}" fill="none" stroke="#999"/>',
            _text(8, top + 9, f"{panel.most:,.4g}"),
            _text(8, bottom, f"{panel.least:,.4g}"),
            _text(LEFT, bottom + 13, f"{self.moments[0]:.0f} s"),
            _text(WIDTH - RIGHT - 30, bottom + 13, f"{self.moments[-1]:.0f} s"),
        ]
        for number, curve in enumerate(panel.curves):
            colour = COLOURS[number % len(COLOURS)]
            parts.append(f'<path class="a" stroke="{colour}" d="{self._path(panel, curve, top)}"/>')
            parts.append(
                f'<text x="{WIDTH - RIGHT + 8}" y="{top + 10 + 14 * number}" '
                f'style="fill:{colour}">{escape(curve.name)}</text>'
            )
        return parts

    def _path(self, panel: Panel, curve: Curve, top: float) -> str:
        scale, path, pen = HEIGHT / (panel.most - panel.least), [], "M"
        for moment, value in zip(self.moments, curve.values, strict=True):
            if isfinite(value):
                y = top + HEIGHT - (max(value, panel.least) - panel.least) * scale
                path.append(f"{pen}{self._x(moment):.1f} {y:.1f}")
            pen = "L" if isfinite(value) else "M"  # a gap where nothing was measured
        return "".join(path)


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    marked = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}"{marked}>{escape(text)}</text>'
