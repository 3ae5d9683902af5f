"""Optimisation packages: every figure on squares of 100 m that can be checked by hand."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.app import Workspace
from gisapp.app.udb import calculate_package, with_moves
from gisapp.crs import ellipsoidal_area, parse_crs
from gisapp.errors import CrsError, InputError
from gisapp.evaluation.udb import Outcome
from gisapp.evaluation.udb.cases import case_list
from gisapp.evaluation.udb.shape import necks, new_necks
from gisapp.indicators.boundary import zone_areas, zone_shares
from gisapp.model.udb import Package
from tests.tiny import CRS, rectangle
from tests.udb_world import write_table, write_world

PROOF = [{"title": "示例批复", "number": "示〔2026〕1号"}]
DAY = date(2026, 6, 30)
PROJECTED = parse_crs(CRS)
SCALE = 1.0 / 1.0003
"""About a square metre of the plane in ellipsoidal square metres, 120 km from the central meridian."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_world(tmp_path_factory.mktemp("udb") / "world")


@pytest.fixture(scope="module")
def workspace(folder):
    return Workspace(folder)


def move(kind, shape, **more):
    return {
        "kind": kind,
        "wkb": shapely.to_wkb(shape, hex=True),
        "case": "strategy",
        "evidence": PROOF,
        **more,
    }


def package(*moves):
    return with_moves(Package(id="p", title="示例", crs=CRS), moves)


def result(workspace, *moves, as_of=DAY):
    return calculate_package(workspace, package(*moves), as_of=as_of)


def found(done, title):
    """Return the only finding of a title."""
    (one,) = [item for item in done.findings if item.title == title]
    return one


def outcome(done, title):
    return found(done, title).outcome


def ellipsoid(shape):
    return float(ellipsoidal_area(np.array([shape], dtype=object), PROJECTED)[0])


# ---- areas ----


def test_areas_in_and_out_are_ellipsoidal_and_balance(workspace):
    come, gone = rectangle(-3, 0, 2, 1), rectangle(5, 5, 3, 1)
    done = result(workspace, move("in", come), move("out", gone))
    assert done.land_in.area_m2 == pytest.approx(ellipsoid(come), abs=1e-6)
    assert done.land_out.area_m2 == pytest.approx(ellipsoid(gone), abs=1e-6)
    assert done.net_m2 == pytest.approx(ellipsoid(come) - ellipsoid(gone), abs=1e-6)
    assert outcome(done, "调入调出平衡") is Outcome.PASS


def test_two_ways_of_computing_the_net_increase_agree(workspace):
    done = result(
        workspace,
        move("in", rectangle(-3, 0, 3, 4)),
        move("out", rectangle(13, 0, 1, 4)),
        move("in", rectangle(14, 8, 1.5, 1)),
    )
    old, new = (
        shapely.union_all(frame.geometry.to_numpy())
        for frame in (workspace.context().frame("udb"), done.boundary)
    )
    by_outlines = ellipsoid(shapely.difference(new, old)) - ellipsoid(shapely.difference(old, new))
    assert by_outlines == pytest.approx(done.net_m2, rel=1e-6)
    # What a cut adds to an edge that is straight in (B, L) is listed, metre by metre.
    listed = sum(zone.difference_m2 for zone in done.zones)
    by_zones = sum(zone.after_m2 - zone.before_m2 for zone in done.zones)
    assert by_zones - listed == pytest.approx(done.net_m2, abs=1e-6)
    assert abs(listed) < 10.0
    assert sum(zone.moved_m2 for zone in done.zones) == pytest.approx(done.net_m2, abs=1e-6)
    plane = sum(zone.plane_after_m2 - zone.plane_before_m2 for zone in done.zones)
    assert plane == pytest.approx(120_000 - 40_000 + 15_000, abs=1e-6)


def test_land_that_is_in_already_does_not_count_and_is_said(workspace):
    done = result(workspace, move("in", rectangle(-1, 0, 2, 1)))
    assert done.moves[0].drawn_m2 == pytest.approx(2 * done.moves[0].area_m2, rel=1e-9)
    assert done.land_in.area_m2 == pytest.approx(10_000 * SCALE, rel=1e-3)
    assert "已在边界内" in found(done, "图斑范围").text


