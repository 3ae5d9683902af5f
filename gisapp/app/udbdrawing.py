"""The plan of a package as an SVG drawing in the workspace's CRS (边界优化示意图): no script, no style, no address in it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from gisapp.context import Context
from gisapp.evaluation.udb import PackageResult
from gisapp.i18n import translate
from gisapp.settings import Language

WIDTH, HEIGHT = 720.0, 460.0
MARGIN: Final = 0.35
SMALLEST_M: Final = 300.0
MOST_FEATURES: Final = 3000
_BOUNDARY: Final = {
    "城镇集中建设区": "#b3202c",
    "城镇弹性发展区": "#c4713b",
    "特别用途区": "#4d8a5b",
}
_MOVES: Final = {
    "in": 'fill="#2f7fb3" fill-opacity="0.45" stroke="#1f5f86" stroke-width="2"',
    "out": 'fill="#8b6b4a" fill-opacity="0.35" stroke="#6b4a2a" stroke-width="2" stroke-dasharray="6 3"',
    "rezone": 'fill="#c4713b" fill-opacity="0.35" stroke="#c4713b" stroke-width="2"',
}
_PROHIBITED: Final = {
    "farmland": ("永久基本农田", 'fill="#eef0bf" fill-opacity="0.8" stroke="#b5b155" stroke-width="0.8"'),
    "redline": ("生态保护红线", 'fill="#cfe3c8" fill-opacity="0.8" stroke="#5b8f55" stroke-width="1"'),
}
_WORDS: Final = {"in": "调入", "out": "调出", "rezone": "属性变更"}
_FABRIC: Final = 'fill="none" stroke="#8f8979" stroke-width="0.6"'


@dataclass(frozen=True)
class _Window:
    """The ground that is drawn: its west and north edge [m], pixels a metre."""

    west: float
    north: float
    scale: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Return xmin, ymin, xmax, ymax [m], a little wider than what is seen."""
        pad = 6 / self.scale
        return (
            self.west - pad,
            self.north - HEIGHT / self.scale - pad,
            self.west + WIDTH / self.scale + pad,
            self.north + pad,
        )

    def path(self, geometry: shapely.Geometry) -> str:
        """Return outlines as SVG path data."""
        parts = shapely.get_parts(geometry)
        rings = shapely.get_rings(parts[shapely.get_dimensions(parts) == 2])
        return "".join(self._ring(ring) for ring in rings)

    def _ring(self, ring: shapely.Geometry) -> str:
        xy = shapely.get_coordinates(ring)
        x, y = (xy[:, 0] - self.west) * self.scale, (self.north - xy[:, 1]) * self.scale
        points = "L".join(f"{a:.2f} {b:.2f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
        return f"M{points}Z"


def drawing(result: PackageResult, context: Context, language: Language = "zh") -> str | None:
    """Return the moves over the new boundary, prohibited land and parcels; None where nothing changes."""
    if len(result.changed) == 0:
        return None
    window = _window(result.changed)
    body = [f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#fbfaf6"/>']
    body += [
        _shapes(context.frame(role), window, look)
        for role, (_, look) in _PROHIBITED.items()
        if context.has(role)
    ]
    body.append(_shapes(context.fabric, window, _FABRIC))
    for zone, colour in _BOUNDARY.items():
        own = result.boundary[result.boundary["zone"] == zone]
        body.append(
            _shapes(own, window, f'fill="{colour}" fill-opacity="0.06" stroke="{colour}" stroke-width="1.8"')
        )
    for kind, look in _MOVES.items():
        body.append(_shapes(result.changed[result.changed["kind"] == kind], window, look))
    body += _labels(result.changed, window)
    body += _places(result, window, language)
    body.append(_legend(result, context, language))
    title = escape(f"{translate('边界优化示意图', language)} {result.package.title}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{title}" '
        f'font-family="Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif">{"".join(body)}</svg>'
    )


def _window(changed: gpd.GeoDataFrame) -> _Window:
    x0, y0, x1, y1 = changed.total_bounds
    wide, high = (max((b - a) * (1 + 2 * MARGIN), SMALLEST_M) for a, b in ((x0, x1), (y0, y1)))
    scale = min(WIDTH / wide, HEIGHT / high)
    return _Window((x0 + x1) / 2 - WIDTH / scale / 2, (y0 + y1) / 2 + HEIGHT / scale / 2, scale)


def _shapes(frame: gpd.GeoDataFrame, window: _Window, look: str) -> str:
    rows = np.sort(frame.sindex.query(shapely.box(*window.box), predicate="intersects"))[:MOST_FEATURES]
    cut = shapely.clip_by_rect(frame.geometry.to_numpy()[rows], *window.box)
    path = "".join(window.path(shape) for shape in shapely.simplify(cut, 0.3 / window.scale))
    return f'<path d="{path}" {look} fill-rule="evenodd"/>' if path else ""


def _labels(changed: gpd.GeoDataFrame, window: _Window) -> list[str]:
    points = shapely.point_on_surface(changed.geometry.to_numpy())
    return [
        _text(window, float(shapely.get_x(point)), float(shapely.get_y(point)), str(name), "#10273a")
        for name, point in zip(changed["move"], points, strict=True)
    ]


def _places(result: PackageResult, window: _Window, language: Language) -> list[str]:
    """Return a mark for each place that a warning names."""
    out = []
    for finding in result.findings:
        for x, y in finding.places:
            a, b = (x - window.west) * window.scale, (window.north - y) * window.scale
            out.append(
                f'<circle cx="{a:.1f}" cy="{b:.1f}" r="9" fill="none" stroke="#d0021b" stroke-width="2"/>'
            )
            out.append(_text(window, x, y + 14 / window.scale, translate(finding.title, language), "#d0021b"))
    return out


def _text(window: _Window, x: float, y: float, said: str, colour: str) -> str:
    a, b = (x - window.west) * window.scale, (window.north - y) * window.scale
    return (
        f'<text x="{a:.1f}" y="{b:.1f}" font-size="12" font-weight="600" fill="{colour}" stroke="#fff" stroke-width="3" '
        f'paint-order="stroke" text-anchor="middle">{escape(said)}</text>'
    )


def _legend(result: PackageResult, context: Context, language: Language) -> str:
    entries = [
        (translate(_WORDS[kind], language), look)
        for kind, look in _MOVES.items()
        if (result.changed["kind"] == kind).any()
    ]
    entries += [
        (
            translate(zone, language),
            f'fill="{colour}" fill-opacity="0.06" stroke="{colour}" stroke-width="1.8"',
        )
        for zone, colour in _BOUNDARY.items()
    ]
    entries += [
        (translate(title, language), look) for role, (title, look) in _PROHIBITED.items() if context.has(role)
    ]
    wide = 34 + 12.0 * max(sum(1.0 if ord(sign) > 0x2000 else 0.55 for sign in title) for title, _ in entries)
    parts = [
        f'<rect x="8" y="8" width="{wide:.0f}" height="{len(entries) * 17 + 8}" fill="#fff" fill-opacity="0.88"/>'
    ]
    for row, (title, look) in enumerate(entries):
        y = 15 + row * 17
        parts.append(f'<rect x="14" y="{y}" width="16" height="10" {look}/>')
        parts.append(f'<text x="36" y="{y + 9.5}" font-size="11.5" fill="#10273a">{escape(title)}</text>')
    return "".join(parts)
