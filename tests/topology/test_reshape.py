"""Moving, inserting and deleting corners; giving outlines whole."""

import pytest
import shapely

from gisapp.topology import Fabric, Tolerances, TopologyError, replace, reshape, same
from tests.topology.fabrics import assert_sound, at, codes, corners, grid, p, poly, ring_with_island, square


def test_corner_of_four_moves_in_all_four():
    fabric = grid()
    outcome = reshape(fabric, moves=[(p(100, 100), p(110, 95))])
    assert sorted(outcome.after) == ["r0c0", "r0c1", "r1c0", "r1c1"]
    after = assert_sound(fabric, outcome)
    for parcel_id in outcome.after:
        old, new = corners(fabric.get(parcel_id)), corners(after.get(parcel_id))
        assert [p(110, 95) if c == p(100, 100) else c for c in old] == new
    assert outcome.findings == ()
    assert outcome.automatic == ()
    assert set(outcome.read) == {"r2c0", "r2c1", "r2c2", "r1c2", "r0c2"}


def test_ring_start_moves_with_both_its_ends():
    fabric = grid()
    start = corners(fabric.get("r1c1"))[0]
    after = assert_sound(fabric, reshape(fabric, moves=[(start, p(105, 105))]))
    assert corners(after.get("r1c1"))[0] == corners(after.get("r1c1"))[-1] == p(105, 105)


def test_shared_edge_moves_with_two_corners_at_once():
    fabric = grid(2, 3)
    outcome = reshape(fabric, moves=[(p(100, 100), p(112, 100)), (p(100, 200), p(112, 200))])
    after = assert_sound(fabric, outcome)
    assert after.get("r1c0").area == pytest.approx(11200)
    assert after.get("r1c1").area == pytest.approx(8800)


def test_two_corners_change_places_without_following_each_other():
    fabric = Fabric.build(["a"], [square(0, 0)])
    outcome = reshape(fabric, moves=[(p(0, 0), p(100, 0)), (p(100, 0), p(0, 0))], extend=True)
    assert codes(outcome, "error") == ["self_intersection"]
    assert corners(outcome.after["a"])[:2] == at((100, 0), (0, 0))


def test_new_corner_is_rounded_but_lands_exactly_on_a_corner_that_is_there():
    odd = poly([(200, 0), (300, 0), (300, 100), (200.00004321, 100.00009876)])
    fabric = Fabric.build(["a", "b", "far"], [square(0, 0), square(100, 0), odd])
    moved = reshape(fabric, moves=[(p(100, 100), p(99.99971, 90.12349))])
    assert p(100, 90.123) in corners(moved.after["a"])
    snapped = reshape(fabric, moves=[(p(200, 100), p(200.0002, 100.0003))])
    assert corners(odd)[3] in corners(snapped.after["b"])


def test_corner_in_a_neighbours_edge_is_put_in_first_and_listed():
    west = square(0, 0, 100, 200)
    fabric = Fabric.build(["west", "south", "north"], [west, square(100, 0), square(100, 100)])
    outcome = reshape(fabric, moves=[(p(100, 100), p(90, 100))])
    assert [(entry.parcel_id, entry.what) for entry in outcome.automatic] == [("west", "插入共用界址点")]
    assert outcome.automatic[0].before_m2 == outcome.automatic[0].after_m2 == west.area
    after = assert_sound(fabric, outcome)
    assert after.get("west").area == pytest.approx(19000)
    assert untouched(west, after.get("west"), p(90, 100))


def untouched(before, after, new):
    return [c for c in corners(after) if c != new] == corners(before)


def test_corner_that_lands_on_a_neighbours_edge_goes_into_it():
    fabric = Fabric.build(
        ["south", "north", "west"], [square(0, 0), square(0, 100), square(-100, 0, 100, 200)]
    )
    outcome = reshape(fabric, moves=[(p(0, 100), p(0, 120))])
    assert p(0, 120) in corners(outcome.after["west"])
    assert_sound(fabric, outcome)
    assert "west" in {entry.parcel_id for entry in outcome.automatic}


