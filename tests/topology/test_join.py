"""Merging, drawing and retiring."""

import pytest
import shapely

from gisapp.model.changes import Descent
from gisapp.topology import Fabric, TopologyError, draw, merge, retire, same
from tests.topology.fabrics import assert_sound, codes, corners, grid, name, p, poly, ring_with_island, square


def test_merge_keeps_one_id():
    fabric = grid()
    outcome = merge(fabric, ["r1c1", "r1c2"], keep="r1c2")
    assert outcome.after["r1c1"] is None
    assert outcome.descent == (Descent("r1c1", "r1c2"),)
    after = assert_sound(fabric, outcome)
    assert after.get("r1c2").area == pytest.approx(20000)
    assert {p(200, 100), p(200, 200)} <= set(corners(after.get("r1c2")))
    assert codes(outcome) == ["kept_corners"]


def test_merge_of_four_around_a_corner_drops_it():
    fabric = grid()
    outcome = merge(fabric, ["r0c0", "r0c1", "r1c0", "r1c1"], name=name)
    after = assert_sound(fabric, outcome)
    assert p(100, 100) not in corners(after.get("拟-r0c0-1"))
    assert after.get("拟-r0c0-1").area == pytest.approx(40000)
    assert len(outcome.descent) == 4


def test_merge_of_a_ring_of_eight_encloses_the_ninth():
    fabric = grid()
    outcome = merge(fabric, [i for i in fabric.ids if i != "r1c1"], name=name)
    after = assert_sound(fabric, outcome)
    assert len(shapely.get_rings(after.get("拟-r0c0-1"))) == 2
    assert "void_enclosed" in codes(outcome, "warning")


def test_merge_with_the_island_closes_its_hole_only():
    fabric = ring_with_island()
    outcome = merge(fabric, ["ring", "island"], keep="ring")
    after = assert_sound(fabric, outcome)
    rings, old = shapely.get_rings(after.get("ring")), shapely.get_rings(fabric.get("ring"))
    assert [corners(r) for r in rings] == [corners(old[0]), corners(old[2])]
    assert outcome.findings == ()


def test_merge_with_unmatched_edges_puts_the_corners_in_and_lists_it():
    fabric = Fabric.build(["w", "s", "n"], [square(0, 0, 100, 200), square(100, 0), square(100, 100)])
    outcome = merge(fabric, ["w", "s"], name=name)
    after = assert_sound(fabric, outcome)
    assert after.get("拟-w-1").area == pytest.approx(30000)
    assert [(e.parcel_id, e.after_m2 - e.before_m2) for e in outcome.automatic] == [("w", 0.0)]


def test_merge_of_parcels_apart_is_told():
    fabric = grid()
    outcome = merge(fabric, ["r0c0", "r2c2"], name=name)
    assert "not_adjacent" in codes(outcome, "warning")
    assert outcome.after["拟-r0c0-1"].geom_type == "MultiPolygon"
    corner = merge(fabric, ["r0c0", "r1c1"], name=name)
    assert "not_adjacent" in codes(corner, "warning")
    assert corner.after["拟-r0c0-1"].is_valid
    assert_sound(fabric, corner)


def test_merge_of_overlapping_parcels_counts_the_land_once_and_says_so():
    fabric = Fabric.build(["a", "b"], [square(0, 0), square(90, 0)])
    outcome = merge(fabric, ["a", "b"], keep="a")
    assert outcome.after["a"].area == pytest.approx(19000)
    told = next(f for f in outcome.findings if f.code == "merged_overlap")
    assert told.area_m2 == pytest.approx(1000)


@pytest.mark.parametrize(
    ("ids", "how"),
    [
        (["r0c0"], {"keep": "r0c0"}),
        (["r0c0", "r0c0"], {"keep": "r0c0"}),
        (["r0c0", "r0c1"], {"keep": "r2c2"}),
        (["r0c0", "r0c1"], {}),
        (["r0c0", "r0c1"], {"keep": "r0c0", "name": name}),
        (["r0c0", "r0c1"], {"name": lambda *_: "r2c2"}),
        (["r0c0", "nobody"], {"keep": "r0c0"}),
    ],
)
def test_merge_needs_two_parcels_and_one_id(ids, how):
    with pytest.raises(TopologyError):
        merge(grid(), ids, **how)


def test_draw_needs_to_be_meant():
    fabric = grid()
    land = square(300, 0)
    assert codes(draw(fabric, land, "new", extend=False), "error") == ["extends_fabric"]
    outcome = draw(fabric, land, "new", extend=True)
    assert outcome.ok
    assert codes(outcome) == ["extends_fabric"]
    assert outcome.findings[0].area_m2 == pytest.approx(10000)
    assert same(outcome.after["new"], land)


def test_draw_snaps_to_what_is_there_and_matches_both_ways():
    fabric = grid()
    land = poly([(300.0004, 50), (400.12345, 50), (400, 250), (300, 250.0001)])
    outcome = draw(fabric, land, "new", extend=True)
    new = corners(outcome.after["new"])
    assert {p(300, 50), p(400.123, 50), p(300, 250), p(300, 100), p(300, 200)} <= set(new)
    assert {e.parcel_id for e in outcome.automatic} == {"new", "r0c2", "r2c2"}
    assert outcome.ok
    assert shapely.coverage_is_valid(fabric.with_outlines(outcome.after).outlines([*fabric.ids, "new"]))


def test_draw_over_a_parcel_is_an_overlap():
    outcome = draw(grid(), square(290, 0), "new", extend=True)
    fault = next(f for f in outcome.findings if f.severity == "error")
    assert fault.code == "overlap"
    assert fault.area_m2 == pytest.approx(1000)
    assert shapely.Point(fault.at).within(square(290, 0, 10.0, 100.0))


def test_draw_into_a_void_of_the_fabric():
    fabric = ring_with_island()
    outcome = draw(fabric, square(70, 70, 10.0), "pond", extend=True)
    assert outcome.ok
    assert outcome.automatic == ()


def test_draw_beside_a_parcel_leaves_a_strip():
    outcome = draw(grid(), square(300.4, 0), "new", extend=True)
    assert "narrow_strip" in codes(outcome, "warning")
    assert outcome.findings[0].area_m2 == pytest.approx(40, abs=1)


def test_draw_into_a_void_leaves_a_gap_around():
    outcome = draw(ring_with_island(), square(70.3, 70.3, 9.4), "pond", extend=True)
    assert codes(outcome, "error") == ["gap"]
    assert next(f for f in outcome.findings if f.code == "gap").area_m2 == pytest.approx(100 - 9.4**2)


def test_draw_needs_a_new_id_and_an_area():
    with pytest.raises(TopologyError):
        draw(grid(), square(300, 0), "r0c0", extend=True)
    with pytest.raises(TopologyError):
        draw(grid(), shapely.LineString([p(0, 0), p(1, 1)]), "new", extend=True)


def test_retire_gives_the_land_up():
    fabric = grid()
    outcome = retire(fabric, ["r1c1", "r1c2"])
    assert outcome.ok
    assert outcome.after == {"r1c1": None, "r1c2": None}
    assert codes(outcome) == ["shrinks_fabric"]
    assert outcome.findings[0].area_m2 == pytest.approx(20000)
    assert len(fabric.with_outlines(outcome.after)) == 7


def test_retire_of_nobody():
    with pytest.raises(TopologyError):
        retire(grid(), ["nobody"])
    with pytest.raises(TopologyError):
        retire(grid(), [])
