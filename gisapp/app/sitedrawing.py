"""The plan of a red line as an SVG drawing in the workspace's CRS (红线套合图): no script, no style, no address in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gisapp.context import Context, LoadedLayer
from gisapp.evaluation.site import Finding, SiteCheck
from gisapp.i18n import translate
from gisapp.model.layers import Style
from gisapp.settings import Language

WIDTH, HEIGHT = 720.0, 500.0
MARGIN: Final = 0.22
SMALLEST_M: Final = 120.0
MOST_FEATURES: Final = 3000
MOST_NUMBERS: Final = 40
ALWAYS: Final = frozenset({"udb", "farmland", "redline", "water"})
RED: Final = "#d0021b"
_STEPS: Final = (1.0, 2.0, 5.0)
_FONT: Final = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"


@dataclass(frozen=True)
class _Window:
    """The part of the ground that is drawn: its west and north edge [m], and pixels a metre."""

    west: float
    north: float
    scale: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Return xmin, ymin, xmax, ymax [m]."""
        return self.west, self.north - HEIGHT / self.scale, self.west + WIDTH / self.scale, self.north

    def path(self, geometry: shapely.Geometry) -> str:
        """Return a polygon or line as SVG path data."""
        return "".join(self._run(line) for line in _lines(geometry))

    def _run(self, line: shapely.Geometry) -> str:
        xy = shapely.get_coordinates(line)
        x, y = (xy[:, 0] - self.west) * self.scale, (self.north - xy[:, 1]) * self.scale
        points = "L".join(f"{a:.2f} {b:.2f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
        return f"M{points}" + ("Z" if shapely.is_ring(line) else "")

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return a place in pixels."""
        return (x - self.west) * self.scale, (self.north - y) * self.scale


def _lines(geometry: shapely.Geometry) -> list[shapely.Geometry]:
    parts = shapely.get_parts(geometry)
    polygons = shapely.get_dimensions(parts) == 2
    return [*shapely.get_rings(parts[polygons]), *parts[shapely.get_dimensions(parts) == 1]]


def drawing(check: SiteCheck, context: Context, language: Language = "zh") -> str:
    """Return the red line over parcels and the layers that it meets, with legend, scale bar and grid north."""
    blocks = np.array([block.geometry for block in check.redline.blocks], dtype=object)
    window = _window(blocks)
    taken = {layer for topic in check.topics if topic.finding is not Finding.CLEAR for layer in topic.layers}
    shown = [
        layer
        for layer in context.layers.values()
        if layer.spec.kind == "polygon" and _drawn(layer, taken) and len(_near(layer.frame, window))
    ]
    body = [f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#fbfaf6"/>']
    body += [_layer(layer, window) for layer in shown]
    body.append(_parcels(context.fabric, window))
    body.append(
        f'<path d="{"".join(map(window.path, blocks))}" fill="{RED}" fill-opacity="0.10" fill-rule="evenodd" '
        f'stroke="{RED}" stroke-width="2.2" stroke-linejoin="round"/>'
    )
    body += _numbers(blocks, window)
    body.append(_furniture(shown, window, check.manifest["redline"]["crs"], language))
    title = escape(f"{translate('红线套合图', language)} {check.redline.name}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{title}" '
        f'font-family="{_FONT}">{"".join(body)}</svg>'
    )


def _window(blocks: npt.NDArray[np.object_]) -> _Window:
    x0, y0, x1, y1 = shapely.total_bounds(blocks)
    wide = max((x1 - x0) * (1 + 2 * MARGIN), SMALLEST_M)
    high = max((y1 - y0) * (1 + 2 * MARGIN), SMALLEST_M)
    scale = min(WIDTH / wide, HEIGHT / high)
    return _Window((x0 + x1) / 2 - WIDTH / scale / 2, (y0 + y1) / 2 + HEIGHT / scale / 2, scale)


def _drawn(layer: LoadedLayer, taken: set[str]) -> bool:
    """Return whether a layer says something on the plan: a bottom line always, others where the red line meets them."""
    role = layer.spec.role
    return layer.frame is not None and (
        role in ALWAYS or (layer.spec.id in taken and role in {"park", "metro_protection"})
    )


def _near(frame: gpd.GeoDataFrame | None, window: _Window) -> npt.NDArray[np.intp]:
    """Return the rows of a layer that meet the window, no more than a drawing can hold."""
    if frame is None or len(frame) == 0:
        return np.zeros(0, dtype=np.intp)
    rows: npt.NDArray[np.intp] = np.sort(frame.sindex.query(shapely.box(*window.box), predicate="intersects"))
    return rows[:MOST_FEATURES]


def _cut(frame: gpd.GeoDataFrame, rows: npt.NDArray[np.intp], window: _Window) -> npt.NDArray[np.object_]:
    """Return features cut to the window, with no detail below half a pixel."""
    x0, y0, x1, y1 = window.box
    pad = 6 / window.scale
    shapes = shapely.clip_by_rect(frame.geometry.to_numpy()[rows], x0 - pad, y0 - pad, x1 + pad, y1 + pad)
    simple: npt.NDArray[np.object_] = shapely.simplify(shapes, 0.3 / window.scale)
    return simple


def _layer(layer: LoadedLayer, window: _Window) -> str:
    frame, style = layer.frame, layer.spec.style
    assert frame is not None
    rows = _near(frame, window)
    shapes = _cut(frame, rows, window)
    values = (
        frame[style.class_field].iloc[rows].tolist() if style.class_field in frame else [None] * len(rows)
    )
    return "".join(
        f'<path d="{window.path(shape)}" {_look(style, value)}/>'
        for shape, value in zip(shapes, values, strict=True)
        if not shapely.is_empty(shape)
    )


def _look(style: Style, value: object) -> str:
    """Return presentation attributes of one feature."""
    own = next((entry for entry in style.classes if entry.value == value), None)
    fill, line = (own.fill, own.line) if own else (style.fill, style.line)
    dash = own.dash if own else style.dash
    parts = [f'fill="{escape(fill)}" fill-opacity="{style.fill_opacity:g}"' if fill else 'fill="none"']
    parts += [f'stroke="{escape(line)}" stroke-width="{style.width_px or 1.0:g}"'] if line else []
    parts += [f'stroke-dasharray="{" ".join(f"{part * 2:g}" for part in dash)}"'] if dash else []
    return " ".join([*parts, 'fill-rule="evenodd"'])


def _parcels(fabric: gpd.GeoDataFrame, window: _Window) -> str:
    rows = _near(fabric, window)
    if len(rows) == 0:
        return ""
    shapes = _cut(fabric, rows, window)
    path = "".join(window.path(shape) for shape in shapes if not shapely.is_empty(shape))
    return f'<path d="{path}" fill="none" stroke="#8f8979" stroke-width="0.6"/>'


def _numbers(blocks: npt.NDArray[np.object_], window: _Window) -> Iterable[str]:
    """Give the number of each block, where there are several and they can be told apart."""
    if not 1 < len(blocks) <= MOST_NUMBERS:
        return
    for number, point in enumerate(shapely.point_on_surface(blocks), start=1):
        x, y = window.at(float(shapely.get_x(point)), float(shapely.get_y(point)))
        yield (
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" font-weight="600" fill="{RED}" stroke="#fff" stroke-width="3" '
            f'paint-order="stroke" text-anchor="middle">{number}</text>'
        )


def _furniture(shown: list[LoadedLayer], window: _Window, crs: str, language: Language) -> str:
    """Return legend, scale bar, grid north and the CRS."""
    entries = [
        (translate("项目红线", language), f'fill="{RED}" fill-opacity="0.10" stroke="{RED}" stroke-width="2"')
    ]
    entries += [(layer.spec.title.text(language), _look(layer.spec.style, None)) for layer in shown]
    entries += [(translate("宗地界线", language), 'fill="none" stroke="#8f8979" stroke-width="0.8"')]
    wide = 34 + 12.0 * max(_width(title) for title, _ in entries)
    parts = [
        f'<rect x="8" y="8" width="{wide:.0f}" height="{len(entries) * 17 + 8}" fill="#fff" fill-opacity="0.88"/>'
    ]
    for row, (title, look) in enumerate(entries):
        y = 15 + row * 17
        parts.append(f'<rect x="14" y="{y}" width="16" height="10" {look}/>')
        parts.append(f'<text x="36" y="{y + 9.5}" font-size="11.5" fill="#10273a">{escape(title)}</text>')
    return "".join([*parts, _north(language), _bar(window, crs)])


def _width(title: str) -> float:
    """Return about how many full-width characters a text takes."""
    return sum(1.0 if ord(letter) > 0x2000 else 0.55 for letter in title)


def _north(language: Language) -> str:
    x = WIDTH - 26
    said = escape(translate("坐标北", language))
    return (
        f'<path d="M{x} 12L{x + 8} 38L{x} 32L{x - 8} 38Z" fill="#10273a"/>'
        f'<text x="{x}" y="52" font-size="10.5" fill="#10273a" text-anchor="middle">{said}</text>'
    )


def _bar(window: _Window, crs: str) -> str:
    """Return a scale bar of a round length, about a fifth of the drawing."""
    about = WIDTH / window.scale / 5
    power = 10.0 ** np.floor(np.log10(about))
    length = max(step * power for step in _STEPS if step * power <= about)
    wide, x, y = length * window.scale, WIDTH - 14, HEIGHT - 12
    text = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    return (
        f'<rect x="{x - wide - 8:.1f}" y="{y - 32}" width="{wide + 16:.1f}" height="38" fill="#fff" fill-opacity="0.85"/>'
        f'<path d="M{x - wide:.1f} {y - 14}V{y - 9}H{x}V{y - 14}" fill="none" stroke="#10273a" stroke-width="1.4"/>'
        f'<text x="{x}" y="{y - 19}" font-size="11" fill="#10273a" text-anchor="end">{text}</text>'
        f'<text x="{x}" y="{y + 2}" font-size="9.5" fill="#41556a" text-anchor="end">{escape(crs)}</text>'
    )
