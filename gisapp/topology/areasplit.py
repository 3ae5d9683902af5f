"""Split off a given area by a line parallel to an edge (按面积分割)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as changed

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.errors import Problem
from gisapp.i18n import Text
from gisapp.model.changes import Finding
from gisapp.topology.cutting import Name, named_pieces
from gisapp.topology.fabric import Fabric
from gisapp.topology.noding import node
from gisapp.topology.outcome import DEFAULT, Outcome, Point, Tolerances, TopologyError, finite
from gisapp.topology.rings import assemble, bounds_of, edges, ordered, points, rings_of

Measure = Callable[[npt.NDArray[np.object_]], npt.NDArray[np.float64]]
"""Outlines, shape (n,) → areas [m²], shape (n,)."""
AREA_M2 = 0.005
"""How near the asked area the piece has to come; 0.005 ㎡ prints as 0.00 (D)."""
_STEPS = 200


@dataclass(frozen=True)
class _Strip:
    """The part of a parcel within a distance of one of its edges (沿边条带)."""

    part: shapely.Geometry
    a: Point
    b: Point
    inward: tuple[float, float]
    reach: float
    measure: Measure

    def piece(self, depth: float) -> shapely.Geometry:
        """Return the connected land at the edge no deeper than `depth` [m]."""
        far = self.reach
        ux, uy = self.inward[1], -self.inward[0]
        (ax, ay), (nx, ny) = self.a, self.inward
        corners = [(-far, -far), (far, -far), (far, depth), (-far, depth)]
        box = shapely.Polygon([(ax + s * ux + d * nx, ay + s * uy + d * ny) for s, d in corners])
        parts = shapely.get_parts(shapely.intersection(self.part, box))
        parts = parts[shapely.get_dimensions(parts) == 2]
        if len(parts) == 0:
            return shapely.Polygon()
        middle = shapely.Point((self.a[0] + self.b[0]) / 2, (self.a[1] + self.b[1]) / 2)
        nearest: shapely.Geometry = parts[int(np.argmin(shapely.distance(parts, middle)))]
        return nearest

    def area(self, depth: float) -> float:
        """Return the measured area of that land [m²]."""
        found = self.piece(depth)
        return 0.0 if shapely.is_empty(found) else float(self.measure(_one(found))[0])

    def chords(self, depth: float) -> list[list[Point]]:
        """Return the stretches of the piece's rim that run along the parallel line at `depth`."""
        out = []
        for ring in rings_of(self.piece(depth))[0]:
            deep = (ring - self.a) @ np.array(self.inward)
            along = np.abs(deep - depth) < 1e-6
            for k in np.flatnonzero(along[:-1] & along[1:]):
                out.append(points(ring[k : k + 2]))
        return out


def split_area(
    fabric: Fabric,
    parcel_id: str,
    area_m2: float,
    edge: tuple[Point, Point],
    *,
    measure: Measure,
    name: Name,
    tolerances: Tolerances = DEFAULT,
) -> Outcome:
    """Return the outcome of splitting off `area_m2` along one edge of a parcel (按面积分割).

    Parameters
    ----------
    fabric, parcel_id
        The parcel goes; child 1 is the piece at the edge, the others are what is left, piece by piece.
    area_m2
        What `measure` shall say of child 1 [m²]; off by more than 0.005 is a warning, ``area_off``.
    edge
        Two neighbouring corners of the parcel, exactly as they are [m].
    measure
        The area by which to split: plane, or ellipsoidal (椭球面积).

    Raises
    ------
    TopologyError
        If the parcel has no such edge, or no parallel line splits off that area in one piece: it says what does.
    """
    outline, side = fabric.get(parcel_id), ordered(finite(edge[0], "edge"), finite(edge[1], "edge"))
    strip = _strip(outline, side, measure)
    whole = float(measure(_one(outline))[0])
    if not 0.0 < area_m2 < whole:
        raise TopologyError(_unattainable(area_m2, 0.0, whole, below=False))
    noded = node(strip.chords(_depth(strip, area_m2)), [outline], snap_m=tolerances.snap_m)
    outcome = named_pieces(fabric, parcel_id, noded, lambda piece: _has(piece, side), name, tolerances)
    child = name(parcel_id, 1)
    return _said(outcome, child, float(measure(_one(outcome.after[child]))[0]), area_m2)


