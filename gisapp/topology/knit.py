"""Keep the fabric a matched coverage (共用界址点): a vertex that lies on another parcel's edge goes into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.i18n import Text
from gisapp.topology.fabric import Fabric, grown
from gisapp.topology.noding import off, segments
from gisapp.topology.outcome import Point, Tolerances
from gisapp.topology.rings import (
    NEUTRAL_M,
    Edge,
    bounds_of,
    edge_at,
    edges,
    inserted,
    on_edge,
    planted,
    rounded,
    vertices,
)

INSERTED = Text("插入共用界址点")
Geometries = npt.NDArray[np.object_]
BoolArray = npt.NDArray[np.bool_]
Outlines = dict[str, shapely.Geometry | None]


def landed(fabric: Fabric, point: Point, tolerances: Tolerances) -> Point:
    """Return where a new vertex comes to lie: on the vertex or edge that is there, else rounded to survey_m."""
    snap = tolerances.snap_m
    best: tuple[float, Point] | None = None
    on: Point | None = None
    for name in fabric.at(*point, within_m=snap):
        outline = fabric.get(name)
        xy = shapely.get_coordinates(outline)
        away = np.hypot(*(xy - point).T)
        k = int(np.argmin(away))
        if away[k] <= snap and (best is None or away[k] < best[0]):
            best = float(away[k]), (float(xy[k, 0]), float(xy[k, 1]))
        edge = edge_at(outline, point, snap_m=snap)
        if edge is not None and on is None:
            foot, near = on_edge(*edge, point), rounded(point, tolerances.survey_m)
            on = near if off(near, edge) <= NEUTRAL_M else foot
    if best is not None:
        return best[1]
    return on if on is not None else rounded(point, tolerances.survey_m)


def knit(fabric: Fabric, after: Mapping[str, shapely.Geometry | None], tolerances: Tolerances) -> Outlines:
    """Return `after` with every new vertex put into the edges it lies on, in its neighbours and itself.

    Only what is new is knitted: a fault that was there before stays for the planner to see.
    """
    out: Outlines = dict(after)
    before = [fabric.find(name) for name in after]
    corners, old = vertices(before), list(edges(before))
    new = [point for point in vertices(out.values()) if point not in corners]
    if new:
        _forward(fabric, out, new, old, tolerances.snap_m)
    _backward(fabric, out, tolerances.snap_m)
    return out


def _forward(fabric: Fabric, out: Outlines, new: Sequence[Point], old: Sequence[Edge], snap_m: float) -> None:
    """Put new vertices into the edges of whoever they lie on."""
    state = fabric.with_outlines(out)
    at: Geometries = np.array(shapely.points(np.array(new)), dtype=object)
    names = state.near(grown(bounds_of(at), snap_m))
    if not names:
        return
    tree = shapely.STRtree(shapely.boundary(state.outlines(names)))
    which, whose = tree.query(at, predicate="dwithin", distance=snap_m)
    along = _on(at, old, NEUTRAL_M)
    for row in np.unique(whose):
        name = names[row]
        outline, out_of = state.get(name), which[whose == row]
        own = vertices([outline])
        changed = outline
        # What was cut out of an old edge is put where it changes nothing; what was drawn there, where it lies.
        for cut, reach in ((True, NEUTRAL_M), (False, snap_m)):
            asked = [new[k] for k in out_of if new[k] not in own and along[k] == cut]
            changed = planted(changed, asked, snap_m=snap_m, reach_m=reach)
        if changed is not outline:
            out[name] = changed


def _on(at: Geometries, old: Sequence[Edge], within_m: float) -> BoolArray:
    """Return which points lie on one of these edges."""
    out = np.zeros(len(at), dtype=bool)
    out[shapely.STRtree(segments(old)).query(at, predicate="dwithin", distance=within_m)[0]] = True
    return out


def _along(rows: Sequence[Edge], tree: shapely.STRtree) -> BoolArray:
    """Return which edges are a stretch of an old one, found by `tree`."""
    start, end = (shapely.points(np.array([row[k] for row in rows])) for k in (0, 1))
    hits = [
        {
            (int(i), int(j))
            for i, j in zip(*tree.query(g, predicate="dwithin", distance=NEUTRAL_M), strict=True)
        }
        for g in (start, end)
    ]
    out = np.zeros(len(rows), dtype=bool)
    out[[i for i, _ in hits[0] & hits[1]]] = True
    return out


def _backward(fabric: Fabric, out: Outlines, snap_m: float) -> None:
    """Put vertices of the parcels around into the new edges they lie on."""
    state = fabric.with_outlines(out)
    old = list(edges(fabric.find(name) for name in out))
    known, tree = set(old), shapely.STRtree(segments(old))
    for name, outline in list(out.items()):
        fresh = [] if outline is None else [edge for edge in edges([outline]) if edge not in known]
        if fresh:
            fresh = [edge for edge, is_old in zip(fresh, _along(fresh, tree), strict=True) if not is_old]
        if outline is None or not fresh:
            continue
        lines = segments(fresh)
        names = [other for other in state.near(grown(bounds_of(lines), snap_m)) if other != name]
        own = vertices([outline])
        around = [point for point in vertices(state.outlines(names)) if point not in own]
        if around:
            at = shapely.points(np.array(around))
            close = np.unique(shapely.STRtree(lines).query(at, predicate="dwithin", distance=snap_m)[0])
            out[name] = planted(outline, [around[k] for k in close], snap_m=snap_m)


def with_vertex(
    fabric: Fabric, out: Outlines, at: Point, names: Iterable[str], snap_m: float
) -> tuple[str, ...]:
    """Put `at` into the edges of `names` that pass through it; return who has it now."""
    have = []
    for name in names:
        outline = out[name] if name in out else fabric.get(name)
        if outline is None:
            continue
        if at not in vertices([outline]):
            edge = edge_at(outline, at, snap_m=snap_m)
            if edge is None:
                continue
            out[name] = inserted(outline, {edge: [at]})
        have.append(name)
    return tuple(have)
