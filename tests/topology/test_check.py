"""The check alone, on outcomes made by hand."""

import pytest
import shapely

from gisapp.topology import Fabric, Outcome, Tolerances, check
from tests.topology.fabrics import codes, grid, p, poly, square


def test_nothing_changed_nothing_said():
    fabric = grid()
    assert check(fabric, Outcome({})) == ()
    assert check(fabric, Outcome({"r1c1": fabric.get("r1c1")})) == ()


@pytest.mark.parametrize(
    ("outline", "code"),
    [
        (shapely.Polygon(), "empty"),
        (shapely.LineString([p(0, 0), p(1, 1)]), "empty"),
        (poly([(100, 100), (200, 200), (200, 100), (100, 200)]), "self_intersection"),
        (poly([(100, 100), (100.05, 100), (100.05, 100.05)]), "too_small"),
        (
            poly([(100, 100), (200, 100), (200, 200), (100, 200)], [(300, 300), (310, 300), (310, 310)]),
            "invalid",
        ),
    ],
)
def test_outlines_that_are_none(outline, code):
    found = check(grid(), Outcome({"r1c1": outline}))
    assert code in codes(found, "error")


def test_overlap_has_area_place_and_both_parcels():
    found = check(grid(), Outcome({"r1c1": square(95, 100, 105.0, 100.0)}))
    fault = next(f for f in found if f.code == "overlap")
    assert fault.area_m2 == pytest.approx(500)
    assert set(fault.parcel_ids) == {"r1c0", "r1c1"}
    assert shapely.Point(fault.at).within(square(95, 100, 5.0, 100.0))


def test_gap_has_area_place_and_who_stands_around_it():
    found = check(grid(), Outcome({"r1c1": square(100.5, 100, 99.5, 100.0)}))
    fault = next(f for f in found if f.code == "gap")
    assert fault.area_m2 == pytest.approx(50)
    assert {"r1c0", "r1c1"} <= set(fault.parcel_ids)
    assert shapely.Point(fault.at).within(square(100, 100, 0.5, 100.0))


def test_overlap_from_before_is_a_warning_until_it_grows():
    fabric = Fabric.build(["a", "b"], [square(0, 0), square(90, 0)])
    same = check(fabric, Outcome({"a": poly([(0, 0), (50, 0), (100, 0), (100, 100), (0, 100)])}))
    assert codes(same) == ["overlap_before"]
    grown = check(fabric, Outcome({"a": square(0, 0, 101.0, 100.0)}, footprint=square(0, 0, 200)))
    assert "overlap" in codes(grown, "error")


def test_corner_missing_in_the_neighbour_is_told():
    bent = poly([(100, 100), (200, 100), (200, 200), (100, 200), (99.9996, 150)])
    found = check(grid(), Outcome({"r1c1": bent}), tolerances=Tolerances(overlap_m2=1.0))
    assert codes(found, "error") == ["unmatched"]
    assert found[0].at is not None


def test_sliver_is_told_when_the_edit_makes_it():
    fabric = Fabric.build(["a", "thin"], [square(0, 0), square(100, 0, 1.0, 100.0)])
    found = check(fabric, Outcome({"a": square(0, 0, 1.2, 100.0)}, footprint=square(0, 0)))
    assert "sliver" in codes(found, "warning")
    still = check(fabric, Outcome({"thin": square(100, 0, 1.1, 100.0)}, footprint=square(100, 0)))
    assert "sliver" not in codes(still)


def test_a_parcel_that_vanishes_leaves_a_hole_in_the_land():
    found = check(grid(), Outcome({"r1c1": None}))
    assert codes(found, "error") == ["gap"]
    assert found[0].area_m2 == pytest.approx(10000)


def test_swapping_two_parcels_is_no_fault():
    fabric = grid()
    assert check(fabric, Outcome({"r0c0": fabric.get("r2c2"), "r2c2": fabric.get("r0c0")})) == ()


def test_duplicate_corner_is_an_error():
    fabric = Fabric.build(["a"], [square(0, 0)])
    twice = poly([(0, 0), (100, 0), (100, 0), (100, 100), (0, 100)])
    assert codes(check(fabric, Outcome({"a": twice})), "error") == ["vertex_distance"]


def test_errors_come_first():
    found = check(grid(), Outcome({"r1c1": square(100.5, 100, 0.8, 100.0)}))
    assert [f.severity for f in found] == sorted(
        (f.severity for f in found), key=("error", "warning", "note").index
    )
    assert {f.severity for f in found} == {"error", "warning"}
