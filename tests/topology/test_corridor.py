"""Corridors laid through parcels."""

import pytest
import shapely

from gisapp.topology import Fabric, TopologyError, corridor
from tests.topology.fabrics import assert_sound, at, grid, name, poly, square


def test_corridor_takes_the_band_out_and_drops_nothing():
    fabric = grid()
    outcome = corridor(fabric, at((-20, 150), (320, 150)), 20.0, name=name)
    after = assert_sound(fabric, outcome)
    assert set(outcome.roles) == {"拟-r1c0-3", "拟-r1c1-3", "拟-r1c2-3"}
    assert set(outcome.roles.values()) == {"corridor"}
    assert sum(after.get(n).area for n in outcome.roles) == pytest.approx(6000)


def test_corridor_with_a_bend():
    fabric = grid()
    outcome = corridor(fabric, at((-20, 40), (150, 60), (160, 320)), 24.0, name=name)
    after = assert_sound(fabric, outcome)
    band = shapely.LineString(at((-20, 40), (150, 60), (160, 320))).buffer(
        12, cap_style="flat", join_style="mitre"
    )
    land = shapely.union_all(fabric.outlines(fabric.ids))
    assert sum(after.get(n).area for n in outcome.roles) == pytest.approx(
        band.intersection(land).area, abs=0.5
    )


def test_corridor_over_a_whole_parcel_and_along_edges():
    fabric = grid(3, 3)
    outcome = corridor(fabric, at((-20, 150), (320, 150)), 100.0, name=name)
    assert set(outcome.roles) == {"拟-r1c0-1", "拟-r1c1-1", "拟-r1c2-1"}
    assert {d.parent_id for d in outcome.descent} == {"r1c0", "r1c1", "r1c2"}
    assert_sound(fabric, outcome)


def test_corridor_ends_inside():
    fabric = grid()
    outcome = corridor(fabric, at((-20, 150), (150, 150)), 10.0, name=name)
    after = assert_sound(fabric, outcome)
    assert after.get("拟-r1c1-2").area == pytest.approx(500)


def test_corridor_in_several_pieces_is_one_parcel_of_several_parts():
    u = poly([(0, 0), (90, 0), (90, 100), (60, 100), (60, 30), (30, 30), (30, 100), (0, 100)])
    fabric = Fabric.build(["u"], [u])
    outcome = corridor(fabric, at((-10, 70), (100, 70)), 10.0, name=name)
    assert outcome.roles == {"拟-u-4": "corridor"}
    assert outcome.after["拟-u-4"].geom_type == "MultiPolygon"
    assert outcome.after["拟-u-4"].area == pytest.approx(600)
    assert_sound(fabric, outcome)


@pytest.mark.parametrize("width", [0.0, -3.0, float("nan")])
def test_corridor_needs_a_width(width):
    with pytest.raises(TopologyError):
        corridor(grid(), at((-20, 150), (320, 150)), width, name=name)


def test_corridor_leaves_the_whole_parts_of_a_parcel_outside():
    both = shapely.MultiPolygon([square(0, 0), square(300, 0), square(0, 300)])
    fabric = Fabric.build(["m"], [both])
    outcome = corridor(fabric, at((50, -20), (50, 120)), 10.0, name=name)
    assert outcome.roles == {"拟-m-3": "corridor"}
    assert outcome.after["拟-m-3"].area == pytest.approx(1000)
    assert_sound(fabric, outcome)


def test_corridor_that_crosses_itself():
    with pytest.raises(TopologyError):
        corridor(grid(), at((0, 0), (200, 0), (200, 100), (100, 100), (100, -50)), 10.0, name=name)