def test_a_sliver_below_the_tolerance_is_pointed_out(workspace):
    done = result(
        workspace, move("in", shapely.union(rectangle(0, 0, 1, 1), rectangle(-0.0005, 0, 0.0005, 1)))
    )
    assert done.land_in.area_m2 == pytest.approx(5.0, rel=1e-2)
    assert "在容差之内" in found(done, "图斑范围").text


@pytest.mark.parametrize(
    ("wide", "over_m2", "within"),
    [(2.0, 9.5, True), (2.0, 10.5, False), (0.5, 4.75, True), (0.5, 5.25, False)],
)
def test_what_is_negligible_is_ten_square_metres_or_a_thousandth(workspace, wide, over_m2, within):
    inside = rectangle(0, 4, wide, 2.0 if wide == 2.0 else 1.0)
    high = 2.0 if wide == 2.0 else 1.0
    over = rectangle(-over_m2 / 1e4 / high, 4, over_m2 / 1e4 / high, high)
    done = result(workspace, move("in", shapely.union(inside, over)))
    assert ("在容差之内" in found(done, "图斑范围").text) == within


def test_a_move_of_several_parts_counts_all_of_them(workspace):
    parts = shapely.union(rectangle(-3, 0, 1, 1), rectangle(-3, 5, 1, 2))
    done = result(workspace, move("in", parts))
    assert done.land_in.area_m2 == pytest.approx(ellipsoid(parts), abs=1e-6)
    assert len([item for item in done.findings if item.title == "孤岛"]) == 2


def test_a_hole_in_a_move_stays_out(workspace):
    ring = shapely.difference(rectangle(-4, 0, 4, 4), rectangle(-3, 1, 1.5, 1.5))
    done = result(workspace, move("in", ring))
    assert done.land_in.area_m2 == pytest.approx(ellipsoid(ring), abs=1e-6)
    assert [item for item in done.findings if item.title == "空洞"] == []  # 2.25 ha
    small = shapely.difference(rectangle(-4, 0, 4, 4), rectangle(-3, 1, 0.9, 0.9))
    assert "小于 1 公顷" in found(result(workspace, move("in", small)), "空洞").text


def test_overlapping_moves_fail(workspace):
    done = result(workspace, move("in", rectangle(-2, 0, 2, 1)), move("in", rectangle(-1, 0, 1, 1)))
    assert outcome(done, "图斑不重叠") is Outcome.FAIL
    assert done.outcome is Outcome.FAIL
    plane = sum(zone.plane_after_m2 - zone.plane_before_m2 for zone in done.zones)
    assert plane == pytest.approx(20_000, abs=1e-6)


def test_moves_that_share_an_edge_do_not_overlap(workspace):
    done = result(workspace, move("in", rectangle(-2, 0, 1, 1)), move("in", rectangle(-1, 0, 1, 1)))
    assert [item for item in done.findings if item.title == "图斑不重叠"] == []


def test_a_move_across_two_counties_is_parted_and_said(workspace):
    shape = rectangle(19, 0, 3, 1)
    done = result(workspace, move("in", shape))
    parts = done.moves[0].counties
    assert set(parts) == {"320111", "320116"}
    assert parts["320111"] == pytest.approx(ellipsoid(shape) / 3, abs=1e-6)
    assert sum(parts.values()) == pytest.approx(done.moves[0].area_m2, abs=1e-9 * done.moves[0].area_m2)
    assert [row.code for row in done.counties] == ["320111", "320116"]
    assert "跨 2 个县级行政区" in found(done, "县级行政区").text


def test_without_counties_nothing_is_parted(tmp_path):
    done = result(
        Workspace(write_world(tmp_path / "w", without=("district",))), move("in", rectangle(-1, 0, 1, 1))
    )
    assert [row.code for row in done.counties] == [""]
    assert "县级行政区图层未提供" in done.notes[0]


# ---- UDB-07 ----


