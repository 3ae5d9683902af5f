"""Features made ready for one zoom level (层级概化): simplified to half a pixel and indexed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.tiles.attributes import AttributeColumn
from gisapp.tiles.grid import HALF_WORLD_M, FloatArray, GeometryArray, pixel_m
from gisapp.tiles.wire import UIntArray

Kind = Literal["point", "line", "polygon"]
RowArray = npt.NDArray[np.intp]

LAST_SIMPLIFIED: Final = 14
"""Beyond this zoom geometries are drawn vertex by vertex."""
SMALLEST_PX: Final = 4.0
"""Area [px²] below which dissolved classes lose their holes and islands."""
MAX_POINTS: Final = 12_000
"""Points in the fullest tile of a thinned layer, about 200 kB."""


@dataclass(frozen=True)
class Features:
    """Display features of one layer in EPSG:3857 (显示要素); `weight` ranks points that are thinned."""

    geometries: GeometryArray
    ids: UIntArray
    columns: tuple[AttributeColumn, ...] = ()
    weight: FloatArray | None = None

    def take(self, rows: RowArray) -> Features:
        """Return the chosen features in the order of `rows`."""
        weight = None if self.weight is None else self.weight[rows]
        columns = tuple(column.take(rows) for column in self.columns)
        return Features(self.geometries[rows], self.ids[rows], columns, weight)


@dataclass(frozen=True)
class Level:
    """Features of one zoom level (层级): `rows` of the source, bounds (n, 4) and area in EPSG:3857, tree."""

    geometries: GeometryArray
    rows: RowArray
    bounds: FloatArray
    area: FloatArray
    tree: shapely.STRtree

    @classmethod
    def of(cls, geometries: GeometryArray, rows: RowArray) -> Level:
        """Return the level of geometries already simplified."""
        area = shapely.area(geometries)
        return cls(geometries, rows, shapely.bounds(geometries), area, shapely.STRtree(geometries))


def drawable(geometries: GeometryArray, kind: Kind) -> tuple[GeometryArray, RowArray]:
    """Return the geometries that a layer of `kind` can draw and their rows.

    Invalid polygons are repaired and collections reduced to their polygons, on the display copy only: the
    table keeps what was delivered.
    """
    dimension = {"point": 0, "line": 1, "polygon": 2}[kind]
    present = (shapely.get_dimensions(geometries) == dimension) & ~shapely.is_empty(geometries)
    rows = np.flatnonzero(present)
    out = geometries[rows]
    if kind == "polygon":
        mixed = shapely.get_type_id(out) == shapely.GeometryType.GEOMETRYCOLLECTION
        broken = np.flatnonzero(~shapely.is_valid(out) | mixed)
        if len(broken):
            out = out.copy()
            repaired = shapely.make_valid(out[broken], method="structure", keep_collapsed=False)
            out[broken] = _polygonal(repaired)
            left = ~shapely.is_empty(out)
            out, rows = out[left], rows[left]
    return out, rows


def level(features: Features, kind: Kind, z: int, *, close_holes: bool = False, thin: bool = False) -> Level:
    """Return the level of zoom `z` (层级).

    Polygons are simplified as one coverage, so that neighbours keep their shared edges and no crack opens;
    lines one by one; both within half a pixel. Points stay, or are thinned where they would collide.
    """
    geometries, rows = features.geometries, np.arange(len(features.geometries))
    if kind == "point":
        if thin:
            rows = thinned(geometries, features.weight, z)
        return Level.of(geometries[rows], rows)
    if z > LAST_SIMPLIFIED:
        return Level.of(geometries, rows)
    if kind == "line":
        return Level.of(shapely.simplify(geometries, pixel_m(z) / 2.0), rows)
    simple = _simplify_coverage(geometries, pixel_m(z) / 2.0)
    if close_holes:
        simple = without_small_holes(simple, SMALLEST_PX * pixel_m(z) ** 2)
    return Level.of(simple, rows)


def _simplify_coverage(polygons: GeometryArray, tolerance: float) -> GeometryArray:
    """Return polygons simplified together; one that comes out invalid is simplified by itself."""
    try:
        simple: GeometryArray = shapely.coverage_simplify(polygons, tolerance)
    except shapely.errors.GEOSException:
        return shapely.simplify(polygons, tolerance)
    # Where delivered polygons overlap there is no coverage to keep, and an edge may come to cross another.
    broken = ~shapely.is_valid(simple) | shapely.is_empty(simple)
    simple[broken] = shapely.simplify(polygons[broken], tolerance)
    return simple


def without_small_holes(polygons: GeometryArray, limit: float) -> GeometryArray:
    """Return polygons without holes smaller than `limit` [m²] (去除小孔洞)."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    exterior = np.diff(part, prepend=-1) != 0
    small = ~exterior & (shapely.area(shapely.polygons(rings)) < limit)
    if not small.any():
        return polygons
    touched = np.unique(part[small])
    for k in touched:
        first, end = np.searchsorted(part, [k, k + 1])
        holes = rings[first + 1 : end][~small[first + 1 : end]]
        parts[k] = shapely.Polygon(rings[first], list(holes))
    out = polygons.copy()
    for row in np.unique(owner[touched]):
        first, end = np.searchsorted(owner, [row, row + 1])
        out[row] = parts[first] if end == first + 1 else shapely.multipolygons(parts[first:end])
    return out


def thinned(points: GeometryArray, weight: FloatArray | None, z: int) -> RowArray:
    """Return the rows of points that stay apart on screen at zoom `z`, the heaviest of each cell (点抽稀).

    Cells are one pixel wide, or as much wider as the fullest tile needs to stay within 12,000 points.
    """
    xy = shapely.get_coordinates(shapely.centroid(points)) + HALF_WORLD_M
    order = np.argsort(-weight, kind="stable") if weight is not None else np.arange(len(points))
    side = 2.0 * HALF_WORLD_M / (1 << z)
    rows = order
    for cell_px in (1, 2, 3, 4, 6, 8, 12, 16):
        cell = np.floor(xy[order] / (cell_px * pixel_m(z))).astype(np.int64)
        first = np.unique(cell[:, 0] << 32 | cell[:, 1], return_index=True)[1]
        rows = order[np.sort(first)]
        if _fullest(xy[rows], side) <= MAX_POINTS:
            break
    return np.sort(rows)


def _fullest(xy: FloatArray, side: float) -> int:
    """Return the number of points in the fullest square of `side` metres."""
    tile = np.floor(xy / side).astype(np.int64)
    return int(np.unique(tile[:, 0] << 32 | tile[:, 1], return_counts=True)[1].max(initial=0))


def _polygonal(geometries: GeometryArray) -> GeometryArray:
    """Return repaired geometries reduced to their polygons."""
    out = np.empty(len(geometries), dtype=object)
    for i, geometry in enumerate(geometries):
        parts = shapely.get_parts(shapely.get_parts(geometry))
        areas = parts[shapely.get_dimensions(parts) == 2]
        out[i] = areas[0] if len(areas) == 1 else shapely.multipolygons(areas)
    return out
