"""Cutting simple rings by lines, with shared vertices (切分): the one primitive of blocks and parcels."""

from __future__ import annotations

import numpy as np
import shapely

from tools.demo.known import Points

_MERGE_M = 3.0  # a cut that ends this close to a corner ends in the corner


def ring_of(polygon: shapely.Polygon) -> Points:
    """Return the open exterior ring, counter-clockwise, on the millimetre grid, shape (n, 2) [m]."""
    ring = np.round(shapely.get_coordinates(shapely.orient_polygons(polygon))[:-1], 3)
    return tidy(ring)


def tidy(ring: Points) -> Points:
    """Return a ring without repeated consecutive vertices."""
    keep = np.linalg.norm(ring - np.roll(ring, 1, axis=0), axis=1) > 1e-6
    return np.asarray(ring[keep])


def area(ring: Points) -> float:
    """Return the signed area of a ring [m2]."""
    x, y = (ring - ring[0]).T
    return float(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def cut(ring: Points, point: Points, direction: Points, jog_m: float = 0.0) -> tuple[Points, Points] | None:
    """Return the two rings left and right of the line through `point`, or None if it does not cross twice.

    `jog_m` puts a step of that depth [m] in the middle of the cut. All new vertices are on the
    millimetre grid and identical in both rings.
    """
    normal = np.array([-direction[1], direction[0]])
    side = (ring - point) @ normal
    positive = side >= 0
    crossing = np.flatnonzero(positive != np.roll(positive, -1))
    if len(crossing) != 2:
        return None
    (start, first), (end, second) = (_crossing(ring, side, int(k)) for k in crossing)
    middle = _jog(first, second, normal, jog_m)
    count = len(ring)
    one = np.vstack([first, _slice(ring, start, end, count), second, middle[::-1]])
    two = np.vstack([second, _slice(ring, end, start, count), first, middle])
    one, two = tidy(one), tidy(two)
    if len(one) < 3 or len(two) < 3:
        return None
    if jog_m and not all(shapely.is_valid(shapely.Polygon(part)) for part in (one, two)):
        return cut(ring, point, direction)
    # After the first crossing the ring runs on the other side of the line.
    return (two, one) if positive[start] else (one, two)


def _crossing(ring: Points, side: Points, index: int) -> tuple[int, Points]:
    following = (index + 1) % len(ring)
    a, b = ring[index], ring[following]
    share = side[index] / (side[index] - side[following])
    at = np.round(a + share * (b - a), 3)
    if np.linalg.norm(at - a) < _MERGE_M:
        at = a
    elif np.linalg.norm(at - b) < _MERGE_M:
        at = b
    return index, at


def _slice(ring: Points, after: int, until: int, count: int) -> Points:
    indices = np.arange(after + 1, (until if until > after else until + count) + 1) % count
    return ring[indices]


def _jog(first: Points, second: Points, normal: Points, depth: float) -> Points:
    if not depth:
        return np.empty((0, 2))
    middle = 0.5 * (first + second)
    return np.round(np.array([middle, middle + normal * depth]), 3)


def axis(ring: Points) -> tuple[Points, Points, float, float]:
    """Return centre, unit long axis, length and width [m] of the smallest oriented box of a ring."""
    box = shapely.get_coordinates(shapely.oriented_envelope(shapely.Polygon(ring)))
    one, two = box[1] - box[0], box[2] - box[1]
    length, width = np.linalg.norm(one), np.linalg.norm(two)
    if length < width:
        one, length, width = two, width, length
    return box[:4].mean(axis=0), one / max(length, 1e-9), float(length), float(width)


def share_vertices(rings: list[Points]) -> list[Points]:
    """Return the rings with every vertex that lies on a neighbour's edge (T 形交点) put into that edge."""
    if len(rings) == 1:
        return rings
    vertices = np.unique(np.vstack(rings), axis=0)
    return [_with_vertices(ring, vertices) for ring in rings]


def _with_vertices(ring: Points, vertices: Points) -> Points:
    a, b = ring, np.roll(ring, -1, axis=0)
    edge = b - a
    length = np.linalg.norm(edge, axis=1)
    offset = vertices[None] - a[:, None]
    along = (offset * edge[:, None]).sum(axis=2) / length[:, None]
    across = np.abs(offset[..., 0] * edge[:, None, 1] - offset[..., 1] * edge[:, None, 0]) / length[:, None]
    on = (across < 0.004) & (along > 0.01) & (along < length[:, None] - 0.01)
    if not on.any():
        return ring
    out = []
    for k in range(len(ring)):
        out.append(ring[k : k + 1])
        extra = np.flatnonzero(on[k])
        if len(extra):
            out.append(vertices[extra[np.argsort(along[k, extra])]])
    return np.vstack(out)
