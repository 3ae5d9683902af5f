"""Distances from many parcels to one layer, and catchments of uncertain points (邻近分析)."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

Geometries = npt.NDArray[np.object_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_SEGMENT_VERTICES: Final = 8
"""Measured fastest on rivers and railways: shorter runs make more pairs, longer ones looser envelopes."""
_ROUNDING_M: Final = 1e-6


class NearestIndex:
    """A point, line or polygon layer made ready for nearest-distance questions (邻近索引)."""

    def __init__(self, geometries: Geometries) -> None:
        self.parts, self.owner = _short_parts(geometries)
        self.tree = shapely.STRtree(self.parts)

    def nearest(self, geometries: Geometries) -> tuple[FloatArray, IntArray]:
        """Return plane distance [m] to the nearest feature and its row; NaN and -1 where there is none.

        Shape (n,) both. Ties go to the feature that stands first.
        """
        distance = np.full(len(geometries), np.nan)
        feature = np.full(len(geometries), -1, dtype=np.intp)
        if len(self.parts) == 0 or len(geometries) == 0:
            return distance, feature
        row, part = self._candidates(geometries)
        found = shapely.distance(geometries[row], self.parts[part])
        order = np.lexsort((self.owner[part], found, row))
        first = order[np.unique(row[order], return_index=True)[1]]
        distance[row[first]] = found[first]
        feature[row[first]] = self.owner[part[first]]
        return distance, feature

    def _candidates(self, geometries: Geometries) -> tuple[IntArray, IntArray]:
        """Return pairs (row, part) that hold the nearest parts of each geometry, and few others.

        All of a geometry lies within r of the centre of its envelope, half the diagonal. If a part is at c from
        the centre, the nearest part is at c + r at most from the geometry, at c + 2r at most from the centre. Two
        questions about points cost half of one about polygons.
        """
        x0, y0, x1, y1 = shapely.bounds(geometries).T
        rows = np.flatnonzero(~np.isnan(x0))
        centre = shapely.points((x0 + x1)[rows] / 2, (y0 + y1)[rows] / 2)
        _, closest = self.tree.query_nearest(centre, return_distance=True, all_matches=False)
        reach = closest + np.hypot(x1 - x0, y1 - y0)[rows] + _ROUNDING_M
        row, part = self.tree.query(centre, predicate="dwithin", distance=reach)
        return rows[row], part

    def within(self, geometries: Geometries, distance_m: float) -> tuple[IntArray, IntArray]:
        """Return the pairs (row, feature) that are within `distance_m`, each once, in row order."""
        row, part = self.tree.query(geometries, predicate="dwithin", distance=distance_m)
        pairs = np.unique(np.column_stack([row, self.owner[part]]), axis=0)
        return pairs[:, 0], pairs[:, 1]


def _short_parts(geometries: Geometries) -> tuple[Geometries, IntArray]:
    """Return the layer with long lines cut into short runs, so that envelopes say something."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    long = (shapely.get_dimensions(parts) == 1) & (shapely.get_num_coordinates(parts) > _SEGMENT_VERTICES)
    runs: list[object] = []
    runs_owner: list[int] = []
    for line, number in zip(parts[long], owner[long], strict=True):
        xy = shapely.get_coordinates(line)
        for start in range(0, len(xy) - 1, _SEGMENT_VERTICES - 1):
            runs.append(shapely.linestrings(xy[start : start + _SEGMENT_VERTICES]))
            runs_owner.append(int(number))
    short = parts[~long]
    return (
        np.concatenate([short, np.array(runs, dtype=object)]),
        np.concatenate([owner[~long], np.array(runs_owner, dtype=np.intp)]),
    )


def share_of_disc_inside(distance: FloatArray, disc_m: FloatArray, ring_m: float) -> FloatArray:
    """Return which share of a disc of radius `disc_m` lies within `ring_m` of a point (TRN-02).

    Parameters
    ----------
    distance
        Shape (n,), m, between the point and the centre of the disc.
    disc_m
        Shape (n,), m, radius of the disc of a station's possible positions; > 0.
    ring_m
        m, radius around the point.

    Returns
    -------
    share
        Shape (n,), 0 to 1: area of the lens of the two circles over the area of the disc.
    """
    d, r, big = np.asarray(distance, float), np.asarray(disc_m, float), float(ring_m)
    safe = np.maximum(d, 1e-9)
    a = np.arccos(np.clip((d**2 + r**2 - big**2) / (2 * safe * r), -1, 1))
    b = np.arccos(np.clip((d**2 + big**2 - r**2) / (2 * safe * big), -1, 1))
    kite = np.sqrt(np.clip((-d + r + big) * (d + r - big) * (d - r + big) * (d + r + big), 0, None)) / 2
    lens = r**2 * a + big**2 * b - kite
    lens = np.where(d >= r + big, 0.0, lens)
    lens = np.where(d <= np.abs(r - big), np.pi * np.minimum(r, big) ** 2, lens)
    share: FloatArray = np.clip(lens / (np.pi * r**2), 0.0, 1.0)
    return share
