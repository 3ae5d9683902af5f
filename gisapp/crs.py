"""Coordinate reference systems and the statutory ellipsoidal area (坐标系与椭球面积, CRS-01 … CRS-05).

Three facts that the rest of the product rests on:

1. The statutory area (CRS-03) has edges that are straight in (B, L). The geodesic edges of ``pyproj.Geod``
   are another definition: the two differ by about 1e-6 on parcels and up to 5e-5 on small triangles.
2. Ellipsoidal area is not additive under cuts that are straight in the plane, so shares are plane shares and
   a zone's m² is plane share × the parcel's ellipsoidal area.
3. A workspace has one declared CRS; a layer in another is transformed once, when the context is built.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError as ProjCrsError

from gisapp.errors import CrsError, Problem

FloatArray = npt.NDArray[np.float64]

SEMI_MAJOR_M: Final = 6_378_137.0
INVERSE_FLATTENING: Final = 298.257222101
SEMI_MINOR_M: Final = SEMI_MAJOR_M * (1.0 - 1.0 / INVERSE_FLATTENING)
_E2: Final = 1.0 - (SEMI_MINOR_M / SEMI_MAJOR_M) ** 2
_SERIES: Final = (
    1 + _E2 / 2 + 3 * _E2**2 / 8 + 5 * _E2**3 / 16 + 35 * _E2**4 / 128,
    _E2 / 6 + 3 * _E2**2 / 16 + 3 * _E2**3 / 16 + 35 * _E2**4 / 192,
    3 * _E2**2 / 80 + _E2**3 / 16 + 5 * _E2**4 / 64,
    _E2**3 / 112 + 5 * _E2**4 / 256,
    5 * _E2**4 / 2304,
)
"""Coefficients A, B, C, D, E of CRS-03 for the CGCS2000 ellipsoid."""


def parse_crs(text: str, *, file: str | None = None, line: int | None = None) -> CRS:
    """Return the CRS that `text` names, or raise `CrsError` saying where the name stands."""
    try:
        return CRS.from_user_input(text)
    except ProjCrsError as error:
        raise CrsError(
            Problem(
                "无法识别坐标系",
                file=file,
                line=line,
                field="crs",
                value=text,
                expected="EPSG 代码，例如 EPSG:4549",
                action="在目录或 --crs 参数中写明数据的真实坐标系",
            )
        ) from error


def require_projected_metres(crs: CRS | None, *, what: str = "地块") -> CRS:
    """Return `crs` if it is projected with metre axes, else raise `CrsError`."""
    if crs is None or not crs.is_projected or any(axis.unit_name != "metre" for axis in crs.axis_info):
        raise CrsError(
            Problem(
                f"{what}的坐标系不是以米为单位的投影坐标系",
                field="crs",
                value="缺失" if crs is None else crs.to_string(),
                expected="投影坐标系，例如 EPSG:4549（CGCS2000 / 3°带 CM120°E）",
                action="先声明或转换坐标系",
            )
        )
    return crs


@lru_cache(maxsize=32)
def transformer(source: CRS, target: CRS) -> Transformer:
    """Return the cached transformer between two CRS, always x = east, y = north."""
    return Transformer.from_crs(source, target, always_xy=True)


def transform(geometries: npt.NDArray[np.object_], *, source: CRS, target: CRS) -> npt.NDArray[np.object_]:
    """Return geometries transformed once from `source` to `target`; equal systems come back untouched."""
    if source == target:
        return geometries
    convert = transformer(source, target)

    def move(xy: FloatArray) -> FloatArray:
        return np.column_stack(convert.transform(xy[:, 0], xy[:, 1]))

    moved: npt.NDArray[np.object_] = shapely.transform(geometries, move)
    return moved


def geographic(crs: CRS) -> CRS:
    """Return the geographic CRS beneath `crs` (no datum change)."""
    base = crs.geodetic_crs
    if base is None:
        raise CrsError(Problem("坐标系没有大地基准，不能计算椭球面积", field="crs", value=crs.to_string()))
    return base


def ellipsoidal_area(geometries: npt.NDArray[np.object_], crs: CRS) -> FloatArray:
    """Return the statutory ellipsoidal area of polygons (椭球面积).

    Parameters
    ----------
    geometries
        Shape (n,), Polygon or MultiPolygon in `crs`; edges are taken as straight in latitude and longitude.
    crs
        Any CRS with a geodetic base; the area is on the CGCS2000 ellipsoid.

    Returns
    -------
    area
        Shape (n,), m²; 0 for empty or missing geometries. Holes are subtracted.

    Notes
    -----
    CRS-03: per edge ``2 b² ΔL (A sin(ΔB/2) cos Bm − B sin(3ΔB/2) cos 3Bm + …)`` down to the equator, where
    ΔB and Bm are half-sums with the equator; here in the equivalent form of two neighbouring trapezoids.
    """
    areas = np.zeros(len(geometries))
    rings, owner, sign = _rings(geometries)
    if len(rings) == 0:
        return areas
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    base = geographic(crs)
    lon, lat = xy[:, 0], xy[:, 1]
    if crs != base:
        lon, lat = transformer(crs, base).transform(lon, lat)
    ring_area = _ring_areas(np.radians(lon), np.radians(lat), ring_of, len(rings))
    np.add.at(areas, owner, sign * np.abs(ring_area))
    return areas


def _rings(
    geometries: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.intp], FloatArray]:
    """Return all rings, the geometry that owns each, and +1 for shells, -1 for holes."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    polygonal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, owner = parts[polygonal], owner[polygonal]
    filled = ~shapely.is_empty(parts)
    parts, owner = parts[filled], owner[filled]
    rings, part_of = shapely.get_rings(parts, return_index=True)
    sign = np.full(len(rings), -1.0)
    first = np.flatnonzero(np.diff(part_of, prepend=-1))
    sign[first] = 1.0
    return rings, owner[part_of], sign