def test_corner_slides_along_a_straight_rim_without_changing_the_footprint():
    a = poly([(0, 0), (100, 30), (70, 130), (-30, 100)])
    b = poly([(100, 30), (200, 60), (170, 160), (70, 130)])
    fabric = Fabric.build(["a", "b"], [a, b])
    t = 1.0 / 3.0
    outcome = reshape(fabric, moves=[(p(100, 30), p(100 + 100 * t, 30 + 30 * t))])
    assert_sound(fabric, outcome)


def test_rim_does_not_move_unless_it_is_meant():
    fabric = grid()
    out = reshape(fabric, moves=[(p(0, 0), p(-5, -5))])
    assert codes(out, "error") == ["extends_fabric"]
    back = reshape(fabric, moves=[(p(0, 0), p(5, 5))])
    assert codes(back, "error") == ["shrinks_fabric"]
    assert back.findings[0].area_m2 == pytest.approx(500)
    meant = reshape(fabric, moves=[(p(0, 0), p(-5, -5))], extend=True)
    assert meant.ok
    assert codes(meant, "note") == ["extends_fabric"]


def test_within_leaves_the_others_and_the_check_refuses():
    outcome = reshape(grid(), moves=[(p(100, 100), p(110, 110))], within=["r0c0"])
    assert list(outcome.after) == ["r0c0"]
    assert codes(outcome, "error") == ["overlap"]


def test_insert_goes_into_every_parcel_with_the_edge_and_delete_takes_it_back_bit_exact():
    fabric = grid()
    outcome = reshape(fabric, inserts=[(p(100, 100), p(100, 200), p(103, 150))])
    assert sorted(outcome.after) == ["r1c0", "r1c1"]
    after = assert_sound(fabric, outcome)
    back = reshape(after, deletes=[p(103, 150)])
    last = assert_sound(after, back)
    assert all(same(fabric.get(i), last.get(i)) for i in fabric.ids)


def test_insert_and_move_in_one_gesture():
    fabric = grid()
    outcome = reshape(
        fabric,
        inserts=[(p(100, 100), p(100, 200), p(100, 150))],
        moves=[(p(100, 150), p(80, 150))],
    )
    after = assert_sound(fabric, outcome)
    assert after.get("r1c1").area == pytest.approx(11000)


def test_delete_keeps_three_corners():
    fabric = Fabric.build(["t", "u"], [poly([(0, 0), (50, 0), (50, 80)]), square(500, 0)])
    outcome = reshape(fabric, deletes=[p(50, 80)])
    assert codes(outcome) == ["too_few_corners"]
    assert outcome.after == {}
    assert outcome.findings[0].at == p(50, 80)


def test_delete_of_a_corner_of_a_hole_that_is_filled():
    fabric = ring_with_island()
    outcome = reshape(fabric, deletes=[p(30, 30)])
    after = assert_sound(fabric, outcome)
    assert sorted(outcome.after) == ["island", "ring"]
    assert after.get("island").area == pytest.approx(450)
    assert len(shapely.get_rings(after.get("ring"))) == 3


def test_corner_dropped_on_its_neighbour_collapses_the_edge_and_says_so():
    fabric = Fabric.build(
        ["a", "b"],
        [
            poly([(0, 0), (100, 0), (100, 50), (100, 100), (0, 100)]),
            poly([(100, 0), (200, 0), (200, 100), (100, 100), (100, 50)]),
        ],
    )
    outcome = reshape(fabric, moves=[(p(100, 50), p(100, 100))])
    assert {(e.parcel_id, e.what) for e in outcome.automatic} == {
        ("a", "移除重合的界址点"),
        ("b", "移除重合的界址点"),
    }
    assert_sound(fabric, outcome)


