"""Random sequences of split, cut, merge, reshape and undo on a fabric with holes, islands and several parts.

``GISAPP_TOPOLOGY_SEQUENCES`` is how many sequences are tried (12 by default, 10,000 for a full run).
"""

from __future__ import annotations

import math
import os

import numpy as np
import shapely
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gisapp.topology import Fabric, TopologyError, apply, corridor, cut, merge, reshape, split, split_area
from tests.topology.fabrics import X0, Y0, codes, corners, square

SEQUENCES = int(os.environ.get("GISAPP_TOPOLOGY_SEQUENCES", "12"))
STEPS = 25
SIDE = 5


def slanted_grid(seed: int) -> Fabric:
    """Uneven quadrilaterals, corners in millimetres; one with an island in it, one void, one of two parts.

    Every other one has the zone in front of its eastings (40 376 000 m), where doubles step by 7e-9 m.
    """
    rng = np.random.default_rng(seed)
    zone = 40_000_000.0 * (seed % 2)
    at = np.empty((SIDE + 1, SIDE + 1), dtype=object)
    turn = rng.uniform(0, math.pi)
    for i in range(SIDE + 1):
        for j in range(SIDE + 1):
            x, y = 80.0 * i + rng.uniform(-20, 20), 80.0 * j + rng.uniform(-20, 20)
            u, v = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
            at[i, j] = (round(zone + X0 + u, 3), round(Y0 + v, 3))
    cells = {}
    for i in range(SIDE):
        for j in range(SIDE):
            cells[f"c{i}{j}"] = shapely.Polygon([at[i, j], at[i + 1, j], at[i + 1, j + 1], at[i, j + 1]])
    middle = cells["c11"].centroid
    island = square(round(middle.x - X0, 3) - 8, round(middle.y - Y0, 3) - 8, 16.0)
    cells["c11"] = shapely.Polygon(cells["c11"].exterior.coords, [island.exterior.coords])
    cells["island"] = island
    cells["c00"] = shapely.MultiPolygon([cells["c00"], cells.pop("c42")])
    del cells["c33"]
    return Fabric.build(list(cells), cells.values())