def _ring_areas(lon: FloatArray, lat: FloatArray, ring_of: npt.NDArray[np.intp], count: int) -> FloatArray:
    """Return the signed CRS-03 area of each ring from radians, edges within a ring only."""
    same = ring_of[1:] == ring_of[:-1]
    d_lon = (lon[1:] - lon[:-1])[same]
    b1, b2 = lat[:-1][same], lat[1:][same]
    # The trapezoids reach down to the ring's own first parallel, not the equator: no digits are lost to
    # cancellation, and a parcel's area does not depend on which others are asked about.
    first = np.flatnonzero(np.diff(ring_of, prepend=-1))
    floor = _zone(lat[first])[ring_of[:-1][same]]
    strip = d_lon * (_mean_zone(b1, b2) - floor)
    total: FloatArray = np.bincount(ring_of[1:][same], weights=strip, minlength=count).astype(np.float64)
    return SEMI_MINOR_M**2 * total


def _zone(lat: FloatArray) -> FloatArray:
    """Return the authalic integral from the equator to `lat` as the series of CRS-03."""
    out = np.zeros_like(lat)
    for k, coefficient in enumerate(_SERIES):
        out += (-1) ** k * coefficient * np.sin((2 * k + 1) * lat)
    return out


def _mean_zone(b1: FloatArray, b2: FloatArray) -> FloatArray:
    """Return the mean of `_zone` along an edge that is straight in (B, L)."""
    half, middle = (b2 - b1) / 2.0, (b1 + b2) / 2.0
    out = np.zeros_like(b1)
    for k, coefficient in enumerate(_SERIES):
        n = 2 * k + 1
        out += (-1) ** k * coefficient * np.sin(n * middle) * np.sinc(n * half / np.pi)
    return out


def linear_scale(x: FloatArray, y: FloatArray, crs: CRS) -> FloatArray:
    """Return plane length ÷ ellipsoidal length at points of a conformal projected CRS (长度变形).

    Shape (n,). A plane distance divided by it is a ground distance on the ellipsoid to about 1e-7 within 2 km.
    """
    lon, lat = transformer(crs, geographic(crs)).transform(x, y)
    factors = Proj(crs).get_factors(lon, lat)
    scale: FloatArray = np.asarray(factors.meridional_scale, dtype=np.float64).reshape(-1)
    return scale
