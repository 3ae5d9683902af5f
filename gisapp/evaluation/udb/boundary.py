"""The boundary as a package makes it (优化后的边界): (old ∪ in) − out by zone; outlines that no move touches stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from gisapp.context import Context
from gisapp.crs import ellipsoidal_area
from gisapp.errors import CheckError
from gisapp.evaluation.udb.ground import Geometry, Ground, polygonal
from gisapp.evaluation.udb.result import ZoneRow
from gisapp.model.udb import ZONES

CLOSE_M2: Final = 1e-3
"""Plane areas before and after may differ by rounding of coordinates along the cuts, no more."""


def new_boundary(grounds: Sequence[Ground], context: Context) -> gpd.GeoDataFrame:
    """Return the features of the new boundary: zone, origin (row of the present layer, −1 for a move), move, geometry.

    A feature that no move reaches is the very same geometry object, bit for bit; of one that is cut, the vertices away
    from the cut are.

    Raises
    ------
    CheckError
        If the plane area is not what the moves say.
    """
    old = context.frame("udb")
    shapes = old.geometry.to_numpy().copy()
    cuts = [one for one in grounds if one.move.kind in ("out", "rezone") and one.area_m2 > 0.0]
    for one in cuts:
        for row in np.sort(old.sindex.query(one.changed, predicate="intersects")):
            same = one.move.kind == "rezone" and str(old["zone"].iloc[row]) == one.move.zone
            if not same:
                shapes[row] = polygonal(shapely.difference(shapes[row], one.changed))
    kept = [row for row in range(len(old)) if not shapely.is_empty(shapes[row])]
    come = [one for one in grounds if one.move.kind in ("in", "rezone") and one.area_m2 > 0.0]
    frame = gpd.GeoDataFrame(
        {
            "zone": [*(str(old["zone"].iloc[row]) for row in kept), *(one.move.zone for one in come)],
            "origin": [*kept, *([-1] * len(come))],
            "move": [*([""] * len(kept)), *(one.move.id for one in come)],
        },
        geometry=[*(shapes[row] for row in kept), *(one.changed for one in come)],
        crs=context.crs,
    )
    _require_conserved(old, frame, grounds)
    return frame


def _require_conserved(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, grounds: Sequence[Ground]) -> None:
    signs = {"in": 1.0, "out": -1.0, "rezone": 0.0}
    moved = sum(signs[one.move.kind] * float(shapely.area(one.changed)) for one in grounds)
    before, after = (float(shapely.area(frame.geometry.to_numpy()).sum()) for frame in (old, new))
    gap = after - before - moved
    if abs(gap) > CLOSE_M2 + 1e-12 * before:
        raise CheckError(
            f"优化前后的平面面积不守恒：相差 {gap:.4f} ㎡",
            action="检查图斑是否相互重叠，或城镇开发边界图层内是否有重叠的图斑",
        )


def zone_rows(grounds: Sequence[Ground], new: gpd.GeoDataFrame, context: Context) -> tuple[ZoneRow, ...]:
    """Return each zone before and after, and what the moves say of it."""
    old = context.frame("udb")
    moved = dict.fromkeys([*ZONES, *old["zone"].astype(str)], 0.0)
    for one in grounds:
        if one.move.kind in ("in", "rezone"):
            moved[one.move.zone] += one.area_m2
        if one.move.kind in ("out", "rezone"):
            for row in np.sort(old.sindex.query(one.changed, predicate="intersects")):
                taken = shapely.intersection(one.changed, old.geometry.iloc[row])
                moved[str(old["zone"].iloc[row])] -= one.area(polygonal(taken))
    known = [zone for zone in moved if (old["zone"] == zone).any() or (new["zone"] == zone).any()]
    return tuple(_zone(zone, moved[zone], old, new, context) for zone in known)


def _zone(zone: str, moved: float, old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, context: Context) -> ZoneRow:
    shapes = [frame.loc[frame["zone"].astype(str) == zone].geometry.to_numpy() for frame in (old, new)]
    before, after = (float(ellipsoidal_area(part, context.crs).sum()) for part in shapes)
    plane = [float(shapely.area(part).sum()) for part in shapes]
    return ZoneRow(zone, before, after, moved, plane[0], plane[1])


def merged(old_whole: Geometry, grounds: Sequence[Ground]) -> Geometry:
    """Return the new boundary as one geometry, from the present one, without holes that are arithmetic."""
    gone = [one.changed for one in grounds if one.move.kind == "out"]
    come = [one.changed for one in grounds if one.move.kind == "in"]
    left = shapely.difference(old_whole, shapely.union_all(gone)) if gone else old_whole
    whole = shapely.union_all([left, *come]) if come else left
    return shapely.MultiPolygon([_without_noise(part) for part in shapely.get_parts(polygonal(whole))])


def _without_noise(part: shapely.Polygon) -> shapely.Polygon:
    holes = [ring for ring in part.interiors if shapely.area(shapely.Polygon(ring)) > CLOSE_M2]
    if len(holes) == len(part.interiors):
        return part
    return shapely.Polygon(part.exterior, holes)
