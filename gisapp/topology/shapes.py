"""What is wrong with an outline by itself (界线自身检查): empty, crossing itself, too small, too thin, too close."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import shapely

from gisapp.i18n import Text
from gisapp.model.changes import Finding, Severity
from gisapp.topology.outcome import Point, Tolerances
from gisapp.topology.rings import Edge, FloatArray, area_of, is_areal, ordered, points, rings_of

_PLACE = re.compile(r"\[(?P<x>[-+.\deE]+) (?P<y>[-+.\deE]+)\]")
_REASONS = {
    "Self-intersection": "界线自相交",
    "Ring Self-intersection": "同一条界线在一点重复经过",
    "Hole lies outside shell": "内环位于外环之外",
    "Nested holes": "内环互相嵌套",
    "Nested shells": "各部分互相嵌套",
    "Interior is disconnected": "内环把地块分成了互不相连的部分",
    "Duplicate Rings": "界线重复",
    "Too few points in geometry component": "界址点不足 3 个",
    "Invalid Coordinate": "坐标无效",
    "Ring is not closed": "界线未闭合",
}


def faults(
    parcel_id: str, outline: shapely.Geometry, before: shapely.Geometry | None, tolerances: Tolerances
) -> tuple[Finding, ...]:
    """Return the findings about one new outline; `before` is its old one, None for a new parcel.

    Thinness and corners that were there before are not reported again.
    """
    if not is_areal(outline):
        return (
            Finding(
                "empty", "error", Text("{parcel} 的界线为空或不是面", parcel=parcel_id), (parcel_id,), 0.0
            ),
        )
    if not shapely.is_valid(outline):
        return (_invalid(parcel_id, outline),)
    area, at = area_of(outline), place(outline)
    if area < tolerances.smallest_m2:
        least = tolerances.smallest_m2
        message = Text(
            "{parcel} 面积只有 {area:.4f} ㎡，小于 {least:g} ㎡", parcel=parcel_id, area=area, least=least
        )
        return (Finding("too_small", "error", message, (parcel_id,), area, at),)
    out = list(_close_corners(parcel_id, outline, before, tolerances))
    if _is_sliver(outline, tolerances) and (before is None or not _is_sliver(before, tolerances)):
        message = Text("{parcel} 是细碎或狭长地块（{area:.2f} ㎡）", parcel=parcel_id, area=area)
        out.append(Finding("sliver", "warning", message, (parcel_id,), area, at))
    return tuple(out)


def _invalid(parcel_id: str, outline: shapely.Geometry) -> Finding:
    reason = shapely.is_valid_reason(outline)
    found = _PLACE.search(reason)
    at = (float(found["x"]), float(found["y"])) if found else place(outline)
    kind = reason[: found.start()].strip() if found else reason
    code = "self_intersection" if "ntersection" in kind else "invalid"
    text = Text(
        "{parcel}：{reason}",
        parcel=parcel_id,
        reason=Text.of(_REASONS[kind], kind) if kind in _REASONS else kind,
    )
    return Finding(code, "error", text, (parcel_id,), None, at)


def place(geometry: shapely.Geometry) -> Point | None:
    """Return a point to show a finding at: inside areas, on lines."""
    if shapely.is_empty(geometry):
        return None
    point = shapely.point_on_surface(geometry)
    return float(point.x), float(point.y)


def _is_sliver(outline: shapely.Geometry, tolerances: Tolerances) -> bool:
    area, length = area_of(outline), float(shapely.length(outline))
    return area < tolerances.sliver_m2 or 4 * np.pi * area < tolerances.sliver * length**2


def _close_corners(
    parcel_id: str, outline: shapely.Geometry, before: shapely.Geometry | None, tolerances: Tolerances
) -> Iterator[Finding]:
    old = {pair for ring in _rings(before) for pair in _pairs(ring)}
    for ring in _rings(outline):
        length = np.hypot(*np.diff(ring, axis=0).T)
        for k in np.flatnonzero(length < tolerances.vertex_m):
            a, b = points(ring[k : k + 2])
            if ordered(a, b) in old:
                continue
            severity: Severity = "error" if length[k] < tolerances.snap_m else "warning"
            message = Text("{parcel} 有两个界址点只相距 {gap:.1f} mm", parcel=parcel_id, gap=length[k] * 1000)
            middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
            yield Finding("vertex_distance", severity, message, (parcel_id,), None, middle)


def _rings(outline: shapely.Geometry | None) -> list[FloatArray]:
    return [] if outline is None else [ring for part in rings_of(outline) for ring in part]


def _pairs(ring: FloatArray) -> list[Edge]:
    return [ordered(a, b) for a, b in pairwise(points(ring))]


def straight(ring: FloatArray, within_m: float) -> list[Point]:
    """Return the corners of a closed ring that lie within `within_m` of the line between their neighbours."""
    corner = points(ring[:-1])
    out = []
    around = [corner[-1], *corner, corner[0]]
    for (a, b), (_, c) in pairwise(pairwise(around)):
        ux, uy, vx, vy = c[0] - a[0], c[1] - a[1], b[0] - a[0], b[1] - a[1]
        length = float(np.hypot(ux, uy))
        if length > 0 and abs(ux * vy - uy * vx) / length <= within_m and 0 < ux * vx + uy * vy < length**2:
            out.append(b)
    return out
