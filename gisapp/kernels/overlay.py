"""Exact intersection areas of many parcels with one polygon layer (叠加面积)."""

from __future__ import annotations

from threading import Lock
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.kernels.memo import LastAnswer

Geometries = npt.NDArray[np.object_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
Pairs = tuple[IntArray, IntArray, FloatArray]

MAX_VERTICES: Final = 96
"""Pieces above this many vertices are cut again; measured fastest between 64 and 128."""

AREA_NOISE_M2: Final = 1e-6
"""Two polygons that share an edge may overlap by the spacing of doubles at 4e6 m (5e-10 m) times its length."""


class PolygonIndex:
    """A polygon layer made ready for overlay (面图层索引).

    Large polygons are cut once into pieces of at most `MAX_VERTICES`; polygons of one class that overlap each
    other are dissolved first, so that no square metre counts twice.

    Parameters
    ----------
    geometries
        Shape (m,), valid polygons in a projected CRS in metres.
    classes
        Shape (m,), the class of each polygon as a small integer; 0 where there are no classes.
    """

    def __init__(self, geometries: Geometries, classes: IntArray | None = None) -> None:
        labels = np.zeros(len(geometries), dtype=np.intp) if classes is None else classes
        geometries, labels = _without_double_cover(geometries, labels)
        self.pieces, owner = subdivide(geometries)
        self.labels: IntArray = labels[owner]
        self.class_count = int(labels.max()) + 1 if len(labels) else 1
        shapely.prepare(self.pieces)
        self.tree = shapely.STRtree(self.pieces)
        self._last: LastAnswer[Pairs] = LastAnswer()
        # GEOS fills a prepared geometry on first use and is not made for two threads at one of them.
        self._lock = Lock()

    def areas(self, parcels: Geometries) -> FloatArray:
        """Return plane intersection areas, shape (n, class_count), m²; below `AREA_NOISE_M2` it is 0."""
        out = np.zeros((len(parcels), self.class_count))
        if len(parcels) == 0 or len(self.pieces) == 0:
            return out
        row, label, area = self.pairs(parcels)
        out[row, label] = area
        return out

    def pairs(self, parcels: Geometries) -> Pairs:
        """Return (row, class, plane area m²) for each parcel and class that meet, in row order."""
        return self._last.of(parcels, lambda: self._pairs(parcels))

    def _pairs(self, parcels: Geometries) -> Pairs:
        with self._lock:
            row, piece = self.tree.query(parcels, predicate="intersects")
            area = _pair_areas(parcels, self.pieces, row, piece)
        key, group = np.unique(row * np.intp(self.class_count) + self.labels[piece], return_inverse=True)
        total = np.bincount(group, weights=area, minlength=len(key)).astype(np.float64)
        real = total >= AREA_NOISE_M2
        return key[real] // self.class_count, key[real] % self.class_count, total[real]

    def main(self, parcels: Geometries) -> IntArray:
        """Return the class that covers at least half of each parcel, -1 where none does; shape (n,)."""
        best = np.full(len(parcels), -1, dtype=np.intp)
        row, label, area = self.pairs(parcels)
        enough = area * 2 >= shapely.area(parcels)[row]
        order = np.lexsort((area[enough], row[enough]))
        best[row[enough][order]] = label[enough][order]
        return best


def _pair_areas(parcels: Geometries, pieces: Geometries, row: IntArray, piece: IntArray) -> FloatArray:
    """Return the intersection area of each pair; whole-inside pairs need no clipping."""
    left, right = parcels[row], pieces[piece]
    area = np.zeros(len(row))
    inside = shapely.covers(right, left)
    area[inside] = shapely.area(left[inside])
    rest = np.flatnonzero(~inside)
    area[rest] = shapely.area(shapely.intersection(left[rest], right[rest]))
    return area


def _without_double_cover(geometries: Geometries, labels: IntArray) -> tuple[Geometries, IntArray]:
    """Return the polygons with those classes dissolved whose members overlap."""
    parts: list[Geometries] = []
    part_labels: list[IntArray] = []
    for label in np.unique(labels):
        members = geometries[labels == label]
        if len(members) > 1 and not shapely.coverage_is_valid(members):
            members = shapely.get_parts(shapely.union_all(members))
        parts.append(members)
        part_labels.append(np.full(len(members), label, dtype=np.intp))
    if not parts:
        return geometries, labels
    return np.concatenate(parts), np.concatenate(part_labels)


def subdivide(geometries: Geometries, max_vertices: int = MAX_VERTICES) -> tuple[Geometries, IntArray]:
    """Return pieces of at most `max_vertices` vertices and the index of the polygon each came from."""
    pieces, owner = shapely.get_parts(geometries, return_index=True)
    done: list[Geometries] = []
    done_owner: list[IntArray] = []
    while len(pieces):
        large = shapely.get_num_coordinates(pieces) > max_vertices
        done.append(pieces[~large])
        done_owner.append(owner[~large])
        halves, from_owner = _halve(pieces[large], owner[large])
        pieces, source = shapely.get_parts(halves, return_index=True)
        owner = from_owner[source]
        polygonal = shapely.get_dimensions(pieces) == 2
        pieces, owner = pieces[polygonal], owner[polygonal]
    if not done:
        return geometries[:0], np.zeros(0, dtype=np.intp)
    return np.concatenate(done), np.concatenate(done_owner)


def _halve(pieces: Geometries, owner: IntArray) -> tuple[Geometries, IntArray]:
    """Return each polygon cut in two across the longer side of its envelope."""
    x0, y0, x1, y1 = shapely.bounds(pieces).T if len(pieces) else np.zeros((4, 0))
    wide = (x1 - x0) >= (y1 - y0)
    mx, my = (x0 + x1) / 2, (y0 + y1) / 2
    first = shapely.box(x0, y0, np.where(wide, mx, x1), np.where(wide, y1, my))
    second = shapely.box(np.where(wide, mx, x0), np.where(wide, y0, my), x1, y1)
    halves = np.concatenate([shapely.intersection(pieces, first), shapely.intersection(pieces, second)])
    return halves, np.concatenate([owner, owner])
