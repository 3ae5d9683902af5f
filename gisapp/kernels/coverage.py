"""Where a parcel fabric overlaps itself or leaves narrow voids (地块重叠与缝隙)."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.kernels.overlay import subdivide

Geometries = npt.NDArray[np.object_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

OVERLAP_M2: Final = 1e-3
"""Overlaps up to a square of 3 cm are rounding of survey coordinates (0.001 m), not a second claim."""

GAP_M: Final = 1.0


def overlaps(
    geometries: Geometries, *, among: BoolArray | None = None, tolerance_m2: float = OVERLAP_M2
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return each pair of polygons that share more than `tolerance_m2`, and the plane area [m²].

    Parameters
    ----------
    geometries
        Shape (n,), valid polygons in a projected CRS in metres.
    among
        Shape (n,): only pairs with at least one of these; all where None.
    tolerance_m2
        Smaller overlaps are left out.

    Returns
    -------
    left, right, area
        Shape (k,) each, left < right, in that order. Pairs are measured on pieces of large polygons: one
        polygon of 18 000 vertices has an envelope that meets a quarter of a city.
    """
    pieces, owner = subdivide(geometries)
    asked = np.ones(len(geometries), dtype=bool) if among is None else among
    rows = np.flatnonzero(asked[owner])
    found, other = shapely.STRtree(pieces).query(pieces[rows])
    first, second = owner[rows[found]], owner[other]
    # A pair of two asked polygons comes up from both sides; it is counted from the lower one.
    once = (first < second) | (~asked[second] & (first > second))
    piece, other, first, second = rows[found][once], other[once], first[once], second[once]
    area = shapely.area(shapely.intersection(pieces[piece], pieces[other]))
    low, high = np.minimum(first, second), np.maximum(first, second)
    key, group = np.unique(low * np.intp(len(geometries) + 1) + high, return_inverse=True)
    total = np.bincount(group, weights=area, minlength=len(key)).astype(np.float64)
    real = total > tolerance_m2
    key, total = key[real], total[real]
    return key // (len(geometries) + 1), key % (len(geometries) + 1), total


def gaps(geometries: Geometries, *, narrower_than_m: float = GAP_M) -> Geometries:
    """Return the enclosed voids of a fabric that are narrower than `narrower_than_m` everywhere (缝隙).

    Streets, squares and open land inside a fabric are wider and are no gaps.
    """
    if len(geometries) == 0:
        return geometries
    whole = shapely.get_parts(shapely.union_all(geometries))
    whole = whole[shapely.get_type_id(whole) == shapely.GeometryType.POLYGON]
    rings, part = shapely.get_rings(whole, return_index=True)
    inner = np.diff(part, prepend=-1) == 0
    voids: Geometries = shapely.polygons(rings[inner])
    narrow: BoolArray = shapely.is_empty(shapely.buffer(voids, -narrower_than_m / 2))
    out: Geometries = voids[narrow & (shapely.area(voids) > OVERLAP_M2)]
    return out
