"""The operations on the demo's 5,414 parcels."""

import math
import random
from collections import defaultdict

import numpy as np
import pytest
import shapely

from gisapp.topology import (
    Fabric,
    Outcome,
    TopologyError,
    apply,
    check,
    corridor,
    cut,
    merge,
    reshape,
    split,
    split_area,
)
from gisapp.topology.rings import moved
from tests.topology.fabrics import assert_sound, corners, name, untouched_in_order

ONE_SIDED = 600


@pytest.fixture(scope="module")
def fabric(demo):
    parcels = demo.parcels
    return Fabric.build(parcels["parcel_id"].tolist(), parcels.geometry.to_numpy())


@pytest.fixture(scope="module")
def owners(fabric):
    """Corner → the parcels that have it, for corners that several have."""
    found = defaultdict(list)
    for parcel_id in fabric.ids:
        for corner in dict.fromkeys(corners(fabric.get(parcel_id))):
            found[corner].append(parcel_id)
    return {corner: ids for corner, ids in found.items() if len(ids) > 1}


def lines_through(fabric, count, seed):
    rng = random.Random(seed)
    for parcel_id in rng.sample(fabric.ids, count):
        outline = fabric.get(parcel_id)
        x0, y0, x1, y1 = outline.bounds
        reach, angle = math.hypot(x1 - x0, y1 - y0), rng.uniform(0, math.pi)
        middle = shapely.point_on_surface(outline)
        dx, dy = reach * math.cos(angle), reach * math.sin(angle)
        yield parcel_id, [(middle.x - dx, middle.y - dy), (middle.x + dx, middle.y + dy)]


def test_one_sided_moves_are_all_refused(fabric, owners):
    rng = random.Random(600)
    missed = []
    for corner in rng.sample(sorted(owners), ONE_SIDED):
        parcel_id = rng.choice(owners[corner])
        step, angle = 10 ** rng.uniform(-2, 1), rng.uniform(0, 2 * math.pi)
        to = (round(corner[0] + step * math.cos(angle), 3), round(corner[1] + step * math.sin(angle), 3))
        outline = moved(fabric.get(parcel_id), {corner: to})
        found = check(fabric, Outcome({parcel_id: outline}))
        if not any(f.severity == "error" for f in found):
            missed.append((parcel_id, corner, to, found))
    assert missed == []


def test_moves_in_all_parcels_pass_where_the_corner_is_inside(fabric, owners):
    land = {}
    for corner, ids in sorted(owners.items()):
        around = shapely.union_all(fabric.outlines(ids))
        if len(ids) > 2 and around.contains(shapely.Point(corner)):
            land[corner] = ids
    rng, passed = random.Random(3), 0
    for corner in rng.sample(sorted(land), 60):
        to = (corner[0] + rng.uniform(-2, 2), corner[1] + rng.uniform(-2, 2))
        outcome = reshape(fabric, moves=[(corner, to)])
        if outcome.ok:
            assert_sound(fabric, outcome, whole=passed == 0)
            passed += 1
    assert passed >= 55


def test_split_and_merge_back(fabric):
    for k, (parcel_id, line) in enumerate(lines_through(fabric, 80, 11)):
        outcome = split(fabric, parcel_id, line, name=name)
        after = assert_sound(fabric, outcome, whole=k == 0)
        old, new = (
            math.fsum(shapely.area(side.outlines(n for n in outcome.after if n in side)))
            for side in (fabric, after)
        )
        assert abs(old - new) < 1e-6
        for entry in outcome.automatic:
            assert abs(entry.after_m2 - entry.before_m2) < 1e-7
            assert untouched_in_order(fabric.get(entry.parcel_id), after.get(entry.parcel_id))
        children = [step.child_id for step in outcome.descent]
        back = merge(after, children, name=lambda *_, own=parcel_id: own)
        assert back.ok
        assert untouched_in_order(fabric.get(parcel_id), back.after[parcel_id])


def test_split_area_from_a_random_side(fabric):
    rng, reached = random.Random(5), 0
    for parcel_id in rng.sample(fabric.ids, 60):
        outline = fabric.get(parcel_id)
        ring = corners(outline)
        k, share = rng.randrange(len(ring) - 1), rng.uniform(0.05, 0.95)
        try:
            outcome = split_area(
                fabric,
                parcel_id,
                share * outline.area,
                (ring[k], ring[k + 1]),
                measure=shapely.area,
                name=name,
            )
        except TopologyError:
            continue
        reached += 1
        assert outcome.after[name(parcel_id, 1)].area == pytest.approx(share * outline.area, abs=0.005)
        assert outcome.ok
    assert reached >= 55


@pytest.mark.parametrize("width", [None, 40.0])
def test_a_line_across_the_district(fabric, width):
    x0, y0, x1, y1 = shapely.total_bounds(fabric.outlines(fabric.ids))
    line = [(x0, y0), ((x0 + x1) / 2 + 500, (y0 + y1) / 2 - 300), (x1, y1)]
    outcome = cut(fabric, line, name=name) if width is None else corridor(fabric, line, width, name=name)
    after = assert_sound(fabric, outcome)
    assert len({step.parent_id for step in outcome.descent}) > 50
    old, new = (math.fsum(shapely.area(side.outlines(side.ids))) for side in (fabric, after))
    assert abs(old - new) < 1e-6
    assert np.isin(shapely.get_type_id(after.outlines(after.ids)), [3, 6]).all()


def test_a_session_of_steps_is_checked_as_one(fabric):
    from gisapp.topology import combine

    state, outcomes = fabric, []
    for parcel_id, line in lines_through(fabric, 5, 23):
        outcomes.append(split(state, parcel_id, line, name=name))
        state = apply(state, outcomes[-1])
    whole = combine(fabric, outcomes)
    assert_sound(fabric, whole)
    assert len(whole.descent) >= 10


@pytest.mark.parametrize(
    "pair", [("JB000001", "JB000002"), ("JB000474", "JB000475"), ("JB000694", "JB000695")]
)
def test_faults_from_before_do_not_keep_from_editing(fabric, pair):
    for parcel_id in pair:
        for angle in np.linspace(0, math.pi, 24, endpoint=False):
            outline = fabric.get(parcel_id)
            middle, reach = shapely.point_on_surface(outline), outline.length
            dx, dy = reach * math.cos(angle), reach * math.sin(angle)
            line = [(middle.x - dx, middle.y - dy), (middle.x + dx, middle.y + dy)]
            outcome = split(fabric, parcel_id, line, name=name)
            assert outcome.ok, outcome.findings
            assert abs(math.fsum(entry.after_m2 - entry.before_m2 for entry in outcome.automatic)) < 1e-7
