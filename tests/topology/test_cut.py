"""Splitting by a drawn line, cutting many parcels at once, corridors."""

import numpy as np
import pytest
import shapely

from gisapp.model.changes import Descent
from gisapp.topology import Fabric, TopologyError, apply, cut, merge, same, split
from tests.topology.fabrics import (
    X0,
    Y0,
    assert_sound,
    at,
    codes,
    corners,
    grid,
    name,
    p,
    poly,
    ring_with_island,
    square,
    untouched_in_order,
)


def test_split_puts_the_cut_point_into_the_neighbour():
    fabric = grid()
    outcome = split(fabric, "r1c1", at((150, 90), (150, 210)), name=name)
    assert outcome.after["r1c1"] is None
    assert outcome.descent == (Descent("r1c1", "拟-r1c1-1"), Descent("r1c1", "拟-r1c1-2"))
    assert {e.parcel_id for e in outcome.automatic} == {"r0c1", "r2c1"}
    after = assert_sound(fabric, outcome)
    assert untouched_in_order(fabric.get("r0c1"), after.get("r0c1"))
    assert p(150, 100) in corners(after.get("r0c1"))
    assert corners(after.get("拟-r1c1-1"))[0] == corners(fabric.get("r1c1"))[0]


def test_split_of_slanted_outline_moves_no_land():
    a = poly([(0, 0), (97.123, 13.457), (91.011, 113.337), (-7.731, 101.113)])
    b = poly([(97.123, 13.457), (197.771, 31.013), (203.117, 127.911), (91.011, 113.337)])
    fabric = Fabric.build(["a", "b"], [a, b])
    outcome = split(fabric, "a", at((-50, 43.21), (150, 57.89)), name=name)
    after = assert_sound(fabric, outcome)
    assert abs(after.get("b").area - b.area) < 1e-8
    assert len(corners(after.get("b"))) == len(corners(b)) + 1


def test_through_two_corners_nothing_is_added():
    fabric = grid()
    outcome = split(fabric, "r1c1", at((90, 90), (210, 210)), name=name)
    assert sorted(outcome.after) == ["r1c1", "拟-r1c1-1", "拟-r1c1-2"]
    assert outcome.automatic == ()
    after = assert_sound(fabric, outcome)
    assert {len(corners(after.get(name("r1c1", k)))) for k in (1, 2)} == {4}


def test_through_a_corner_by_half_a_millimetre_takes_the_corner():
    outcome = split(grid(), "r1c1", at((90, 90.0004), (150, 150.0004), (150, 250)), name=name)
    assert p(100, 100) in corners(outcome.after["拟-r1c1-1"])
    assert len(corners(outcome.after["拟-r1c1-1"])) + len(corners(outcome.after["拟-r1c1-2"])) == 11


def test_line_that_begins_on_the_outline():
    fabric = grid()
    outcome = split(fabric, "r1c1", at((130, 100), (130, 150), (200, 150)), name=name)
    assert_sound(fabric, outcome)
    assert outcome.after["拟-r1c1-2"].area == pytest.approx(3500)


@pytest.mark.parametrize(
    "line",
    [
        [(150, 90), (150, 150)],  # ends inside
        [(300, 90), (300, 210)],  # beside it
        [(90, 100), (210, 100)],  # along its edge
        [(90, 210), (110, 190)][:1] * 2,  # one point
        [(50, 250), (100, 200), (50, 150)],  # touches a corner
        [(110, 110), (190, 190), (190, 110), (110, 190)],  # crosses itself
        [(150, 100), (150, 180), (160, 180), (160, 170)],  # begins on the outline, ends inside
    ],
)
def test_lines_that_split_nothing(line):
    with pytest.raises(TopologyError):
        split(grid(), "r1c1", at(*line), name=name)


def test_zigzag_gives_more_than_two_pieces():
    fabric = grid()
    line = at((90, 120), (210, 130), (210, 150), (90, 160), (90, 180), (210, 190))
    outcome = split(fabric, "r1c1", line, name=name)
    assert_sound(fabric, outcome)
    assert sum(g is not None and g.area > 0 for n, g in outcome.after.items() if n.startswith("拟")) == 4


