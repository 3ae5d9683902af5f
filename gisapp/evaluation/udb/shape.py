"""The shape that a package gives the boundary (边界形态, UDB-11): islands, small holes, narrow necks that it makes.

A neck is found by opening: where the boundary, drawn in by half the width, falls apart though it hangs together. Its
width is measured as twice the greatest depth by which it may be drawn in and still hang together, to 0.01 m.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.evaluation.udb.ground import Geometry

PRECISION_M: Final = 0.005
"""Half a centimetre to either side: the width is known to 0.01 m."""
AROUND: Final = 10.0
"""How many neck widths around the moves are looked at."""
SAME_M2: Final = 1e-2
MOST_CORES: Final = 24
"""Pairs of wide parts that are measured against each other."""

Place = tuple[float, float]


@dataclass(frozen=True)
class Neck:
    """A narrow passage (颈部): where, and how wide [m]."""

    place: Place
    width_m: float


def islands(old: Geometry, new: Geometry) -> list[Geometry]:
    """Return the parts of `new` that hang on nothing and did not stand alone before (孤岛).

    A part made wholly of land that came in, or all but the largest part of one that was cut apart.
    """
    before, after = shapely.get_parts(old), shapely.get_parts(new)
    part, origin = shapely.STRtree(before).query(after, predicate="intersects")
    shared = shapely.area(shapely.intersection(after[part], before[origin])) > SAME_M2
    part, origin = part[shared], origin[shared]
    out = [after[k] for k in range(len(after)) if k not in set(part.tolist())]
    for one in np.unique(origin):
        pieces = part[origin == one]
        if len(pieces) > 1:
            largest = pieces[np.argmax(shapely.area(after[pieces]))]
            out += [after[k] for k in pieces if k != largest]
    return out


def small_holes(
    old: Geometry, new: Geometry, area: Callable[[Geometry], float], limit_m2: float
) -> list[Geometry]:
    """Return the holes of `new` below `limit_m2` that `old` does not have (空洞); `area` gives m²."""
    before, after = _holes(old), _holes(new)
    tree = shapely.STRtree(before)
    out = []
    for hole in after:
        alike = before[tree.query(hole, predicate="intersects")]
        same = (shapely.area(shapely.symmetric_difference(alike, hole)) <= SAME_M2).any()
        if not same and area(hole) < limit_m2:
            out.append(hole)
    return out


def _holes(geometry: Geometry) -> npt.NDArray[np.object_]:
    rings = [ring for part in shapely.get_parts(geometry) for ring in part.interiors]
    return np.array([shapely.Polygon(ring) for ring in rings], dtype=object)


def new_necks(old: Geometry, new: Geometry, moved: Geometry, width_m: float) -> list[Neck]:
    """Return the necks of `new` narrower than `width_m` near what `moved`, without those of `old` that stay as they are."""
    if shapely.is_empty(moved):
        return []
    before = necks(_around(old, moved, width_m), width_m)
    close = shapely.buffer(moved, width_m)
    return [
        neck
        for neck in necks(_around(new, moved, width_m), width_m)
        if shapely.intersects(close, shapely.Point(neck.place))
        and not any(_same(neck, one, width_m) for one in before)
    ]


def _around(geometry: Geometry, moved: Geometry, width_m: float) -> Geometry:
    x0, y0, x1, y1 = shapely.bounds(moved)
    margin = AROUND * width_m
    return shapely.clip_by_rect(geometry, x0 - margin, y0 - margin, x1 + margin, y1 + margin)


def _same(one: Neck, other: Neck, width_m: float) -> bool:
    apart = float(np.hypot(one.place[0] - other.place[0], one.place[1] - other.place[1]))
    return apart <= width_m and abs(one.width_m - other.width_m) <= 2 * PRECISION_M


def necks(geometry: Geometry, width_m: float) -> list[Neck]:
    """Return the passages narrower than `width_m` [m] between wide parts of the same polygon (颈部)."""
    parts = shapely.get_parts(geometry)
    polygons = parts[shapely.get_dimensions(parts) == 2]
    return [neck for polygon in polygons for neck in _of_polygon(polygon, width_m)]


def _of_polygon(polygon: Geometry, width_m: float) -> list[Neck]:
    @lru_cache(maxsize=256)
    def drawn_in(depth: float) -> Geometry:
        return shapely.buffer(polygon, -depth, quad_segs=16)

    cores = shapely.get_parts(drawn_in(width_m / 2.0))
    if len(cores) < 2:
        return []
    cores = cores[np.argsort(-shapely.area(cores))][:MOST_CORES]
    pairs = [
        (_width(drawn_in, cores[a], cores[b], width_m), a, b)
        for a in range(len(cores))
        for b in range(a + 1, len(cores))
    ]
    # The widest passages first: those that join what was apart are the necks, the others lead the same way round.
    group, out = list(range(len(cores))), []
    for width, a, b in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if group[a] == group[b]:
            continue
        group = [group[a] if one == group[b] else one for one in group]
        if width < width_m - 2 * PRECISION_M:
            out.append(Neck(_place(cores[a], cores[b]), round(width, 2)))
    return out


def _width(drawn_in: Callable[[float], Geometry], one: Geometry, other: Geometry, width_m: float) -> float:
    """Return the width [m] of the passage between two wide parts, by halving."""
    low, high = 0.0, width_m / 2.0
    while high - low > PRECISION_M / 4.0:
        middle = (low + high) / 2.0
        if _joined(drawn_in(middle), one, other):
            low = middle
        else:
            high = middle
    return low + high


def _joined(geometry: Geometry, one: Geometry, other: Geometry) -> bool:
    parts = shapely.get_parts(geometry)
    holds = shapely.intersects(parts, shapely.point_on_surface(one))
    return bool((holds & shapely.intersects(parts, shapely.point_on_surface(other))).any())


def _place(one: Geometry, other: Geometry) -> Place:
    middle = shapely.line_interpolate_point(shapely.shortest_line(one, other), 0.5, normalized=True)
    return float(shapely.get_x(middle)), float(shapely.get_y(middle))
