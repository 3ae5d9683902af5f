"""The fabric itself, and several outcomes as one."""

import numpy as np
import pytest
import shapely

from gisapp.model.changes import Automatic, Descent
from gisapp.topology import (
    Fabric,
    Outcome,
    TopologyError,
    apply,
    combine,
    draw,
    merge,
    reshape,
    same,
    split,
)
from tests.topology.fabrics import assert_sound, at, codes, grid, name, p, square


def test_near_and_neighbours():
    fabric = grid()
    assert set(fabric.near((*p(50, 50), *p(60, 60)))) == {"r0c0"}
    assert set(fabric.neighbours(["r0c0"])) == {"r0c1", "r1c0", "r1c1"}
    apart = Fabric.build(["a", "b", "c"], [square(0, 0), square(100.9, 0), square(203, 0)])
    assert apart.neighbours(["a"]) == ("b",)
    assert set(apart.neighbours(["b"], within_m=2.5)) == {"a", "c"}


def test_derived_fabric_knows_new_changed_and_gone_parcels():
    fabric = grid()
    other = fabric.with_outlines({"new": square(300, 0), "r0c0": None, "r1c1": square(110, 110, 10)})
    assert len(other) == len(other.ids) == 9
    assert "r0c0" not in other
    assert "new" in other
    assert set(other.near((*p(50, 50), *p(60, 60)))) == set()
    assert set(other.near((*p(130, 130), *p(140, 140)))) == set()
    assert set(other.near((*p(290, 5), *p(310, 10)))) == {"r0c2", "new"}
    assert set(other.near((*p(112, 112), *p(113, 113)))) == {"r1c1"}
    again = other.with_outlines({"new": None, "r0c0": fabric.get("r0c0")})
    assert set(again.ids) == set(grid().ids)
    assert len(fabric) == 9
    assert "new" not in fabric
    with pytest.raises(TopologyError):
        other.get("r0c0")


def test_outlines_come_back_as_the_objects_that_went_in():
    outline = square(0, 0)
    assert Fabric.build(["a"], [outline]).get("a") is outline


def test_build_refuses_repeated_ids():
    with pytest.raises(TopologyError):
        Fabric.build(["a", "a"], [square(0, 0), square(100, 0)])
    with pytest.raises(TopologyError):
        Fabric.build(["a", "b"], [square(0, 0)])


def test_empty_fabric():
    fabric = Fabric.build([], [])
    assert fabric.near((0, 0, 1, 1)) == ()
    outcome = draw(fabric, square(0, 0), "first", extend=True)
    assert outcome.ok
    assert len(apply(fabric, outcome)) == 1


def test_same_is_bit_by_bit():
    ring = at((0, 0), (100, 0), (100, 100), (0, 100))
    turned = shapely.Polygon([*ring[1:], ring[0]])
    assert shapely.equals(shapely.Polygon(ring), turned)
    assert not same(shapely.Polygon(ring), turned)
    assert same(shapely.Polygon(ring), shapely.Polygon(ring))
    assert same(None, None)
    assert not same(None, turned)


def session(fabric, *gestures):
    outcomes, state = [], fabric
    for gesture in gestures:
        outcomes.append(gesture(state))
        state = apply(state, outcomes[-1])
    return outcomes, state


def test_combined_outcome_is_the_last_state_and_who_came_of_whom():
    fabric = grid()
    outcomes, state = session(
        fabric,
        lambda f: split(f, "r1c1", at((150, 90), (150, 210)), name=name),
        lambda f: split(f, "拟-r1c1-1", at((90, 150), (160, 150)), name=name),
        lambda f: merge(f, ["拟-r1c1-2", "r1c2"], keep="r1c2"),
    )
    whole = combine(fabric, outcomes)
    assert_sound(fabric, whole)
    assert "拟-r1c1-1" not in whole.after
    assert "拟-r1c1-2" not in whole.after
    assert set(whole.descent) == {
        Descent("r1c1", "拟-拟-r1c1-1-1"),
        Descent("r1c1", "拟-拟-r1c1-1-2"),
        Descent("r1c1", "r1c2"),
    }
    assert not set(whole.read) & set(whole.after)
    after = apply(fabric, whole)
    assert set(after.ids) == set(state.ids)
    assert all(same(after.get(i), state.get(i)) for i in state.ids)


def test_error_in_between_that_a_later_step_mends_is_gone():
    fabric = grid()
    outcomes, _ = session(
        fabric,
        lambda f: reshape(f, moves=[(p(100, 100), p(110, 110))], within=["r0c0"]),
        lambda f: reshape(f, moves=[(p(100, 100), p(110, 110))]),
    )
    assert not outcomes[0].ok
    assert combine(fabric, outcomes).ok


def test_there_and_back_is_no_change():
    fabric = grid()
    outcomes, _ = session(
        fabric,
        lambda f: reshape(f, moves=[(p(100, 100), p(110, 110))]),
        lambda f: reshape(f, moves=[(p(110, 110), p(100, 100))]),
    )
    whole = combine(fabric, outcomes)
    assert whole.after == {}
    assert whole.findings == ()
    assert combine(fabric, []).after == {}


def test_ledger_is_added_up():
    fabric = grid()
    one = Outcome({}, automatic=(Automatic("a", "插入", 100.0, 101.0), Automatic("b", "插入", 5.0, 5.0)))
    two = Outcome({}, automatic=(Automatic("a", "插入", 101.0, 100.5),))
    assert combine(fabric, [one, two]).automatic == (
        Automatic("a", "插入", 100.0, 100.5),
        Automatic("b", "插入", 5.0, 5.0),
    )


def test_land_that_one_step_was_told_to_add_covers_only_itself():
    fabric = grid()
    outcomes, _ = session(
        fabric,
        lambda f: draw(f, square(300, 0), "new", extend=True),
        lambda f: reshape(f, moves=[(p(0, 0), p(-5, -5))]),
    )
    whole = combine(fabric, outcomes)
    assert codes(whole, "error") == ["extends_fabric"]
    assert codes(whole, "note") == ["extends_fabric"]


def test_window_holds_all_that_changed():
    fabric = grid()
    outcome = reshape(fabric, moves=[(p(100, 100), p(110, 110))])
    touched = shapely.union_all(np.array(list(outcome.after.values()), dtype=object))
    assert shapely.box(*outcome.window).contains(touched)