def test_a_net_increase_without_a_quota_is_not_loaded_and_less_than_none_passes(workspace):
    more = result(workspace, move("in", rectangle(-1, 0, 1, 1)))
    assert outcome(more, "调入调出平衡") is Outcome.NOT_LOADED
    assert outcome(more, "扩展倍数") is Outcome.NOT_LOADED
    less = result(
        workspace,
        move("in", rectangle(-1, 0, 1, 1), case="f"),
        move("out", rectangle(9, 5, 1, 1.5), case="f"),
        as_of=date(2025, 6, 30),
    )
    assert less.net_m2 < 0
    assert outcome(less, "调入调出平衡") is Outcome.PASS
    assert {item.outcome for item in less.findings if item.rule == "UDB-04"} == {Outcome.PASS}


def quota(**figures):
    return [{"xzqdm": "320111", **figures}]


@pytest.mark.parametrize(("reserve", "expected"), [(1.0, Outcome.PASS), (0.99, Outcome.FAIL)])
def test_the_quota_bounds_the_net_increase(tmp_path, reserve, expected):
    folder = write_world(tmp_path / "w")
    write_table(folder, "udb_quota", quota(reserve_quota_ha=reserve))
    assert outcome(result(Workspace(folder), move("in", rectangle(-1, 0, 1, 1))), "调入调出平衡") is expected


@pytest.mark.parametrize(("most", "expected"), [(1.42, Outcome.PASS), (1.40, Outcome.FAIL)])
def test_the_multiple_is_boundary_and_increase_over_the_base(tmp_path, most, expected):
    folder = write_world(tmp_path / "w")
    write_table(folder, "udb_quota", quota(base_area_ha=100.0, multiple_max=most))
    done = result(Workspace(folder), move("in", rectangle(-1, 0, 1, 1)))
    (row,) = done.counties
    assert row.multiple == pytest.approx((row.udb_ha + done.net_m2 / 1e4) / 100.0, rel=1e-12)
    assert row.udb_ha == pytest.approx(140 * SCALE, rel=1e-3)
    assert row.multiple == pytest.approx(1.41, abs=2e-3)
    assert outcome(done, "扩展倍数") is expected


# ---- UDB-08 ----


def test_more_cultivated_land_in_than_out_fails(workspace):
    come, gone = rectangle(0, 10, 1, 1), rectangle(0, 0, 2, 0.4)
    assert outcome(result(workspace, move("in", come), move("out", gone)), "耕地不减少") is Outcome.FAIL
    gone = rectangle(0, 0, 2, 0.6)
    done = result(workspace, move("in", come), move("out", gone))
    assert outcome(done, "耕地不减少") is Outcome.PASS
    assert done.land_in.cultivated_m2 == pytest.approx(ellipsoid(come), abs=1e-6)


def test_a_package_that_balances_but_takes_better_land_fails_by_grade(workspace):
    come = move("in", rectangle(0, 10, 1, 1))  # grade 5
    worse = result(workspace, come, move("out", rectangle(2, 0, 1.5, 1)))  # grade 6
    assert outcome(worse, "调入调出平衡") is Outcome.PASS
    assert outcome(worse, "耕地不减少") is Outcome.PASS
    assert outcome(worse, "耕地质量不下降") is Outcome.FAIL
    assert worse.outcome is Outcome.FAIL
    better = result(workspace, come, move("out", rectangle(0, 0, 1.5, 1)))  # grade 4
    assert outcome(better, "耕地质量不下降") is Outcome.PASS
    assert (better.land_in.grade, better.land_out.grade) == (pytest.approx(5.0), pytest.approx(4.0))


def test_equal_mean_grades_pass(workspace):
    done = result(workspace, move("in", rectangle(0, 10, 1, 1)), move("out", rectangle(1, 0, 2, 1)))
    assert done.land_out.grade == pytest.approx(5.0, abs=1e-9)
    assert outcome(done, "耕地质量不下降") is Outcome.PASS


