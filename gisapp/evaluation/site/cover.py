"""How much of each block lies in each class of a polygon layer (分类叠加).

Plane areas by the overlay kernel, on the few features that a red line meets, so that no index over a whole city is
built for one question. Terms of a partition are closed: classes − overlap among them + what no class covers = block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gisapp.kernels.overlay import AREA_NOISE_M2, PolygonIndex

Geometries = npt.NDArray[np.object_]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ground:
    """The blocks of a red line and their areas (红线地块), arrays of shape (n,)."""

    blocks: Geometries
    plane: FloatArray
    area: FloatArray

    @property
    def total_m2(self) -> float:
        """Return the ellipsoidal area of all blocks [m²]."""
        return float(self.area.sum())

    def ellipsoidal(self, plane: FloatArray) -> FloatArray:
        """Return plane areas in the blocks, shape (n,), as plane share × ellipsoidal area [m²]."""
        return np.clip(plane / self.plane, -1.0, 1.0) * self.area

    def bounds(self, margin_m: float = 0.0) -> tuple[float, float, float, float]:
        """Return xmin, ymin, xmax, ymax with a margin [m]."""
        x0, y0, x1, y1 = shapely.total_bounds(self.blocks)
        return float(x0 - margin_m), float(y0 - margin_m), float(x1 + margin_m), float(y1 + margin_m)


@dataclass(frozen=True)
class Cover:
    """Plane areas [m²] of a layer's classes in the blocks (叠加结果).

    ``classes`` has shape (k,), ``areas`` (n, k); ``covered``, ``overlap`` and ``uncovered`` (n,): what any class covers,
    what classes cover twice, and what none covers. ``features`` are the rows of the layer that meet the red line, ``owner`` the class of each.
    """

    classes: tuple[str, ...]
    areas: FloatArray
    covered: FloatArray
    overlap: FloatArray
    uncovered: FloatArray
    features: npt.NDArray[np.intp]
    owner: npt.NDArray[np.intp]


def cover(ground: Ground, frame: gpd.GeoDataFrame, labels: Sequence[str]) -> Cover:
    """Return the areas of the classes `labels`, one a feature of `frame`, in each block of the red line."""
    rows = np.unique(frame.sindex.query(ground.blocks, predicate="intersects")[1])
    rows = rows[shapely.get_dimensions(frame.geometry.to_numpy()[rows]) == 2]
    near = frame.geometry.to_numpy()[rows]
    names, owner = np.unique(
        np.array([labels[row] for row in rows], dtype=object).astype(str), return_inverse=True
    )
    owner = owner.astype(np.intp)
    if len(rows) == 0:
        nothing = np.zeros(len(ground.blocks))
        none = np.zeros((len(ground.blocks), 0))
        return Cover((), none, nothing, nothing, ground.plane.copy(), rows, owner)
    areas = PolygonIndex(near, owner).areas(ground.blocks)
    covered = areas[:, 0].copy() if len(names) == 1 else PolygonIndex(near).areas(ground.blocks)[:, 0]
    overlap, uncovered = areas.sum(axis=1) - covered, ground.plane - covered
    overlap[overlap < _noise(ground)] = 0.0
    uncovered[uncovered < _noise(ground)] = 0.0
    _close(areas, overlap, uncovered, ground)
    return Cover(tuple(names.tolist()), areas, covered, overlap, uncovered, rows, owner)


def _noise(ground: Ground) -> FloatArray:
    """Return which area of each block is arithmetic, not land: the kernel's own, along the block's whole edge."""
    return AREA_NOISE_M2 * np.maximum(1.0, shapely.length(ground.blocks) / 1000.0)


def _close(areas: FloatArray, overlap: FloatArray, uncovered: FloatArray, ground: Ground) -> None:
    """Give what rounding left over to the largest class, so that the terms sum to the block."""
    rest = ground.plane - (areas.sum(axis=1) - overlap + uncovered)
    best = areas.argmax(axis=1)
    rows = np.arange(len(areas))
    some = areas[rows, best] > 0
    areas[rows[some], best[some]] += rest[some]
