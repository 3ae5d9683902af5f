"""Exact small geometry around a parcel: pieces of a given area, planted overlaps and gaps (精确构造)."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from tools.demo.known import Points


def corner(parcel: Polygon, area_m2: float, towards: Points) -> BaseGeometry:
    """Return the part of a parcel furthest in direction `towards` with an area of `area_m2` (within 1e-6)."""
    ring = shapely.get_coordinates(parcel)
    reach = ring @ towards
    low, high = float(reach.min()), float(reach.max())
    for _ in range(80):
        middle = (low + high) / 2
        if shapely.area(shapely.intersection(parcel, _beyond(ring, towards, middle))) > area_m2:
            low = middle
        else:
            high = middle
    return shapely.intersection(parcel, _beyond(ring, towards, (low + high) / 2))


def _beyond(ring: Points, towards: Points, offset: float) -> Polygon:
    along = np.array([-towards[1], towards[0]])
    base = towards * offset + along * (ring @ along).mean()
    return Polygon(
        [
            base - along * 5e3,
            base + along * 5e3,
            base + along * 5e3 + towards * 5e3,
            base - along * 5e3 + towards * 5e3,
        ]
    )


def bridge(piece: BaseGeometry, area: BaseGeometry, parcels: BaseGeometry) -> BaseGeometry:
    """Return `area` grown to take in `piece`, over open ground only: no other parcel is touched."""
    near = shapely.shortest_line(piece, area).centroid
    foot = shapely.intersection(area, shapely.shortest_line(piece, area).buffer(60))
    hull = shapely.convex_hull(shapely.union_all([piece, foot, near.buffer(3)]))
    open_ground = shapely.difference(hull, shapely.buffer(parcels, 0.05))
    # The seam of 5 cm along the parcel is closed beside the piece only.
    seam = shapely.difference(shapely.buffer(piece, 0.06, join_style="mitre"), parcels)
    return shapely.union_all([area, open_ground, seam, piece])


def shared_edge(one: Polygon, two: Polygon) -> LineString | None:
    """Return the longest straight piece of the common boundary, or None under 60 m."""
    common = shapely.intersection(one.boundary, two.boundary)
    lines = [part for part in shapely.get_parts(shapely.line_merge(common)) if part.geom_type == "LineString"]
    pieces = [
        LineString(pair) for line in lines for pair in zip(line.coords[:-1], line.coords[1:], strict=True)
    ]
    best = max(pieces, key=lambda piece: float(piece.length), default=None)
    return best if best is not None and best.length > 60 else None


def overlapped(one: Polygon, two: Polygon, edge: LineString, depth_m: float) -> BaseGeometry:
    """Return `one` grown by `depth_m` into `two` along the middle of their common edge."""
    strip = shapely.intersection(_strip(edge, depth_m), two)
    return shapely.set_precision(shapely.union(one, strip), 0.001)


def gapped(one: Polygon, edge: LineString, depth_m: float) -> BaseGeometry:
    """Return `one` drawn back by `depth_m` along the middle of the common edge: an enclosed sliver remains."""
    return shapely.set_precision(shapely.difference(one, _strip(edge, depth_m)), 0.001)


def _strip(edge: LineString, depth_m: float) -> Polygon:
    middle = LineString([edge.interpolate(0.3, normalized=True), edge.interpolate(0.7, normalized=True)])
    return shapely.buffer(middle, depth_m, cap_style="flat")