def test_tail_inside_is_left_out():
    fabric = grid()
    line = at((90, 120), (210, 120), (210, 180), (150, 180))
    outcome = split(fabric, "r1c1", line, name=name)
    after = assert_sound(fabric, outcome)
    assert p(200, 180) not in corners(after.get("r1c2"))
    assert len(outcome.descent) == 2


def test_closed_line_cuts_an_island_out():
    fabric = grid()
    outcome = split(fabric, "r1c1", at((120, 120), (180, 120), (150, 170), (120, 120)), name=name)
    after = assert_sound(fabric, outcome)
    assert untouched_in_order(fabric.get("r1c1"), shapely.Polygon(after.get("拟-r1c1-1").exterior))
    assert len(shapely.get_rings(after.get("拟-r1c1-1"))) == 2
    back = merge(after, ["拟-r1c1-1", "拟-r1c1-2"], name=lambda *_: "r1c1")
    assert same(back.after["r1c1"], fabric.get("r1c1"))


def test_through_a_hole_that_a_parcel_fills():
    fabric = ring_with_island()
    outcome = split(fabric, "ring", at((45, -10), (45, 110)), name=name)
    after = assert_sound(fabric, outcome)
    assert {e.parcel_id for e in outcome.automatic} == {"island"}
    holes = [len(shapely.get_rings(after.get(name("ring", k)))) - 1 for k in (1, 2)]
    assert holes == [0, 1]
    hole = shapely.get_rings(fabric.get("ring"))[2]
    assert corners(shapely.get_rings(after.get("拟-ring-2"))[1]) == corners(hole)


def test_into_a_hole_and_no_further_splits_nothing():
    with pytest.raises(TopologyError):
        split(ring_with_island(), "ring", at((45, -10), (45, 45)), name=name)


def test_neighbour_with_a_long_edge_gets_the_point_and_keeps_the_rest():
    west = square(0, 0, 100, 200)
    south, north = square(100, 0), square(100, 100)
    fabric = Fabric.build(["west", "south", "north"], [west, south, north])
    outcome = split(fabric, "south", at((90, 37.1), (210, 53.3)), name=name)
    assert untouched_in_order(west, outcome.after["west"])
    assert outcome.after["west"].area == west.area
    # The fabric had an unmatched corner at (100, 100) before: it is still there, and it alone.
    assert p(100, 100) not in corners(outcome.after["west"])
    assert outcome.ok


def test_pieces_of_a_multipolygon_keep_whole_parts_together():
    both = shapely.MultiPolygon([square(0, 0), square(300, 0)])
    fabric = Fabric.build(["m"], [both])
    outcome = split(fabric, "m", at((50, -10), (50, 110)), name=name)
    one, two = outcome.after["拟-m-1"], outcome.after["拟-m-2"]
    assert sorted([one.geom_type, two.geom_type]) == ["MultiPolygon", "Polygon"]
    assert two.geom_type == "MultiPolygon"
    assert same(two.geoms[1], both.geoms[1])
    assert_sound(fabric, outcome)


def test_clockwise_parcel_stays_clockwise():
    ring = at((0, 0), (0, 100), (100, 100), (100, 0))
    fabric = Fabric.build(["cw"], [shapely.Polygon(ring)])
    outcome = split(fabric, "cw", at((-10, 50), (110, 50)), name=name)
    for k in (1, 2):
        assert not outcome.after[name("cw", k)].exterior.is_ccw
    back = merge(apply(fabric, outcome), ["拟-cw-1", "拟-cw-2"], name=lambda *_: "cw")
    assert untouched_in_order(fabric.get("cw"), back.after["cw"])


def test_new_ids_have_to_be_new():
    with pytest.raises(TopologyError):
        split(grid(), "r1c1", at((90, 150), (210, 150)), name=lambda parent, k: "r0c0")


