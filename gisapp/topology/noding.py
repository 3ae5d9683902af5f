"""Where a cutting line meets the edges of parcels (分割线与界线的交点), each point once and for all parcels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.topology.outcome import Point
from gisapp.topology.rings import NEUTRAL_M, Edge, distances, edges, on_edge, vertices

FloatArray = npt.NDArray[np.float64]


@dataclass
class Registry:
    """Points that are one point if closer than `NEUTRAL_M`: the first that was named stays."""

    cells: dict[tuple[int, int], list[Point]] = field(default_factory=dict)

    def settle(self, point: Point) -> Point:
        """Return the point that stands for `point`, which may be itself."""
        cx, cy = int(point[0] // NEUTRAL_M), int(point[1] // NEUTRAL_M)
        best: tuple[float, Point] | None = None
        for i in (cx - 1, cx, cx + 1):
            for j in (cy - 1, cy, cy + 1):
                for other in self.cells.get((i, j), ()):
                    away = float(np.hypot(other[0] - point[0], other[1] - point[1]))
                    if away <= NEUTRAL_M and (best is None or away < best[0]):
                        best = away, other
        if best is not None:
            return best[1]
        self.cells.setdefault((cx, cy), []).append(point)
        return point


@dataclass(frozen=True)
class Noded:
    """Cutting lines with a vertex wherever they meet an edge, those vertices by edge, and their own vertices."""

    lines: tuple[tuple[Point, ...], ...]
    own: frozenset[Point]
    on: dict[Edge, list[Point]]


def node(lines: Sequence[Sequence[Point]], outlines: Iterable[shapely.Geometry], *, snap_m: float) -> Noded:
    """Return `lines` noded with the edges of `outlines`; vertices of the outlines are never moved.

    A corner within `snap_m` of a line becomes a vertex of the line; a vertex of the line within `snap_m` of an
    edge comes to lie on it, as near as doubles come; a crossing is made once per edge, whoever has it.
    """
    corners = vertices(outlines)
    known = Registry()
    for corner in corners:
        known.settle(corner)
    table = _Table(list(edges(outlines)), known, snap_m)
    ends = [[_end(point, table) for point in line] for line in lines]
    noded = tuple(_one(line, table) for line in ends)
    return Noded(noded, frozenset(point for line in ends for point in line), table.on)


class _Table:
    """The edges that lines are noded with, found by place, and what was put into each."""

    def __init__(self, rows: list[Edge], known: Registry, snap_m: float) -> None:
        self.rows, self.known, self.snap_m = rows, known, snap_m
        self.on: dict[Edge, list[Point]] = {}
        self._tree = shapely.STRtree(segments(rows))

    def near(self, geometry: shapely.Geometry) -> list[Edge]:
        """Return the edges within `snap_m`, in a fixed order."""
        found = np.sort(self._tree.query(geometry, predicate="dwithin", distance=self.snap_m))
        return [self.rows[row] for row in found]

    def put(self, edge: Edge, point: Point) -> Point:
        """Put a point into an edge and return the point that stands for it."""
        settled = self.known.settle(point)
        if settled not in edge and settled not in self.on.setdefault(edge, []):
            self.on[edge].append(settled)
        return settled


def segments(rows: Sequence[Edge]) -> npt.NDArray[np.object_]:
    """Return edges as lines of two points, shape (n,)."""
    out: npt.NDArray[np.object_] = np.empty(len(rows), dtype=object)
    if rows:
        out[:] = shapely.linestrings(np.array(rows))
    return out


def _one(ends: Sequence[Point], table: _Table) -> tuple[Point, ...]:
    """Return one line with its nodes."""
    out = [ends[0]]
    for p, q in pairwise(ends):
        if p == q:
            continue
        sites: dict[Point, float] = {}
        for edge in table.near(shapely.LineString([p, q])):
            for c in _meeting(p, q, edge, table):
                sites.setdefault(c, _along(p, q, c))
        out += sorted((c for c in sites if c not in (p, q)), key=sites.__getitem__)
        out.append(q)
    return tuple(out)


def _end(point: Point, table: _Table) -> Point:
    """Return where a vertex of the line comes to lie: on a corner, on an edge, or where it is."""
    close = table.near(shapely.Point(point))
    corners = [c for edge in close for c in edge if math.dist(c, point) <= table.snap_m]
    if corners:
        return min(corners, key=lambda c: math.dist(c, point))
    if not close:
        return table.known.settle(point)
    settled = table.put(close[0], on_edge(*close[0], point))
    for edge in close[1:]:
        if off(settled, edge) <= NEUTRAL_M:
            table.put(edge, settled)
    return settled


def _meeting(p: Point, q: Point, edge: Edge, table: _Table) -> list[Point]:
    """Return where segment p → q has a node because of `edge`: its corners on the segment, or a crossing."""
    corners = [c for c in edge if off(c, (p, q)) <= table.snap_m]
    if corners or min(off(p, edge), off(q, edge)) <= NEUTRAL_M:
        return corners
    crossing = _crossing(p, q, *edge)
    return [] if crossing is None else [table.put(edge, on_edge(*edge, crossing))]


def off(point: Point, edge: Edge) -> float:
    """Return how far a point is from an edge [m]."""
    a, b = np.array([edge[0]]), np.array([edge[1]])
    return float(distances(np.array(point), a, b)[0])


def _crossing(p: Point, q: Point, a: Point, b: Point) -> Point | None:
    """Return where two segments cross properly, None where they do not."""
    rx, ry, sx, sy = q[0] - p[0], q[1] - p[1], b[0] - a[0], b[1] - a[1]
    turn = rx * sy - ry * sx
    if turn == 0.0:
        return None
    u = ((p[0] - a[0]) * ry - (p[1] - a[1]) * rx) / -turn
    t = ((a[0] - p[0]) * sy - (a[1] - p[1]) * sx) / turn
    if not (0.0 <= t <= 1.0 and 0.0 <= u <= 1.0):
        return None
    return a[0] + u * sx, a[1] + u * sy


def _along(p: Point, q: Point, c: Point) -> float:
    """Return how far along p → q a point is."""
    dx, dy = q[0] - p[0], q[1] - p[1]
    return ((c[0] - p[0]) * dx + (c[1] - p[1]) * dy) / (dx * dx + dy * dy)