class Desk(RuleBasedStateMachine):
    """A planner who edits at random and takes steps back; what the check refuses is not applied."""

    @initialize(seed=st.integers(0, 10_000))
    def start(self, seed):
        self.fabric = slanted_grid(seed)
        self.land = self.total()
        self.rim = shapely.union_all(self.outlines()).area
        self.past = []
        self.count = 0

    def outlines(self):
        return self.fabric.outlines(self.fabric.ids)

    def total(self):
        return math.fsum(shapely.area(self.outlines()))

    def name(self, parent, k):
        return f"n{self.count}-{k}-{parent[:8]}"

    def bits(self):
        return {parcel_id: self.fabric.get(parcel_id).wkb for parcel_id in self.fabric.ids}

    def take(self, kind, gesture, *, may_fail=("vertex_distance", "too_small")):
        self.count += 1
        try:
            outcome = gesture()
        except TopologyError:
            event(f"{kind}: means nothing here")
            return
        event(f"{kind}: {'applied' if outcome.ok else 'refused'}")
        # On a sound fabric a cut or a merge can come out too fine, but never spoil what is between parcels.
        assert may_fail is None or set(codes(outcome, "error")) <= set(may_fail)
        if outcome.ok:
            self.past.append((self.bits(), {name: self.fabric.find(name) for name in outcome.after}))
            self.fabric = apply(self.fabric, outcome)

    def pick(self, share):
        ids = self.fabric.ids
        return ids[int(share * (len(ids) - 1))]

    def line(self, parcel_id, angle, off, bend):
        """A line through a parcel, bent in its middle."""
        outline = self.fabric.get(parcel_id)
        x0, y0, x1, y1 = outline.bounds
        reach = math.hypot(x1 - x0, y1 - y0)
        mx, my = (x0 + x1) / 2 + off * (x1 - x0), (y0 + y1) / 2 + off * (y1 - y0)
        dx, dy = reach * math.cos(angle), reach * math.sin(angle)
        ex, ey = reach * math.cos(angle + bend), reach * math.sin(angle + bend)
        return [(mx - dx, my - dy), (mx, my), (mx + ex, my + ey)]

    share = st.floats(0, 1)
    angle = st.floats(0, math.pi)

    @rule(share=share, angle=angle, off=st.floats(-0.3, 0.3), bend=st.floats(-1.5, 1.5))
    def split(self, share, angle, off, bend):
        parcel_id = self.pick(share)
        self.take(
            "split",
            lambda: split(self.fabric, parcel_id, self.line(parcel_id, angle, off, bend), name=self.name),
        )

    @rule(share=share, corner=share, other=share)
    def split_from_corner_to_corner(self, share, corner, other):
        parcel_id = self.pick(share)
        ring = corners(self.fabric.get(parcel_id))
        line = [ring[int(corner * (len(ring) - 1))], ring[int(other * (len(ring) - 1))]]
        self.take("split_from_corner_to_corner", lambda: split(self.fabric, parcel_id, line, name=self.name))

    @rule(share=share, angle=angle, off=st.floats(-0.3, 0.3))
    def cut_across(self, share, angle, off):
        parcel_id = self.pick(share)
        line = self.line(parcel_id, angle, off, 0.0)
        self.take("cut_across", lambda: cut(self.fabric, line, name=self.name))

    @precondition(lambda self: len(self.fabric) < 120)
    @rule(share=share, angle=angle, width=st.floats(1, 12))
    def lay_corridor(self, share, angle, width):
        line = self.line(self.pick(share), angle, 0.0, 0.3)
        self.take("lay_corridor", lambda: corridor(self.fabric, line, width, name=self.name))

    @rule(share=share, side=share, part=st.floats(0.02, 0.98))
    def split_off_area(self, share, side, part):
        parcel_id = self.pick(share)
        outline = self.fabric.get(parcel_id)
        ring = corners(shapely.get_exterior_ring(shapely.get_geometry(outline, 0)))
        k = int(side * (len(ring) - 2))
        edge = (ring[k], ring[k + 1])
        area = part * outline.area
        self.take(
            "split_off_area",
            lambda: split_area(self.fabric, parcel_id, area, edge, measure=shapely.area, name=self.name),
        )

    @rule(share=share, other=share)
    def merge(self, share, other):
        parcel_id = self.pick(share)
        near = self.fabric.neighbours([parcel_id], within_m=0.0)
        if near:
            pair = [parcel_id, near[int(other * (len(near) - 1))]]
            self.take("merge", lambda: merge(self.fabric, pair, keep=parcel_id))

    @rule(share=share, corner=share, dx=st.floats(-8, 8), dy=st.floats(-8, 8))
    def reshape(self, share, corner, dx, dy):
        ring = corners(self.fabric.get(self.pick(share)))
        at = ring[int(corner * (len(ring) - 1))]
        self.take(
            "reshape", lambda: reshape(self.fabric, moves=[(at, (at[0] + dx, at[1] + dy))]), may_fail=None
        )

    @rule(share=share, corner=share)
    def delete(self, share, corner):
        ring = corners(self.fabric.get(self.pick(share)))
        self.take(
            "delete",
            lambda: reshape(self.fabric, deletes=[ring[int(corner * (len(ring) - 1))]]),
            may_fail=None,
        )

    @precondition(lambda self: self.past)
    @rule(steps=st.integers(1, 3))
    def undo(self, steps):
        for _ in range(min(steps, len(self.past))):
            bits, before = self.past.pop()
            self.fabric = self.fabric.with_outlines(before)
            assert self.bits() == bits

    @invariant()
    def is_sound(self):
        if not hasattr(self, "fabric"):
            return
        outlines = self.outlines()
        assert shapely.is_valid(outlines).all()
        assert shapely.coverage_is_valid(outlines)
        assert abs(self.total() - self.land) < 1e-6
        assert abs(shapely.union_all(outlines).area - self.rim) < 1e-5


TestDesk = Desk.TestCase
TestDesk.settings = settings(
    max_examples=SEQUENCES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=SEQUENCES < 100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
