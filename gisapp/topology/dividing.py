"""One outline divided by noded lines (地块分割): faces out of exact segments, no coordinate computed anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.topology.noding import Noded, segments
from gisapp.topology.outcome import Point
from gisapp.topology.rings import (
    Edge,
    FloatArray,
    Rings,
    assemble,
    edges,
    inserted,
    ordered,
    points,
    rings_of,
    vertices,
)

Geometries = npt.NDArray[np.object_]
Chain = tuple[Point, ...]


@dataclass(frozen=True)
class Divided:
    """The pieces of one outline, in the order of the old corners they begin with, and the chains that cut."""

    pieces: tuple[shapely.Geometry, ...]
    chains: tuple[Chain, ...]
    loose: tuple[Point, ...]
    """Ends of the line inside the outline: a line that stops there divides nothing."""


def divide(
    outline: shapely.Geometry, noded: Noded, *, alone: Callable[[shapely.Geometry], bool] | None = None
) -> Divided:
    """Return the pieces of an outline; one piece, the outline itself, where no line runs right through it.

    Parts of a MultiPolygon that no line divides stay with the nearest piece, save those that are `alone`.
    """
    pieces: list[shapely.Geometry] = []
    whole: list[shapely.Geometry] = []
    used: list[Chain] = []
    loose: list[Point] = []
    for rings in rings_of(outline):
        part = assemble([rings])
        found, chains, ends = _divide_part(part, noded)
        loose += ends
        if len(found) > 1:
            pieces += found
            used += chains
        else:
            whole.append(part)
    if not pieces:
        return Divided((outline,), (), tuple(loose))
    return Divided(tuple(_with_whole_parts(pieces, whole, alone)), tuple(used), tuple(loose))


def _with_whole_parts(
    pieces: list[shapely.Geometry],
    whole: list[shapely.Geometry],
    alone: Callable[[shapely.Geometry], bool] | None,
) -> list[shapely.Geometry]:
    if not whole:
        return pieces
    closed = np.array([alone is not None and alone(piece) for piece in pieces])
    shapes = np.array(pieces, dtype=object)
    owner = [int(np.argmin(np.where(closed, np.inf, shapely.distance(shapes, part)))) for part in whole]
    out = []
    for k, piece in enumerate(pieces):
        own = [part for part, row in zip(whole, owner, strict=True) if row == k]
        out.append(assemble([rings_of(g)[0] for g in (piece, *own)]) if own else piece)
    return out


def _divide_part(
    part: shapely.Geometry, noded: Noded
) -> tuple[list[shapely.Geometry], list[Chain], list[Point]]:
    """Return pieces, the chains that made them, and loose ends, of one polygon."""
    own = edges([part])
    on = {edge: new for edge, new in noded.on.items() if edge in own}
    cut_at = inserted(part, on)
    chains, loose = _chains(cut_at, noded)
    while chains:
        ends = {end for chain in chains for end in (chain[0], chain[-1])}
        ready = inserted(part, {edge: [c for c in new if c in ends] for edge, new in on.items()})
        faces, dropped = _faces(ready, chains)
        kept = [chain for chain in chains if ordered(*chain[:2]) not in dropped]
        if len(kept) == len(chains):
            return restored(faces, ready), chains, loose
        chains = kept
    return [part], [], loose


def _chains(part: shapely.Geometry, noded: Noded) -> tuple[list[Chain], list[Point]]:
    """Return the stretches of the lines that run inside a polygon from rim to rim, or round; and loose ends."""
    rim, own = vertices([part]), edges([part])
    shapely.prepare(part)
    chains: list[Chain] = []
    loose: list[Point] = []
    for line in noded.lines:
        for run in _runs(line, part, own, rim, noded.own):
            if run[0] == run[-1] or (run[0] in rim and run[-1] in rim):
                chains.append(run)
            else:
                loose += [end for end in (run[0], run[-1]) if end not in rim]
    return chains, loose


def _runs(
    line: Sequence[Point],
    part: shapely.Geometry,
    own: dict[Edge, None],
    rim: dict[Point, None],
    kept: frozenset[Point],
) -> list[Chain]:
    """Return the longest stretches of a line inside a polygon that touch its rim at their ends only."""
    steps = np.array(list(pairwise(line)))
    middle = steps.mean(axis=1) if len(steps) else np.empty((0, 2))
    inside = shapely.contains_xy(part, middle[:, 0], middle[:, 1])
    runs: list[list[Point]] = []
    joined = False
    for (a, b), is_in in zip(pairwise(line), inside, strict=True):
        if not is_in or ordered(a, b) in own:
            joined = False
            continue
        if joined and a not in rim:
            runs[-1].append(b)
        else:
            runs.append([a, b])
        joined = True
    closed = len(runs) > 1 and line[0] == line[-1] and line[0] not in rim
    if closed and runs[0][0] == line[0] and runs[-1][-1] == line[0]:
        last = runs.pop()
        runs[0] = [*last, *runs[0][1:]]
    # A node from the edge of a parcel that overlaps this one is no corner of it.
    return [(run[0], *(c for c in run[1:-1] if c in kept), run[-1]) for run in runs]


def _faces(part: shapely.Geometry, chains: Iterable[Chain]) -> tuple[list[shapely.Geometry], set[Edge]]:
    """Return the faces of a polygon between chains, and the segments with the same face on both sides."""
    cuts = [ordered(a, b) for chain in chains for a, b in pairwise(chain)]
    faces, dropped = faces_of([*edges([part]), *cuts])
    inside = shapely.contains(part, shapely.point_on_surface(faces))
    return list(faces[inside]), dropped


def faces_of(rows: Iterable[Edge]) -> tuple[Geometries, set[Edge]]:
    """Return the faces between segments that meet at their ends only, and the segments that bound none."""
    lines = segments(list(dict.fromkeys(rows)))
    found, bridges, dangles, _ = shapely.polygonize_full(lines)
    left = [shapely.get_coordinates(line) for g in (bridges, dangles) for line in shapely.get_parts(g)]
    dropped = {ordered(*points(xy)[k : k + 2]) for xy in left for k in range(len(xy) - 1)}
    return shapely.get_parts(found), dropped


def restored(faces: Iterable[shapely.Geometry], like: shapely.Geometry) -> list[shapely.Geometry]:
    """Return faces whose rings start and turn as those of the outline they came from, in its order.

    A ring starts at the corner that comes first in `like`; a hole that `like` has is taken over as it is.
    """
    old = rings_of(like)
    order = {corner: k for k, corner in enumerate(vertices([like]))}
    left_turning = bool(shapely.is_ccw(shapely.LinearRing(old[0][0])))
    holes = {frozenset(points(ring)): ring for part in old for ring in part[1:]}
    out: list[tuple[int, Rings]] = []
    for face in faces:
        shell, *inner = rings_of(face)[0]
        shell = _turned(shell, order, ccw=left_turning)
        kept = [holes.get(frozenset(points(ring))) for ring in inner]
        own = [
            _turned(ring, order, ccw=not left_turning) if known is None else known
            for ring, known in zip(inner, kept, strict=True)
        ]
        own.sort(key=lambda ring: _rank(ring, order))
        out.append((_rank(shell, order), [[shell, *own]]))
    out.sort(key=lambda found: found[0])
    return [assemble(rings) for _, rings in out]


def _rank(ring: FloatArray, order: dict[Point, int]) -> int:
    return min((order[corner] for corner in points(ring) if corner in order), default=len(order))


def _turned(ring: FloatArray, order: dict[Point, int], *, ccw: bool) -> FloatArray:
    """Return a closed ring in the asked direction, from the corner that comes first in `order`."""
    xy = ring if bool(shapely.is_ccw(shapely.LinearRing(ring))) == ccw else ring[::-1]
    corner = points(xy[:-1])
    start = min(range(len(corner)), key=lambda k: order.get(corner[k], len(order)))
    turned = np.roll(xy[:-1], -start, axis=0)
    return np.vstack([turned, turned[:1]])