def test_without_grades_the_quality_is_unknown(tmp_path):
    moves = (move("in", rectangle(0, 10, 1, 1)), move("out", rectangle(0, 0, 2, 1)))
    bare = result(Workspace(write_world(tmp_path / "a", without=("cultivated_grade",))), *moves)
    assert outcome(bare, "耕地质量不下降") is Outcome.UNKNOWN
    slope = {"cultivated_grade": {"grade": "GDPDJB", "scheme": "DBTX"}}
    wrong = result(Workspace(write_world(tmp_path / "b", fields=slope)), *moves)
    assert outcome(wrong, "耕地质量不下降") is Outcome.UNKNOWN
    none = result(Workspace(write_world(tmp_path / "c", without=("land_class",))), *moves)
    assert outcome(none, "耕地不减少") is Outcome.NOT_LOADED
    assert outcome(none, "耕地质量不下降") is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("wide", "expected"),
    [
        (1.0, Outcome.PASS),
        (1.00004, Outcome.UNKNOWN),
        (1.000095, Outcome.UNKNOWN),
        (1.000105, Outcome.FAIL),
        (2.0, Outcome.FAIL),
    ],
)
def test_basic_farmland_is_not_snapped_and_a_contact_is_left_to_a_person(workspace, wide, expected):
    done = result(workspace, move("in", rectangle(14, 15, wide, 1)))
    item = found(done, "调入不占永久基本农田")
    assert item.outcome is expected
    assert ("边界接触须人工核对" in item.text) == (expected is Outcome.UNKNOWN)


def test_the_red_line_counts_and_a_missing_layer_is_not_loaded(workspace, tmp_path):
    inside = move("in", rectangle(0, 25, 1, 1))
    assert outcome(result(workspace, inside), "调入不占生态保护红线") is Outcome.FAIL
    touching = move("in", rectangle(-1, 25, 1.00004, 1))
    assert outcome(result(workspace, touching), "调入不占生态保护红线") is Outcome.UNKNOWN
    bare = Workspace(write_world(tmp_path / "w", without=("redline", "farmland")))
    assert outcome(result(bare, inside), "调入不占生态保护红线") is Outcome.NOT_LOADED
    assert outcome(result(bare, inside), "调入不占永久基本农田") is Outcome.NOT_LOADED


# ---- UDB-04, UDB-05 ----


@pytest.mark.parametrize(
    ("day", "edition", "known"),
    [(date(2026, 2, 28), "2023", 6), (date(2026, 3, 1), "2026", 2), (date(2023, 10, 8), "2023", 6)],
)
def test_the_date_picks_the_edition_of_cases(workspace, day, edition, known):
    cases = case_list(workspace.context(), day)
    assert (cases.edition, len(cases.titles)) == (edition, known)
    assert cases.complete == (edition == "2023")


def test_before_the_first_edition_there_is_none(workspace):
    assert case_list(workspace.context(), date(2023, 10, 7)) is None


@pytest.mark.parametrize(
    ("day", "case", "evidence", "expected"),
    [
        (DAY, "strategy", PROOF, Outcome.PASS),
        (DAY, "strategy", [], Outcome.UNKNOWN),
        (DAY, None, PROOF, Outcome.UNKNOWN),
        (DAY, "f", PROOF, Outcome.NOT_LOADED),
        (date(2025, 6, 30), "f", PROOF, Outcome.PASS),
        (date(2025, 6, 30), "strategy", PROOF, Outcome.FAIL),
        (date(2020, 1, 1), "f", PROOF, Outcome.NOT_LOADED),
    ],
)
def test_a_case_that_is_not_known_is_never_refused(workspace, day, case, evidence, expected):
    done = result(workspace, move("in", rectangle(-1, 0, 1, 1), case=case, evidence=evidence), as_of=day)
    assert outcome(done, "局部优化情形") is expected


# ---- UDB-02, UDB-09, UDB-12 ----


def test_a_change_of_zone_must_leave_the_concentrated_total(workspace):
    into = move("rezone", rectangle(10, 0, 1, 1))
    assert outcome(result(workspace, into), "集中建设区总量不变") is Outcome.FAIL
    back = move("rezone", rectangle(9, 5, 1, 1), zone="城镇弹性发展区")
    done = result(workspace, into, back)
    assert outcome(done, "集中建设区总量不变") is Outcome.PASS
    assert done.net_m2 == 0.0
    assert done.boundary.geometry.area.sum() == pytest.approx(1_400_000, abs=1e-3)