def _has(piece: shapely.Geometry, edge: tuple[Point, Point]) -> bool:
    """Return whether a piece lies at the edge: on the whole of it, or on the stretch that the cut left."""
    if edge in edges([piece]):
        return True
    middle = shapely.Point((edge[0][0] + edge[1][0]) / 2, (edge[0][1] + edge[1][1]) / 2)
    return bool(shapely.dwithin(piece, middle, 1e-6))


def _strip(outline: shapely.Geometry, edge: tuple[Point, Point], measure: Measure) -> _Strip:
    for rings in rings_of(outline):
        part = assemble([rings])
        if ordered(*edge) not in edges([part]):
            continue
        for ring in shapely.get_rings(shapely.orient_polygons(part)):
            corner = points(shapely.get_coordinates(ring))
            for a, b in itertools.pairwise(corner):
                if ordered(a, b) == ordered(*edge):
                    length = float(np.hypot(b[0] - a[0], b[1] - a[1]))
                    # Shells are run with the land on the left, holes too: inward is to the left.
                    inward = (-(b[1] - a[1]) / length, (b[0] - a[0]) / length)
                    x0, y0, x1, y1 = bounds_of([part])
                    return _Strip(part, a, b, inward, 2.0 * float(np.hypot(x1 - x0, y1 - y0)), measure)
    raise TopologyError(
        Problem("地块没有这条边", field="edge", value=str(edge), action="在图上重新选择一条边")
    )


def _depth(strip: _Strip, area_m2: float) -> float:
    """Return the depth at which the piece has the area, by bisection with secant steps.

    Raises
    ------
    TopologyError
        If the area jumps over what was asked for: another arm of the parcel joins there.
    """
    low, high = 0.0, strip.reach / 2
    f_low, f_high = strip.area(low) - area_m2, strip.area(high) - area_m2
    if f_low > 0 or f_high < 0:
        raise TopologyError(_unattainable(area_m2, f_low + area_m2, f_high + area_m2, below=f_low > 0))
    for step in range(_STEPS):
        share = 0.5 if step % 3 == 2 else min(max(-f_low / (f_high - f_low), 0.01), 0.99)
        middle = low + share * (high - low)
        f = strip.area(middle) - area_m2
        if abs(f) < 1e-7 or high - low < 1e-11:
            low = high = middle
            f_low = f_high = f
            break
        low, f_low, high, f_high = (middle, f, high, f_high) if f < 0 else (low, f_low, middle, f)
        if high - low < 1e-9 and f_high - f_low > AREA_M2:
            raise TopologyError(_unattainable(area_m2, f_low + area_m2, f_high + area_m2, below=None))
    return low if abs(f_low) <= abs(f_high) else high


def _unattainable(area_m2: float, low: float, high: float, *, below: bool | None) -> Problem:
    if below is None:
        expected = Text("不大于 {low:.2f} ㎡，或不小于 {high:.2f} ㎡", low=low, high=high)
    else:
        expected = (
            Text("不小于 {low:.2f} ㎡", low=low) if below else Text("大于 0、小于 {high:.2f} ㎡", high=high)
        )
    return Problem(
        "沿这条边的平行线分不出这个面积的完整一块",
        field="area_m2",
        value=f"{area_m2:.2f}",
        expected=expected,
        action="换一条边，或改用画线分割",
    )


def _said(outcome: Outcome, child: str, got: float, asked: float) -> Outcome:
    """Return the outcome, with a warning where the piece missed the asked area."""
    if abs(got - asked) <= AREA_M2:
        return outcome
    text = Text(
        "{parcel} 面积 {area:.3f} ㎡，与要求相差 {off:+.3f} ㎡", parcel=child, area=got, off=got - asked
    )
    note = Finding("area_off", "warning", text, (child,), abs(got - asked))
    return changed(outcome, notes=(*outcome.notes, note), findings=(*outcome.findings, note))


def _one(outline: shapely.Geometry | None) -> npt.NDArray[np.object_]:
    out: npt.NDArray[np.object_] = np.empty(1, dtype=object)
    out[0] = outline
    return out
