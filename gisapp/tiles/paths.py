"""Geometries → paths on the integer grid of a tile (瓦片路径): rounded, cleaned, wound for the encoder.

A path is the points of a feature, one line or one ring. All features are handled at once in flat arrays; no
loop runs over vertices or features.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.tiles.grid import GeometryArray
from gisapp.tiles.wire import IntArray

BoolArray = npt.NDArray[np.bool_]
Affine = tuple[float, float, float, float]
"""x scale, x offset, y scale, y offset, applied to coordinates before they are rounded."""

POINT: Final = 1
LINE: Final = 2
POLYGON: Final = 3
_IDENTITY: Final[Affine] = (1.0, 0.0, 1.0, 0.0)


@dataclass(frozen=True)
class Paths:
    """Flat paths in feature order (路径集).

    `xy` (m, 2) are grid coordinates; `size` (p,) the vertices of each path (a ring has no closing vertex);
    `feature` (p,) the input row of each path, ascending; `kind` (p,) 1 points, 2 line, 3 ring.
    """

    xy: IntArray
    size: IntArray
    feature: IntArray
    kind: IntArray

    @property
    def start(self) -> IntArray:
        """First vertex of each path, shape (p,)."""
        return np.cumsum(self.size) - self.size


def grid_paths(geometries: GeometryArray, affine: Affine = _IDENTITY) -> Paths:
    """Return the paths of geometries on the tile grid (栅格化路径).

    Parameters
    ----------
    geometries
        Shape (n,), any shapely types; of a mixed collection the parts of the highest dimension are drawn.
    affine
        Scale and offset to tile units, y down; identity if the geometries are in tile units already.

    Returns
    -------
    paths
        Repeated vertices are dropped; lines of one vertex and rings without area are dropped, holes with
        their exterior; exteriors have positive and holes negative area by the surveyor's formula.
    """
    strings, feature, kind, part = _strings(geometries)
    coordinates, path = shapely.get_coordinates(strings, return_index=True)
    scale_x, offset_x, scale_y, offset_y = affine
    xy = np.empty(coordinates.shape, dtype=np.int64)
    xy[:, 0] = np.rint(coordinates[:, 0] * scale_x + offset_x)
    xy[:, 1] = np.rint(coordinates[:, 1] * scale_y + offset_y)
    keep = _distinct(xy, path, kind)
    xy, path = xy[keep], path[keep].astype(np.int64)
    if np.any(kind == POINT):
        path = _join_points(path, feature, kind)
    size = np.bincount(path, minlength=len(kind)).astype(np.int64)
    return _wound(Paths(xy, size, feature, kind), part)


def _strings(geometries: GeometryArray) -> tuple[GeometryArray, IntArray, IntArray, IntArray]:
    """Return points, lines and rings with their feature, kind and polygon, in feature order."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    while np.any(shapely.get_type_id(parts) > shapely.GeometryType.POLYGON):
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    dimension = np.where(shapely.is_empty(parts), -1, shapely.get_dimensions(parts)).astype(np.int64)
    top = np.full(len(geometries), -1, dtype=np.int64)
    np.maximum.at(top, owner, dimension)
    keep = (dimension >= 0) & (dimension == top[owner])
    parts, owner, kind = parts[keep], owner[keep].astype(np.int64), dimension[keep] + 1
    area = kind == POLYGON
    if not area.any():
        return parts, owner, kind, np.arange(len(parts))
    polygons = np.flatnonzero(area)
    rings, ring_of = shapely.get_rings(parts[polygons], return_index=True)
    strings = np.concatenate([parts[~area], rings])
    part = np.concatenate([np.flatnonzero(~area), polygons[ring_of]])
    if not area.all():
        order = np.argsort(part, kind="stable")
        strings, part = strings[order], part[order]
    return strings, owner[part], kind[part], part


def _distinct(xy: IntArray, path: npt.NDArray[np.intp], kind: IntArray) -> BoolArray:
    """Return which vertices to keep: no repeats along lines and rings, no closing vertex."""
    if len(xy) == 0:
        return np.zeros(0, dtype=np.bool_)
    same_path = path[1:] == path[:-1]
    keep = np.ones(len(xy), dtype=np.bool_)
    keep[1:] = ~(same_path & (xy[1:] == xy[:-1]).all(axis=1) & (kind[path[1:]] != POINT))
    kept = np.flatnonzero(keep)
    # The run of vertices equal to the first one at a ring's end is now one vertex: the closing one.
    last = kept[np.append(path[kept][1:] != path[kept][:-1], True)]
    keep[last[kind[path[last]] == POLYGON]] = False
    return keep


def _join_points(path: IntArray, feature: IntArray, kind: IntArray) -> IntArray:
    """Return the path numbers with all points of one feature in its first path."""
    first = np.searchsorted(feature, feature[path])
    return np.where(kind[path] == POINT, first, path)


def _wound(paths: Paths, part: IntArray) -> Paths:
    """Return the paths without collapsed ones, exteriors wound positive and holes negative."""
    ring = paths.kind == POLYGON
    area = _areas(paths)
    exterior = ring & (np.diff(part, prepend=-1) != 0)
    solid = np.where(ring, area != 0, paths.size >= paths.kind)
    if ring.any():
        gone = np.zeros(int(part.max()) + 1, dtype=np.bool_)
        gone[part[exterior & ~solid]] = True
        solid &= ~gone[part]
    flip = ring & (np.where(exterior, area, -area) < 0)
    step = np.arange(len(paths.xy)) - np.repeat(paths.start, paths.size)
    start, size = np.repeat(paths.start, paths.size), np.repeat(paths.size, paths.size)
    source = start + np.where(np.repeat(flip, paths.size), size - 1 - step, step)
    kept = np.repeat(solid, paths.size)
    return Paths(paths.xy[source[kept]], paths.size[solid], paths.feature[solid], paths.kind[solid])


def _areas(paths: Paths) -> IntArray:
    """Return twice the signed area of each path by the surveyor's formula, exact in integers."""
    area = np.zeros(len(paths.size), dtype=np.int64)
    filled = paths.size > 0
    if not filled.any():
        return area
    start, size = paths.start[filled], paths.size[filled]
    following = np.arange(1, len(paths.xy) + 1)
    following[start + size - 1] = start
    x, y = paths.xy[:, 0], paths.xy[:, 1]
    area[filled] = np.add.reduceat(x * y[following] - x[following] * y, start)
    return area