def test_phasing_and_small_sites_are_references_that_never_decide(tmp_path):
    folder = write_world(tmp_path / "w")
    figures = {
        "increment_total_ha": 100.0,
        "planned_new_ha": 50.0,
        "planned_outside_ha": 6.0,
        "outside_residential": True,
    }
    write_table(
        folder, "udb_quota", quota(reserve_quota_ha=5.0, base_area_ha=100.0, multiple_max=2.0, **figures)
    )
    years = {2021: 10.0, 2022: 10.0, 2023: 10.0, 2024: 5.0, 2025: 6.0}
    rows = [{"xzqdm": "320111", "year": str(year), "used_ha": ha} for year, ha in years.items()]
    write_table(folder, "udb_increments", rows)
    done = result(Workspace(folder), move("in", rectangle(-1, 0, 1, 1)))
    texts = " ".join(item.text for item in done.findings if item.outcome is Outcome.REFERENCE)
    assert "到 2025 年已用 41 %，超过参考上限 40 %" in texts
    assert "到 2030 年已用 41 %，未超过参考上限 75 %" in texts
    assert "2024、2025 年低于其 80 %" in texts  # mean 8.2, limit 6.56
    assert "边界外 12 %，超过参考上限 10 %" in texts
    assert "含居住" in texts
    assert done.outcome is Outcome.PASS


# ---- the new boundary ----


def test_features_that_no_move_reaches_are_the_same_objects(workspace):
    done = result(workspace, move("out", rectangle(2, 2, 1, 1)), move("in", rectangle(14, 0, 1, 1)))
    old = workspace.context().frame("udb").geometry
    kept = done.boundary[done.boundary["origin"] > 0]
    assert all(shape is old.iloc[row] for shape, row in zip(kept.geometry, kept["origin"], strict=True))
    cut = done.boundary[done.boundary["origin"] == 0].geometry.iloc[0]
    before = {tuple(xy) for xy in shapely.get_coordinates(old.iloc[0]).tolist()}
    assert before <= {tuple(xy) for xy in shapely.get_coordinates(cut).tolist()}


def test_the_result_has_an_id_of_all_that_counts(workspace):
    first = result(workspace, move("in", rectangle(-1, 0, 1, 1)))
    assert first.result_id == result(workspace, move("in", rectangle(-1, 0, 1, 1))).result_id
    assert first.result_id != result(workspace, move("in", rectangle(-1, 0, 1, 2))).result_id
    assert (
        first.result_id
        != result(workspace, move("in", rectangle(-1, 0, 1, 1)), as_of=date(2026, 7, 1)).result_id
    )


def test_a_package_in_another_system_and_a_workspace_without_a_boundary_are_refused(workspace, tmp_path):
    with pytest.raises(CrsError):
        calculate_package(workspace, Package(id="p", title="x", crs="EPSG:4490"))
    with pytest.raises(InputError, match="城镇开发边界图层未提供"):
        calculate_package(Workspace(write_world(tmp_path / "w", without=("udb",))), package())


def test_an_empty_package_says_so(workspace):
    done = result(workspace)
    assert done.notes == ("方案还没有图斑",)
    assert done.net_m2 == 0.0
    assert done.outcome is Outcome.UNKNOWN


def test_a_package_that_changes_nothing_cannot_pass(workspace):
    done = result(workspace, move("in", rectangle(3, 3, 1, 1)))
    assert done.land_in.area_m2 == 0.0
    assert done.outcome is Outcome.UNKNOWN


# ---- UDB-11 ----


def dumbbell(width, length=60.0):
    """Return two squares of 200 m joined by a passage."""
    low = 100.0 - width / 2
    return shapely.union_all(
        [
            shapely.box(0, 0, 200, 200),
            shapely.box(200, low, 200 + length, low + width),
            shapely.box(200 + length, 0, 400 + length, 200),
        ]
    )


@pytest.mark.parametrize("length", [1.0, 20.0, 60.0])
@pytest.mark.parametrize("width", [5.0, 20.0, 29.9])
def test_a_neck_is_found_and_measured(width, length):
    (neck,) = necks(dumbbell(width, length), 30.0)
    assert neck.width_m == pytest.approx(width, abs=0.011)
    assert 195 < neck.place[0] < 205 + length


