"""Outlines on the way in (几何筛查): polygons that can be measured, and a reason for each that cannot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.io.importresult import Fault, Note

Geometries = npt.NDArray[np.object_]
POLYGONAL: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
SLIVER_M2: Final = 1.0
_TYPES: Final = {0: "点", 1: "线", 2: "线", 4: "多点", 5: "多线", 7: "几何集合"}
_REASONS: Final = {
    "Self-intersection": "自相交",
    "Ring Self-intersection": "环自相交",
    "Too few points in geometry component": "点数不足",
    "Hole lies outside shell": "洞在外环之外",
    "Holes are nested": "洞相互嵌套",
    "Interior is disconnected": "内部不连通",
    "Nested shells": "外环相互嵌套",
    "Duplicate Rings": "环重复",
    "Invalid Coordinate": "坐标无效",
}


@dataclass
class Outlines:
    """Outlines after screening (几何筛查结果), shape (n,); `repairs` maps a row (from 0) to reason and areas."""

    geometries: Geometries
    faults: list[Fault] = field(default_factory=list)
    repairs: dict[int, tuple[str, float, float]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def screen_outlines(geometries: Geometries, *, fix: bool) -> Outlines:
    """Return outlines in two dimensions, with a fault for each that is missing, empty, no polygon or invalid.

    Parameters
    ----------
    geometries
        Shape (n,), as the file has them. x and y of valid outlines are not touched.
    fix
        Repair invalid polygons instead, listing their areas before and after.
    """
    out = Outlines(geometries.copy())
    missing = shapely.is_missing(geometries)
    empty = ~missing & shapely.is_empty(geometries)
    kind = shapely.get_type_id(geometries)
    other = ~missing & ~empty & ~np.isin(kind, POLYGONAL)
    usable = ~missing & ~empty & ~other
    lost = usable & ~_finite(geometries)
    out.faults += [Fault(int(row) + 1, "几何为空（没有界线）") for row in np.flatnonzero(missing | empty)]
    out.faults += [
        Fault(
            int(row) + 1,
            f"几何不是面，而是{_TYPES.get(int(kind[row]), '其他类型')}",
            "geometry",
            geometries[row].geom_type,
        )
        for row in np.flatnonzero(other)
    ]
    out.faults += [
        Fault(int(row) + 1, "坐标不是有限数值（NaN 或无穷）", "geometry") for row in np.flatnonzero(lost)
    ]
    usable &= ~lost
    flat = usable & shapely.has_z(geometries)
    out.geometries[flat] = shapely.force_2d(geometries[flat])
    if flat.any():
        out.notes.append(Note("geometry", f"{int(flat.sum())} 条记录带高程，已去掉 Z 值，平面坐标未改动"))
    for row in np.flatnonzero(usable & ~shapely.is_valid(out.geometries)):
        _invalid(out, int(row), fix=fix)
    return out


def slivers(geometries: Geometries, rows: list[int]) -> list[Note]:
    """Return a note for each outline under 1 m² (碎面); plane areas in the CRS of the geometries."""
    area = shapely.area(geometries)
    return [
        Note(
            "geometry",
            f"面积不足 {SLIVER_M2:g} ㎡，可能是碎面",
            row=rows[k],
            area_m2=round(float(area[k]), 6),
        )
        for k in np.flatnonzero(area < SLIVER_M2)
    ]


def _finite(geometries: Geometries) -> npt.NDArray[np.bool_]:
    xy, owner = shapely.get_coordinates(geometries, return_index=True)
    fine = np.ones(len(geometries), dtype=bool)
    fine[owner[~np.isfinite(xy).all(axis=1)]] = False
    return fine


def _invalid(out: Outlines, row: int, *, fix: bool) -> None:
    """Quarantine an invalid polygon, or repair it and remember what that did to its area."""
    before = out.geometries[row]
    reason = _reason(before)
    if not fix:
        out.faults.append(Fault(row + 1, f"几何无效：{reason}；可用 --fix 修复", "geometry"))
        return
    after = shapely.make_valid(before, method="structure", keep_collapsed=False)
    if after.is_empty or after.geom_type not in ("Polygon", "MultiPolygon"):
        out.faults.append(Fault(row + 1, f"几何无效且无法修复成面：{reason}", "geometry"))
        return
    out.geometries[row] = after
    out.repairs[row] = (f"几何无效：{reason}", float(shapely.area(before)), float(shapely.area(after)))


def _reason(geometry: shapely.Geometry) -> str:
    """Return why a polygon is invalid, in Chinese with the place."""
    text, _, place = shapely.is_valid_reason(geometry).partition("[")
    words = _REASONS.get(text.strip(), text.strip())
    return f"{words}（位于 {place.rstrip(']')}）" if place else words
