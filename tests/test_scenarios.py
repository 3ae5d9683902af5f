"""Layers and thresholds of a scenario, and two evaluations side by side."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from gisapp import Workspace
from gisapp.errors import InputError, UsageError
from gisapp.evaluation.compare import compare, differing_rules
from gisapp.evaluation.measure import prepare
from gisapp.indicators.boundary import redline_area


@pytest.fixture(scope="module")
def official(demo):
    return demo.evaluate("redevelopment")


def test_the_same_evaluation_differs_in_nothing(official):
    found = compare(official, official)
    assert found.same and found.matrix.to_numpy().sum() == len(official.parcels)


def test_a_changed_threshold_flips_just_the_parcels_between_the_two(demo, official):
    after = demo.evaluate("redevelopment", settings={"LEL-05-far.value": "0.60"})
    found = compare(official, after)
    trace = official.trace[official.trace["rule_id"] == "LEL-05-far"].set_index("parcel_id")
    between = trace[(trace["value"] >= 0.60) & (trace["value"] < 0.67) & (trace["verdict"] == "pass")]
    hit = found.rules[(found.rules["rule_id"] == "LEL-05-far")].set_index("parcel_id")
    turned = hit[hit["verdict_before"] != hit["verdict_after"]]
    assert set(turned.index) == set(between.index) and len(between) > 0
    assert {"< 0.67"} == set(turned["threshold_before"]) and {"< 0.6"} == set(turned["threshold_after"])
    before = official.parcels.set_index("parcel_id")["verdict"]
    now = after.parcels.set_index("parcel_id")["verdict"]
    assert set(found.flips["parcel_id"]) == set(before.index[(before != now).to_numpy()])
    assert all("LEL-05-far" in rules for rules in found.flips["rules"])
    assert set(found.flips["parcel_id"]) <= set(between.index)
    counts = found.matrix.loc["candidate"].drop("candidate").sum()
    assert counts == (found.flips["verdict_before"] == "candidate").sum()


def test_what_differs_between_two_rulebooks_is_named_with_both_values(demo, official):
    after = demo.evaluate("redevelopment", settings={"LEL-05-far.value": "0.60", "LEL-06.weight": "0.5"})
    found = {line["rule_id"]: line["changed"] for line in differing_rules(official, after)}
    assert found == {"LEL-05-far": {"value": [0.67, 0.6]}, "LEL-06": {"weight": [0.3, 0.5]}}


def test_two_rulebooks_are_not_compared(demo, official):
    with pytest.raises(UsageError, match="不可比"):
        compare(official, demo.evaluate("mixed_use"))


def station(demo, **wanted):
    frame = demo.context().frame("station")
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return str(frame["name"].iloc[0])


def test_an_earlier_opening_year_counts_in_that_network_year(demo, official):
    name = station(demo, status="construction")
    settings = {f"station[{name}].opening_year": "2027", "service_year": "2027"}
    after = demo.evaluate("redevelopment", settings=settings)
    base = demo.evaluate("redevelopment", settings={"service_year": "2027"})
    later = demo.evaluate(
        "redevelopment", settings={f"station[{name}].opening_year": "2040", "service_year": "2027"}
    )
    assert len({run.run_id for run in (official, after, base, later)}) == 4
    moved = compare(later, after).rules
    assert set(moved["rule_id"]) == {"TRN-01"} and (moved["score_after"] > moved["score_before"]).all()


def test_a_moved_station_changes_access_around_it(demo):
    after = demo.evaluate("redevelopment", settings={"station[泰冯路].lonlat": "118.0,31.0"})
    moved = compare(demo.evaluate("redevelopment"), after).rules
    assert set(moved["rule_id"]) == {"TRN-01"} and len(moved) > 0
    assert (moved["score_after"] <= moved["score_before"]).all()


def test_a_replaced_layer_changes_only_what_reads_it(tiny):
    file = tiny / "layers" / Workspace(tiny).catalog.by_role("redline")[0].source
    frame = gpd.read_file(file)
    everywhere = shapely.box(*Workspace(tiny).parcels.total_bounds)
    other = file.with_name(f"redline_b{file.suffix}")
    gpd.GeoDataFrame(frame.drop(columns="geometry").iloc[:1], geometry=[everywhere], crs=frame.crs).to_file(
        other
    )
    workspace = Workspace(tiny)
    setting = {"layer[redline]": other.relative_to(tiny / "layers").as_posix()}
    after = workspace.evaluate("screening", settings=setting)
    areas = []
    for context in (workspace.context(), workspace.context_for(setting)):
        rows = prepare(workspace.parcels, context)
        areas.append((redline_area(rows, context), rows["area_m2"]))
    assert (areas[0][0] == 0).all() and areas[1][0].to_numpy() == pytest.approx(areas[1][1].to_numpy())
    assert after.run_id != workspace.evaluate("screening").run_id
    saved = workspace.save_run(after)
    kept = gpd.read_file(saved / "parcels.gpkg", layer="redline")
    assert kept.geometry.area.iloc[0] == pytest.approx(everywhere.area)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("layer[nothing]", "data/udb.fgb", "没有图层 nothing"),
        ("station[nowhere].opening_year", "2027", "没有“nowhere”"),
        ("station[{name}].colour", "red", "没有列 colour"),
        ("station[{name}].opening_year", "soon", "应为数值"),
        ("station[{name}].lonlat", "118", "经度,纬度"),
        ("udb[{name}].zone", "x", "没有名称列"),
    ],
)
def test_an_override_that_means_nothing_is_refused(demo, key, value, words):
    key = key.format(name=station(demo, status="operating"))
    with pytest.raises(UsageError, match=words):
        demo.evaluate("redevelopment", settings={key: value})


def test_a_layer_file_outside_of_the_workspace_is_refused(demo):
    with pytest.raises((UsageError, InputError, ValueError)):
        demo.evaluate("redevelopment", settings={"layer[udb]": "../../secret.fgb"})