def test_cut_all_that_the_line_crosses():
    fabric = grid()
    outcome = cut(fabric, at((-10, 130), (310, 170)), name=name)
    assert {d.parent_id for d in outcome.descent} == {"r1c0", "r1c1", "r1c2"}
    assert_sound(fabric, outcome)
    assert outcome.automatic == ()


def test_cut_only_those_asked_for_and_the_others_get_the_points():
    fabric = grid()
    outcome = cut(fabric, at((-10, 130), (310, 170)), ids=["r1c1"], name=name)
    assert {d.parent_id for d in outcome.descent} == {"r1c1"}
    assert {e.parcel_id for e in outcome.automatic} == {"r1c0", "r1c2"}
    assert_sound(fabric, outcome)


def test_cut_says_where_the_line_ends():
    fabric = grid()
    outcome = cut(fabric, at((-10, 150), (250, 150)), name=name)
    assert codes(outcome) == ["line_ends_inside"]
    assert outcome.findings[0].parcel_ids == ("r1c2",)
    assert outcome.findings[0].at == p(250, 150)
    assert_sound(fabric, outcome)


def test_cut_along_an_edge_and_on_through_the_next_parcel():
    fabric = grid()
    outcome = cut(fabric, at((-10, 100), (100, 100), (250, 210)), name=name)
    assert {d.parent_id for d in outcome.descent} == {"r1c1", "r1c2"}
    assert codes(outcome) == ["line_ends_inside"]
    assert_sound(fabric, outcome)


def test_cut_of_nothing():
    with pytest.raises(TopologyError):
        cut(grid(), at((-50, -50), (-20, -20)), name=name)


def test_split_then_merge_is_the_old_outline_with_the_cut_points():
    fabric = grid()
    after = apply(fabric, split(fabric, "r1c1", at((90, 133.3), (210, 171.7)), name=name))
    back = merge(after, ["拟-r1c1-1", "拟-r1c1-2"], name=lambda *_: "r1c1")
    assert_sound(after, back)
    assert untouched_in_order(fabric.get("r1c1"), back.after["r1c1"])
    assert len(corners(back.after["r1c1"])) == 7
    assert codes(back) == ["kept_corners"]


def test_fan_of_cuts_through_one_point_stays_sound():
    fabric = grid()
    rng = np.random.default_rng(7)
    for angle in rng.uniform(0, np.pi, 12):
        dx, dy = 400 * np.cos(angle), 400 * np.sin(angle)
        line = [(X0 + 150 - dx, Y0 + 150 - dy), (X0 + 150 + dx, Y0 + 150 + dy)]
        outcome = cut(fabric, line, name=name)
        fabric = assert_sound(fabric, outcome)
    assert len(fabric) > 60


def test_edges_that_missed_each_other_by_less_than_a_millimetre_stay_as_they_were():
    west = poly([(0, 0), (97.123, 13.457), (91.011, 213.337), (0, 200)])
    south = poly([(97.123, 13.457), (200, 0), (200, 100), (94.0665, 113.397)])
    north = poly([(94.0665, 113.397), (200, 100), (200, 200), (91.011, 213.337)])
    fabric = Fabric.build(["west", "south", "north"], [west, south, north])
    outcome = cut(fabric, at((-10, 60), (210, 70)), name=name)
    assert outcome.ok, outcome.findings
    assert {d.parent_id for d in outcome.descent} == {"west", "south"}
    assert sum(g.area for g in outcome.after.values() if g is not None) == pytest.approx(
        west.area + south.area, abs=1e-6
    )


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_lines_need_numbers(bad):
    with pytest.raises(TopologyError):
        split(grid(), "r1c1", [p(90, 150), (bad, Y0 + 150)], name=name)


def test_an_invalid_neighbour_does_not_keep_from_editing():
    bow = poly([(200, 100), (300, 200), (300, 100), (200, 200)])
    fabric = Fabric.build(["a", "bow"], [square(100, 100), bow])
    outcome = split(fabric, "a", at((150, 90), (150, 210)), name=name)
    assert outcome.ok
    assert list(outcome.after) == ["a", "拟-a-1", "拟-a-2"]