def test_self_intersection_has_its_place():
    outcome = reshape(Fabric.build(["a"], [square(0, 0)]), moves=[(p(0, 0), p(150, 50))], extend=True)
    fault = next(f for f in outcome.findings if f.severity == "error")
    assert fault.code == "self_intersection"
    assert fault.at == pytest.approx(p(100, 66.6666667), abs=1e-3)


def test_multipolygon_keeps_kind_and_order_of_parts():
    far = square(500, 500)
    both = shapely.MultiPolygon([far, square(0, 0)])
    fabric = Fabric.build(["m", "b"], [both, square(100, 0)])
    after = assert_sound(fabric, reshape(fabric, moves=[(p(100, 100), p(90, 100))]))
    new = after.get("m")
    assert new.geom_type == "MultiPolygon"
    assert same(new.geoms[0], far)
    assert p(90, 100) in corners(new.geoms[1])


@pytest.mark.parametrize(
    "gesture",
    [
        {"moves": [(p(1, 1), p(2, 2))]},
        {"deletes": [p(1, 1)]},
        {"inserts": [(p(0, 0), p(200, 0), p(50, 0))]},
        {},
    ],
)
def test_meaningless_gestures(gesture):
    with pytest.raises(TopologyError):
        reshape(grid(), **gesture)


def test_replace_takes_coordinates_bit_by_bit_and_is_checked():
    fabric = grid()
    shift = poly([(100, 100), (200, 100), (200.123456789, 199.987654321), (100, 200)])
    outcome = replace(fabric, {"r1c1": shift})
    assert same(outcome.after["r1c1"], shift)
    assert "error" in {f.severity for f in outcome.findings}
    again = replace(fabric, {"r1c1": fabric.get("r1c1")})
    assert again.after == {}
    assert again.findings == ()


def test_replace_puts_new_corners_into_the_neighbour():
    fabric = grid()
    ring = [(100, 100), (150, 100), (200, 100), (200, 200), (100, 200)]
    outcome = replace(fabric, {"r1c1": poly(ring)})
    assert sorted(outcome.after) == ["r0c1", "r1c1"]
    assert [e.parcel_id for e in outcome.automatic] == ["r0c1"]
    assert_sound(fabric, outcome)


def test_replace_refuses_what_is_no_area():
    with pytest.raises(TopologyError):
        replace(grid(), {"r1c1": shapely.Point(0, 0)})
    with pytest.raises(TopologyError):
        replace(grid(), {"nobody": square(0, 0)})
    with pytest.raises(TopologyError):
        replace(grid(), {})


def test_close_corners_are_told_only_when_new():
    old = poly([(0, 0), (0.02, 0), (100, 0), (100, 100), (0, 100)])
    fabric = Fabric.build(["a"], [old])
    far = reshape(fabric, moves=[(p(100, 100), p(110, 110))], extend=True)
    assert "vertex_distance" not in codes(far)
    near = reshape(fabric, moves=[(p(100, 100), p(100.0, 0.03))], extend=True)
    assert "vertex_distance" in codes(near, "warning")
    strict = reshape(
        fabric, moves=[(p(100, 100), p(100.0, 0.03))], extend=True, tolerances=Tolerances(vertex_m=0.01)
    )
    assert "vertex_distance" not in codes(strict)


def test_an_invalid_parcel_can_be_mended():
    bow = poly([(0, 0), (100, 100), (100, 0), (0, 100)])
    fabric = Fabric.build(["bow", "east"], [bow, square(100, 0)])
    outcome = replace(fabric, {"bow": square(0, 0)}, extend=True)
    assert outcome.ok, outcome.findings


@pytest.mark.parametrize(
    "gesture",
    [
        {"moves": [(p(100, 100), (float("nan"), 0.0))]},
        {"inserts": [(p(0, 0), p(100, 0), (float("inf"), 0.0))]},
    ],
)
def test_coordinates_have_to_be_numbers(gesture):
    with pytest.raises(TopologyError):
        reshape(grid(), **gesture)
