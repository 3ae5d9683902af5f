"""Splitting a given area off."""

import numpy as np
import pytest
import shapely
from pyproj import CRS

from gisapp.crs import ellipsoidal_area
from gisapp.topology import Fabric, TopologyError, split_area
from tests.topology.fabrics import assert_sound, at, corners, grid, name, p, poly, square

L_SHAPE = [(0, 0), (100, 0), (100, 40), (40, 40), (40, 100), (0, 100)]
U_SHAPE = [(0, 0), (90, 0), (90, 100), (60, 100), (60, 30), (30, 30), (30, 80), (0, 80)]
SLANTED = [(0, 0), (97.123, 13.457), (91.011, 113.337), (40.5, 80.25), (-7.731, 101.113)]


def plane(outlines):
    return shapely.area(outlines)


def ellipsoidal(outlines):
    return ellipsoidal_area(outlines, CRS("EPSG:4549"))


def sides(ring):
    return [(p(*a), p(*b)) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]


@pytest.mark.parametrize("measure", [plane, ellipsoidal])
@pytest.mark.parametrize("edge", sides([(100, 100), (200, 100), (200, 200), (100, 200)]))
@pytest.mark.parametrize("backward", [False, True])
def test_each_side_of_a_square(measure, edge, backward):
    fabric = grid()
    asked = 2333.5
    given = edge[::-1] if backward else edge
    outcome = split_area(fabric, "r1c1", asked, given, measure=measure, name=name)
    first = outcome.after["拟-r1c1-1"]
    assert measure(np.array([first]))[0] == pytest.approx(asked, abs=1e-4)
    assert set(edge) <= set(corners(first))
    assert len(outcome.automatic) == 2
    assert_sound(fabric, outcome)


@pytest.mark.parametrize("shape", [L_SHAPE, SLANTED, U_SHAPE])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
def test_concave_parcels_from_every_side(shape, share):
    outline = poly(shape)
    fabric = Fabric.build(["c"], [outline])
    reached = 0
    for edge in sides(shape):
        try:
            outcome = split_area(fabric, "c", share * outline.area, edge, measure=plane, name=name)
        except TopologyError as error:
            assert "分不出" in str(error)
            continue
        reached += 1
        assert outcome.after["拟-c-1"].area == pytest.approx(share * outline.area, abs=0.005)
        assert outcome.after["拟-c-1"].distance(shapely.LineString(edge)) == 0
        assert outcome.after["拟-c-1"].boundary.intersection(shapely.LineString(edge)).length > 0
        assert_sound(fabric, outcome)
    assert reached >= 3


def test_the_line_is_parallel_to_the_edge():
    fabric = Fabric.build(["c"], [poly(SLANTED)])
    a, b = sides(SLANTED)[0]
    outcome = split_area(fabric, "c", 3000.0, (a, b), measure=plane, name=name)
    new = [c for c in corners(outcome.after["拟-c-1"])[:-1] if c not in at(*SLANTED)]
    assert len(new) == 2
    turn = (new[1][0] - new[0][0]) * (b[1] - a[1]) - (new[1][1] - new[0][1]) * (b[0] - a[0])
    assert abs(turn) / np.hypot(b[0] - a[0], b[1] - a[1]) < 1e-6


def test_only_the_arm_at_the_edge_is_cut():
    fabric = Fabric.build(["u"], [poly(U_SHAPE)])
    outcome = split_area(fabric, "u", 30.0 * 20, (p(90, 100), p(60, 100)), measure=plane, name=name)
    assert len(outcome.descent) == 2
    assert outcome.after["拟-u-1"].bounds == pytest.approx((*p(60, 80), *p(90, 100)))


def test_area_that_jumps_says_what_can_be_had():
    fabric = Fabric.build(["u"], [poly(U_SHAPE)])
    with pytest.raises(TopologyError) as error:
        split_area(fabric, "u", 30.0 * 70 + 500, (p(90, 100), p(60, 100)), measure=plane, name=name)
    assert "2100.00" in str(error.value)
    assert "3600.00" in str(error.value)


def test_edge_of_a_hole():
    outline = poly([(0, 0), (100, 0), (100, 100), (0, 100)], [(30, 30), (30, 60), (60, 60), (60, 30)])
    fabric = Fabric.build(["h"], [outline])
    outcome = split_area(fabric, "h", 6000.0, (p(60, 60), p(60, 30)), measure=plane, name=name)
    assert outcome.after["拟-h-1"].area == pytest.approx(6000, abs=0.005)
    assert_sound(fabric, outcome)


def test_part_of_a_multipolygon():
    both = shapely.MultiPolygon([square(0, 0), square(300, 0)])
    fabric = Fabric.build(["m"], [both])
    outcome = split_area(fabric, "m", 2500.0, (p(300, 0), p(300, 100)), measure=plane, name=name)
    assert outcome.after["拟-m-1"].area == pytest.approx(2500)
    assert_sound(fabric, outcome)


@pytest.mark.parametrize("area", [0.0, -5.0, 10000.0, 10000.5, float("nan")])
def test_impossible_areas(area):
    with pytest.raises(TopologyError):
        split_area(grid(), "r1c1", area, (p(100, 100), p(200, 100)), measure=plane, name=name)


def test_area_too_small_to_be_a_piece():
    with pytest.raises(TopologyError):
        split_area(grid(), "r1c1", 0.05, (p(100, 100), p(200, 100)), measure=plane, name=name)


def test_edge_as_lists_from_json():
    edge = [[*p(100, 100)], [*p(200, 100)]]
    outcome = split_area(grid(), "r1c1", 2500.0, edge, measure=plane, name=name)
    assert outcome.after["拟-r1c1-1"].area == pytest.approx(2500)


def test_no_such_edge():
    with pytest.raises(TopologyError):
        split_area(grid(), "r1c1", 100.0, (p(100, 100), p(200, 200)), measure=plane, name=name)
