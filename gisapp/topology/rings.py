"""Outlines as rings of coordinates (界址点), changed one vertex at a time and otherwise bit-exact."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.changes import Bounds
from gisapp.topology.outcome import Point

FloatArray = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]
Rings = list[list[FloatArray]]
"""By polygon: shell first, then holes, each closed, shape (n, 2)."""
Edge = tuple[Point, Point]
NEUTRAL_M = 1e-8
"""A point this close to an edge can be put into it and no area changes: doubles of this size step by 5e-10 m."""


def area_of(geometry: shapely.Geometry) -> float:
    """Return the plane area [m²]."""
    return float(shapely.area(geometry))


def usable(outlines: Geometries) -> Geometries:
    """Return outlines that overlays can take, shape (n,): invalid ones mended, for looking at only, never kept."""
    bad = ~shapely.is_valid(outlines)
    if not bad.any():
        return outlines
    out = outlines.copy()
    out[bad] = shapely.make_valid(outlines[bad], method="structure", keep_collapsed=False)
    return out


def is_areal(geometry: shapely.Geometry) -> bool:
    """Return whether it is a Polygon or a MultiPolygon with anything in it."""
    kinds = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    return bool(shapely.get_type_id(geometry) in kinds and not shapely.is_empty(geometry))


def bounds_of(geometries: Iterable[shapely.Geometry | None]) -> Bounds:
    """Return xmin, ymin, xmax, ymax of all of them [m]."""
    given = np.array([g for g in geometries if g is not None], dtype=object)
    x0, y0, x1, y1 = shapely.total_bounds(given).tolist()
    return x0, y0, x1, y1


def rings_of(geometry: shapely.Geometry) -> Rings:
    """Return the rings of a Polygon or MultiPolygon in their order, start and direction."""
    return [
        [shapely.get_coordinates(ring) for ring in shapely.get_rings(part)]
        for part in shapely.get_parts(geometry)
        if not part.is_empty
    ]


def assemble(rings: Rings, *, multi: bool = False) -> shapely.Geometry:
    """Return the outline of these rings: a Polygon, or a MultiPolygon where `multi` or several."""
    parts = [shapely.Polygon(shell, holes) for shell, *holes in rings]
    if len(parts) == 1 and not multi:
        return parts[0]
    return shapely.MultiPolygon(parts) if parts else shapely.Polygon()


def is_multi(geometry: shapely.Geometry) -> bool:
    """Return whether an outline is kept as a MultiPolygon."""
    return bool(shapely.get_type_id(geometry) == shapely.GeometryType.MULTIPOLYGON)


def vertices(geometries: Iterable[shapely.Geometry | None]) -> dict[Point, None]:
    """Return the distinct vertices of outlines, in their order."""
    given = np.array([g for g in geometries if g is not None], dtype=object)
    return dict.fromkeys(points(shapely.get_coordinates(given)))


def points(xy: FloatArray) -> list[Point]:
    """Return coordinates of shape (n, 2) as pairs that can be compared bit by bit."""
    return [(x, y) for x, y in xy.tolist()]


def edges(geometries: Iterable[shapely.Geometry | None]) -> dict[Edge, None]:
    """Return the distinct edges of outlines without direction: the smaller end first."""
    out: dict[Edge, None] = {}
    for geometry in geometries:
        for ring in _flat(rings_of(geometry)) if geometry is not None else ():
            corner = points(ring)
            out.update((ordered(a, b), None) for a, b in itertools.pairwise(corner) if a != b)
    return out


def ordered(a: Point, b: Point) -> Edge:
    """Return an edge without its direction."""
    return (a, b) if a <= b else (b, a)


def _flat(rings: Rings) -> list[FloatArray]:
    return [ring for part in rings for ring in part]


def mapped(geometry: shapely.Geometry, change: Callable[[FloatArray], FloatArray]) -> shapely.Geometry:
    """Return the outline with `change` applied to each open ring; rings it leaves with < 3 corners go.

    A polygon whose shell goes, goes with its holes.
    """
    out: Rings = []
    for part in rings_of(geometry):
        changed = [change(ring[:-1]) for ring in part]
        if len(changed[0]) >= 3:
            out.append([np.vstack([ring, ring[:1]]) for ring in changed if len(ring) >= 3])
    return assemble(out, multi=is_multi(geometry) and bool(out))


def moved(geometry: shapely.Geometry, to: Mapping[Point, Point]) -> shapely.Geometry:
    """Return the outline with vertices moved, all at once; each keeps its place in its ring."""

    def change(ring: FloatArray) -> FloatArray:
        return np.array([to.get(corner, corner) for corner in points(ring)], dtype=np.float64)

    return mapped(geometry, change)


def without(geometry: shapely.Geometry, gone: Iterable[Point]) -> shapely.Geometry:
    """Return the outline without these vertices."""
    left = set(gone)

    def change(ring: FloatArray) -> FloatArray:
        keep = [corner not in left for corner in points(ring)]
        kept: FloatArray = ring[keep]
        return kept

    return mapped(geometry, change)


def without_repeats(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return the outline in which no vertex follows itself."""

    def change(ring: FloatArray) -> FloatArray:
        kept: FloatArray = ring[np.any(ring != np.roll(ring, 1, axis=0), axis=1)]
        return kept

    return mapped(geometry, change)