@pytest.mark.parametrize("width", [30.0, 30.5, 80.0])
def test_a_passage_of_thirty_metres_is_no_neck(width):
    assert necks(dumbbell(width), 30.0) == []


def test_a_slanting_neck_is_measured_across():
    turned = shapely.affinity.rotate(dumbbell(12.0), 33.0, origin=(0, 0))
    (neck,) = necks(turned, 30.0)
    assert neck.width_m == pytest.approx(12.0, abs=0.011)


def test_only_necks_that_the_package_makes_are_said():
    old = dumbbell(20.0)
    grown = shapely.union(old, shapely.box(205, 60, 255, 90))
    assert new_necks(old, old, shapely.box(205, 60, 206, 61), 30.0) == []
    assert new_necks(old, grown, shapely.box(205, 60, 255, 90), 30.0) == []  # it is wide now
    thinner = shapely.difference(old, shapely.box(200, 90, 260, 95))
    (neck,) = new_necks(old, thinner, shapely.box(200, 90, 260, 95), 30.0)
    assert neck.width_m == pytest.approx(15.0, abs=0.011)


def test_shape_warnings_do_not_decide(workspace):
    tail = shapely.union(rectangle(-2, 5, 2, 0.2), rectangle(-4, 4, 2, 2))
    done = result(workspace, move("in", tail), move("out", rectangle(13, 0, 1, 5)))
    assert "宽 20.00 m，窄于 30 m" in found(done, "颈部").text
    assert outcome(done, "颈部") is Outcome.WARNING
    assert done.outcome is Outcome.NOT_LOADED


def test_land_cut_off_by_land_out_is_an_island(workspace):
    done = result(workspace, move("out", rectangle(0, 2, 14, 1)))
    assert "形成孤岛 28." in found(done, "孤岛").text or "形成孤岛 27." in found(done, "孤岛").text


# ---- shares ----

boxes = st.tuples(st.floats(-6, 18), st.floats(-6, 18), st.floats(0.05, 12), st.floats(0.05, 12))


@settings(max_examples=40, deadline=None)
@given(st.lists(boxes, min_size=1, max_size=4))
def test_plane_shares_of_the_zones_and_outside_sum_to_one(workspace, given_boxes):
    shapes = [rectangle(*box) for box in given_boxes]
    parcels = gpd.GeoDataFrame(geometry=shapes, crs=CRS)
    parcels["area_m2"] = ellipsoidal_area(np.array(shapes, dtype=object), PROJECTED)
    shares = zone_shares(parcels, workspace.context())
    parts = shares.drop(columns="twice").sum(axis=1).to_numpy()
    assert np.abs(parts - 1.0).max() < 1e-9
    whole = shapely.union_all(workspace.context().frame("udb").geometry.to_numpy())
    direct = shapely.area(shapely.difference(np.array(shapes, dtype=object), whole)) / shapely.area(shapes)
    assert np.abs(shares["outside"].to_numpy() - direct).max() < 1e-9
    areas = zone_areas(parcels, workspace.context()).sum(axis=1).to_numpy()
    assert np.allclose(areas, parcels["area_m2"], rtol=1e-9, atol=1e-5)


def outcome_of_overlap(done):
    return next((item.outcome for item in done.findings if item.title == "图斑不重叠"), Outcome.PASS)


@settings(max_examples=25, deadline=None)
@given(boxes, boxes)
def test_packages_conserve_area_whatever_is_drawn(workspace, come, gone):
    done = result(workspace, move("in", rectangle(*come)), move("out", rectangle(*gone)))
    before = shapely.area(workspace.context().frame("udb").geometry.to_numpy()).sum()
    old = shapely.union_all(workspace.context().frame("udb").geometry.to_numpy())
    shared = shapely.intersection(rectangle(*come), rectangle(*gone))
    came = shapely.area(shapely.difference(rectangle(*come), old))
    went = shapely.area(shapely.intersection(rectangle(*gone), old))
    assert done.boundary.geometry.area.sum() == pytest.approx(before + came - went, abs=1e-2)
    assert (outcome_of_overlap(done) is Outcome.FAIL) == (shapely.area(shared) > 1e-3)
    for row in done.moves:
        assert sum(row.counties.values()) == pytest.approx(row.area_m2, abs=1e-5)