def inserted(geometry: shapely.Geometry, on: Mapping[Edge, list[Point]]) -> shapely.Geometry:
    """Return the outline with points put into edges: `on` gives them by undirected edge, in any order."""

    def change(ring: FloatArray) -> FloatArray:
        corner = points(ring)
        out: list[Point] = []
        for a, b in zip(corner, [*corner[1:], *corner[:1]], strict=True):
            new = on.get(ordered(a, b), [])
            out += [a, *sorted(new, key=lambda c, a=a: (c[0] - a[0]) ** 2 + (c[1] - a[1]) ** 2)]  # type: ignore[misc]
        return np.array(out, dtype=np.float64)

    return mapped(geometry, change)


def planted(
    geometry: shapely.Geometry, new: Iterable[Point], *, snap_m: float, reach_m: float | None = None
) -> shapely.Geometry:
    """Return the outline with each point of `new` that lies on an edge put into it, else the same object.

    A point within `snap_m` of a corner is left out: it is that corner, or a fault for the check to tell. An
    edge counts within `reach_m`, by default `snap_m`.
    """
    out = geometry
    for point in new:
        found = edge_at(out, point, snap_m=snap_m, reach_m=reach_m)
        if found is not None:
            out = inserted(out, {found: [point]})
    return out


def edge_at(
    geometry: shapely.Geometry, point: Point, *, snap_m: float, reach_m: float | None = None
) -> Edge | None:
    """Return the edge of an outline that passes through `point`, None where none does or a corner is there."""
    best: tuple[float, Edge] | None = None
    at, reach = np.asarray(point), snap_m if reach_m is None else reach_m
    for ring in _flat(rings_of(geometry)):
        if np.any(np.hypot(*(ring - at).T) <= snap_m):
            return None
        away = distances(at, ring[:-1], ring[1:])
        k = int(np.argmin(away))
        if away[k] <= reach and (best is None or away[k] < best[0]):
            a, b = points(ring[k : k + 2])
            best = float(away[k]), ordered(a, b)
    return best[1] if best else None


def distances(at: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the distance [m] of one point from each edge a → b; a and b have shape (n, 2)."""
    along = b - a
    square = np.maximum(np.einsum("ij,ij->i", along, along), 1e-300)
    t = np.clip(np.einsum("ij,ij->i", at - a, along) / square, 0.0, 1.0)
    out: FloatArray = np.hypot(*(a + t[:, None] * along - at).T)
    return out


def on_edge(a: Point, b: Point, near: Point) -> Point:
    """Return the point of the edge that is nearest to `near`, as close to the edge as doubles come.

    One coordinate is taken as it is, the one with finer steps is solved from it: the point is then off the
    edge by less than 1e-10 m where the coordinates have seven digits, and no area changes by putting it in.
    """
    (ax, ay), (bx, by) = ordered(a, b)
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    t = ((near[0] - ax) * dx + (near[1] - ay) * dy) / square if square else 0.0
    if t <= 0.0 or t >= 1.0:
        return (ax, ay) if t <= 0.0 else (bx, by)
    x, y = ax + t * dx, ay + t * dy
    if dx == 0.0 or dy == 0.0:
        return (ax, y) if dx == 0.0 else (x, ay)
    x_is_finer = abs(ax) < abs(ay)
    if x_is_finer and abs(dx) < 1e5 * abs(dy):
        return ax + (y - ay) * dx / dy, y
    if not x_is_finer and abs(dy) < 1e5 * abs(dx):
        return x, ay + (x - ax) * dy / dx
    return x, y


def rounded(point: Point, step_m: float) -> Point:
    """Return the point on the grid of survey precision; 0 leaves it as it is."""
    if step_m <= 0:
        return point
    per = round(1.0 / step_m)
    return round(point[0] * per) / per, round(point[1] * per) / per
